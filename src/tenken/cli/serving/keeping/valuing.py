"""What the keeper does with feedback and KPIs."""

from collections.abc import Callable, Iterator, Mapping

from sqlalchemy import Engine

from tenken.cli.serving.keeping.outlook import Outlook
from tenken.cli.serving.keeping.side import Side
from tenken.keeper.value.work import DAY_US, KpiWork
from tenken.store.feedback.feedback import FeedbackBook
from tenken.store.rollups.reading import Rollups
from tenken.store.value.points import KpiPoints
from tenken.store.watch.leases import Leases

MATCHED_EVERY_S = 15.0
WAITS_DAYS = 30
"""Feedback whose request has not come by then is forgotten."""


def valuing(
    engine: Engine, outlook: Outlook, *, holder: str, environment: Mapping[str, str]
) -> Iterator[Side]:
    """Give its works."""
    book = FeedbackBook(engine)
    yield Side(name="feedback", step=matching(book), close=lambda: _matched(book))
    work = KpiWork(
        lambda: outlook.manifest().application,
        rollups=Rollups(engine),
        points=KpiPoints(engine),
        lease=Leases(engine),
        holder=holder,
        environment=environment,
    )
    yield Side(name="kpis", step=work.step)


def _matched(book: FeedbackBook) -> None:
    """Tie what the drain has brought last: another worker's journal may have come behind."""
    while book.match(since=0):
        pass


def matching(book: FeedbackBook) -> Callable[[int], float]:
    """Give what ties feedback to requests that came later than it, and forgets the rest."""

    def step(now: int) -> float:
        before = now - WAITS_DAYS * DAY_US
        tied = book.match(since=before)
        book.forget(before=before)
        return 0.0 if tied else MATCHED_EVERY_S

    return step
