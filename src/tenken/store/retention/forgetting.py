"""Takes out what is known of a session, a caller or whoever said something of answers.

Sums stay: they hold no person.
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    delete,
    false,
    literal_column,
    or_,
    select,
)

from tenken.store.bulk.writing import Key, remove
from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.feedback.tables import FEEDBACK
from tenken.store.tables import ATTEMPTS, EXCHANGES, MATCHES, NAMED_SESSION, REVIEWS, TEXTS

AT_ONCE = 1_000


class Whose(Struct, frozen=True, kw_only=True):
    """Whose records are to be forgotten."""

    sessions: tuple[str, ...] = ()
    """Keyed hashes as they stand in records: of sessions, or of users that requests named."""
    submitters: tuple[str, ...] = ()
    """Hashes of who said something of answers."""
    caller: str = ""
    """All of a caller's where nothing else is named, else only what came by it."""


class Forgotten(Struct, frozen=True, kw_only=True):
    """How many rows went."""

    exchanges: int = 0
    feedback: int = 0

    def plus(self, other: "Forgotten") -> "Forgotten":
        """Add two."""
        mine, others = asdict(self), asdict(other)
        return Forgotten(**{name: mine[name] + others[name] for name in mine})


class Forgetting:
    """Takes out what is known of somebody, over an engine that somebody else opens and ends."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def callers(self) -> tuple[str, ...]:
        """Give all whose users said something of answers; raises Away."""
        with told(), self.engine.connect() as connection:
            return tuple(connection.scalars(select(FEEDBACK.c.caller).distinct()))

    def count(self, whose: Whose) -> Forgotten:
        """Give how much there is; raises Away."""
        with told(), self.engine.connect() as connection:
            found = len(_keys(connection, whose, most=None))
            said = connection.execute(select(FEEDBACK.c.id).where(_said_by(whose))).all()
        return Forgotten(exchanges=found, feedback=len(said))

    def some(self, whose: Whose) -> Forgotten:
        """Take out some of it; gives nothing when none is left. Raises Away."""
        with told(), self.engine.execution_options(**WRITING).begin() as connection:
            keys = _keys(connection, whose, most=AT_ONCE)
            said = delete(FEEDBACK).where(
                or_(_said_by(whose), FEEDBACK.c.about.in_([id_ for id_, _, _ in keys]))
            )
            gone = connection.execute(said).rowcount
            for table in (TEXTS, REVIEWS, MATCHES, ATTEMPTS, EXCHANGES):
                remove(connection, table, keys)
        return Forgotten(exchanges=len(keys), feedback=gone)


def _keys(connection: Connection, whose: Whose, *, most: int | None) -> Sequence[Key]:
    table = EXCHANGES.c
    asked = select(table.id, table.span, table.at).where(_sent_by(whose)).limit(most)
    return [(id_, span, at) for id_, span, at in connection.execute(asked)]


def _sent_by(whose: Whose) -> ColumnElement[bool]:
    table = EXCHANGES.c
    if whose.sessions:
        # As the index says it, or it is not used.
        named: ColumnElement[bool] = literal_column(NAMED_SESSION)
        found = table.session.in_(whose.sessions) & named
        return found & (table.caller == whose.caller) if whose.caller else found
    if whose.submitters or not whose.caller:
        return false()
    return table.caller == whose.caller


def _said_by(whose: Whose) -> ColumnElement[bool]:
    table = FEEDBACK.c
    if whose.submitters:
        found = table.submitter.in_(whose.submitters)
        return found & (table.caller == whose.caller) if whose.caller else found
    if whose.sessions or not whose.caller:
        return false()
    return table.caller == whose.caller
