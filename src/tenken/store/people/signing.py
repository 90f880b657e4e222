"""Who may sign in which role of the checklist, and what was signed in the browser.

A sign-off is never changed: a later one takes its place, or its own signer takes it back.
"""

from msgspec import Struct
from sqlalchemy import Engine, delete, insert, select, update

from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.people.tables import SIGNERS, SIGNOFFS


class Kept(Struct, frozen=True, kw_only=True):
    """A sign-off as the store keeps it."""

    id: str
    application: str
    item: str
    role: str
    user: str
    full_name: str
    email: str
    issuer: str
    """Who let its signer in; empty where a password did."""
    statement: str
    signed: str
    """The texts with their digests, as JSON."""
    expires_on: str
    at: int
    exempts: bool
    line: str
    """What leaves the store."""
    withdrawn_at: int | None = None


class Signing(Struct, frozen=True):
    """Somebody, and a role in which they may sign."""

    user: str
    role: str


class SignOffs:
    """The tables of signing, over an engine that somebody else opens and ends. All raise Away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(**WRITING)

    def signers(self, application: str) -> tuple[Signing, ...]:
        """Give who may sign what, by name."""
        table = SIGNERS.c
        asked = select(table.user, table.role).where(table.application == application)
        with told(), self._engine.connect() as connection:
            rows = connection.execute(asked.order_by(table.user, table.role)).all()
        return tuple(Signing(row.user, row.role) for row in rows)

    def roles(self, user: str, application: str) -> frozenset[str]:
        """Give in which roles somebody may sign."""
        return frozenset(one.role for one in self.signers(application) if one.user == user)

    def let(self, user: str, application: str, role: str, *, may: bool) -> None:
        """Say that somebody may sign in a role, or no longer."""
        one = {"user": user, "application": application, "role": role}
        with told(), self._writing.begin() as connection:
            connection.execute(delete(SIGNERS).where(*(SIGNERS.c[k] == v for k, v in one.items())))
            if may:
                connection.execute(insert(SIGNERS).values(**one))

    def add(self, one: Kept) -> None:
        """Keep a sign-off."""
        row = {name: getattr(one, name) for name in Kept.__struct_fields__}
        with told(), self._writing.begin() as connection:
            connection.execute(insert(SIGNOFFS).values(**row))

    def find(self, name: str, application: str) -> Kept | None:
        """Give one."""
        found = [one for one in self.all(application) if one.id == name]
        return found[0] if found else None

    def all(self, application: str) -> tuple[Kept, ...]:
        """Give all that stand, the newest first."""
        table = SIGNOFFS.c
        asked = select(SIGNOFFS).where(table.application == application)
        asked = asked.where(table.withdrawn_at.is_(None)).order_by(table.at.desc(), table.id)
        with told(), self._engine.connect() as connection:
            rows = connection.execute(asked).mappings().all()
        return tuple(Kept(**row) for row in rows)

    def withdraw(self, name: str, user: str, application: str, *, at: int) -> bool:
        """Take one's own back; tells whether it stood."""
        table = SIGNOFFS.c
        own = (table.id == name) & (table.user == user) & (table.application == application)
        with told(), self._writing.begin() as connection:
            done = connection.execute(
                update(SIGNOFFS).where(own, table.withdrawn_at.is_(None)).values(withdrawn_at=at)
            )
            return done.rowcount == 1
