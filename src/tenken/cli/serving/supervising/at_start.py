"""Settings that processes take up once: a change of them is told, since answers do not show it."""

from collections.abc import Iterator

from tenken.config.application import Application
from tenken.sentence import Sentence, say

GATEWAY = (
    "host", "port", "tls", "workers", "journal", "store", "counters", "session_key_env",
    "body_mb_max", "private_upstreams", "unready_s", "drain_s", "admission", "keep_alive_s",
    "idempotency", "feedback", "metrics",
)  # fmt: skip
APPLICATION = ("telemetry", "console")


def at_next_start(old: Application, new: Application) -> Iterator[Sentence]:
    """Say which of the settings that have changed are not in effect before the next start."""
    was, now = old.gateway, new.gateway
    changed = [f"gateway.{name}" for name in GATEWAY if getattr(was, name) != getattr(now, name)]
    changed += [name for name in APPLICATION if getattr(old, name) != getattr(new, name)]
    if changed:
        yield say("serving.at_next_start", keys=", ".join(changed))
