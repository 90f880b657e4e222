"""A silence: alerts that nobody is told of for a while, by whom, why, until when."""

from msgspec import Struct


class Silence(Struct, frozen=True, kw_only=True):
    """One silence. Times are microseconds since 1970."""

    id: str
    pattern: str
    """Keys of alerts, with `*` for any part: `slo/answers/*`."""
    owner: str
    reason: str
    created_at: int
    expires_at: int
    withdrawn_at: int | None = None
    withdrawn_by: str = ""
