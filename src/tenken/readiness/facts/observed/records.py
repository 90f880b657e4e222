"""What all records of a running system have: when, of which service, of which revision."""

from datetime import datetime

from msgspec import Struct


class About(Struct, frozen=True, kw_only=True):
    """Whose records count."""

    services: frozenset[str]
    """The names by which the records call the service and what stands before its models."""
    commit: str
    """The commit that is inspected; empty where there is none."""
    now: datetime

    def is_of(self, service: str, revision: str) -> bool:
        """Whether a record may count: it names neither another service nor another commit."""
        other_service = bool(service) and service not in self.services
        other_commit = bool(revision and self.commit) and revision != self.commit
        return not other_service and not other_commit


class Kept(Struct, frozen=True, kw_only=True):
    """Which of the records count, and what they say of themselves as a whole."""

    latest: datetime | None = None
    """When the newest was written: an old export is old evidence."""
    earliest: datetime | None = None
    others: int = 0
    """Records that were set aside: of another service, or of another commit."""
    revision: str = ""
    """The commit, where every record that counts names it; else empty."""

    @property
    def hours(self) -> float:
        """How long a time the records cover."""
        if self.latest is None or self.earliest is None:
            return 0.0
        return (self.latest - self.earliest).total_seconds() / 3600
