"""Sets aside what another service or another commit has written."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar

from tenken.readiness.facts.observed.records import About, Kept


class Dated(Protocol):
    """A record with its time and its writer."""

    @property
    def at(self) -> datetime | None:
        """When it was written."""
        ...

    @property
    def service(self) -> str:
        """Who wrote it."""
        ...

    @property
    def revision(self) -> str:
        """The commit that the writer runs."""
        ...


Written = TypeVar("Written", bound=Dated)


def keeping(records: Iterable[Written], about: About) -> tuple[tuple[Written, ...], Kept]:
    """Give the records that count, and what they say of themselves."""
    every = tuple(records)
    own = tuple(one for one in every if about.is_of(one.service, one.revision))
    times = [one.at for one in own if one.at is not None and one.at <= about.now]
    revisions = {one.revision for one in own}
    return own, Kept(
        latest=max(times, default=None),
        earliest=min(times, default=None),
        others=len(every) - len(own),
        revision=revisions.pop() if len(revisions) == 1 else "",
    )
