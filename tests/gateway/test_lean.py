"""A worker loads what it serves requests with, and nothing for databases or statistics."""

import subprocess
import sys

WORKER = (
    "tenken.gateway.assembly", "tenken.gateway.credentials.leases",
    "tenken.gateway.settings.credentials", "tenken.journal.writer",
    "tenken.store.counters.machine", "tenken.store.counters.memory",
)  # fmt: skip
ELSEWHERE = (
    "alembic",
    "azure",
    "botocore",
    "cryptography",
    "google",
    "requests",
    "jinja2",
    "numpy",
    "opentelemetry",
    "psycopg",
    "sqlalchemy",
    "starlette",
)
SCRIPT = f"""
import sys
import {", ".join(WORKER)}
print(sorted({{name.partition(".")[0] for name in sys.modules}} & set({ELSEWHERE})))
"""


def test_a_worker_loads_no_database() -> None:
    """Memory and start-up are counted per worker."""
    said = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )

    assert said.stdout == "[]\n"
