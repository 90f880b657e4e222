"""The credential that a running process shows its provider, without the credential itself."""

from datetime import datetime

from msgspec import Struct

from tenken.readiness.facts.observed.records import Kept


class CredentialSeen(Struct, frozen=True, kw_only=True):
    """One credential, by what can be read of it."""

    kept: Kept
    kind: str
    """`token` (it says when it ends), `key` (a static key's form) or `opaque`."""
    issued_at: datetime | None = None
    expires_at: datetime | None = None
