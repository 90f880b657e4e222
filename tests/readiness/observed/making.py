"""Small samples of what running systems leave behind; none of it is written by tenken."""

import json
from datetime import UTC, datetime, timedelta

from tenken.readiness.facts.observed.records import About

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
COMMIT = "0123456789abcdef0123456789abcdef01234567"
ABOUT = About(services=frozenset({"desk"}), commit=COMMIT, now=NOW)


def log_lines(n: int, *, now: datetime = NOW, **changed: object) -> list[str]:
    """As a JSON formatter of the standard logging writes them; `changed` on every one."""
    lines = []
    for number in range(n):
        record = {
            "time": (now - timedelta(seconds=n - number)).isoformat(),
            "level": "INFO",
            "message": f"answered in {number} ms",
            "request_id": f"req-{number:06}",
            "service": "desk",
        }
        lines.append(json.dumps({**record, **changed}))
    return lines
