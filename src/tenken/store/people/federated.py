"""People whom an identity provider names: who they are, and logins that are under way."""

from msgspec import Struct
from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from tenken.store.asking import asking
from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.people.roles import Role
from tenken.store.people.tables import FEDERATED, GRANTS, LOGINS, SIGNERS, USERS

MOST_LOGINS = 5_000
"""So many may be under way; whoever comes then is asked to come again."""


class Login(Struct, frozen=True, kw_only=True):
    """Somebody who was sent to the provider, and what has to come back with them."""

    nonce: str
    verifier: str
    back: str
    expires_at: int


class Identity(Struct, frozen=True, kw_only=True):
    """Who somebody is by the provider's word."""

    issuer: str
    subject: str
    user: str
    full_name: str
    email: str
    """Empty where the provider has not verified it."""


class Allowed(Struct, frozen=True, kw_only=True):
    """What the provider's claims allow somebody in an application."""

    application: str
    role: Role | None
    within: str = ""
    signs: frozenset[str] = frozenset()


class Federated:
    """Their tables, over an engine that somebody else opens and ends. All raise Away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(**WRITING)

    def begin(self, sha256: bytes, one: Login, now: int) -> bool:
        """Keep a login that begins; tells whether there was room."""
        table = LOGINS.c
        with told(), self._writing.begin() as connection:
            connection.execute(delete(LOGINS).where(table.expires_at <= now))
            if (connection.scalar(select(func.count()).select_from(LOGINS)) or 0) >= MOST_LOGINS:
                return False
            row = {name: getattr(one, name) for name in Login.__struct_fields__}
            connection.execute(insert(LOGINS).values(sha256=sha256, **row))
            return True

    def take(self, sha256: bytes, now: int) -> Login | None:
        """Give a login that is under way, once."""
        table = LOGINS.c
        with told(), self._writing.begin() as connection:
            row = connection.execute(select(LOGINS).where(table.sha256 == sha256)).first()
            gone = connection.execute(delete(LOGINS).where(table.sha256 == sha256))
        if row is None or gone.rowcount != 1 or row.expires_at <= now:
            return None
        return Login(
            nonce=row.nonce, verifier=row.verifier, back=row.back, expires_at=row.expires_at
        )

    def identity(self, user: str, issuer: str) -> Identity | None:
        """Give who a user is by a provider's word."""
        table = FEDERATED.c
        asked = select(FEDERATED).where(table.user == user, table.issuer == issuer)
        with asking(self._engine) as connection:
            row = connection.execute(asked).mappings().first()
        return (
            Identity(**{name: row[name] for name in Identity.__struct_fields__}) if row else None
        )

    def arrive(self, one: Identity, allowed: Allowed, now: int) -> str | None:
        """Take somebody in as the provider says today; gives their name here.

        None where that name is of somebody else: of a user with a password, or of another subject.
        Whoever was known by this subject keeps their name, whatever they are called now.
        """
        table = FEDERATED.c
        same = (table.issuer == one.issuer) & (table.subject == one.subject)
        said = {"full_name": one.full_name, "email": one.email, "seen_at": now}
        with told(), self._writing.begin() as connection:
            known = connection.execute(select(table.user).where(same)).scalar()
            if known is None:
                taken = select(USERS.c.name).where(USERS.c.name == one.user)
                if connection.execute(taken).first():
                    return None
                new = {"issuer": one.issuer, "subject": one.subject, "user": one.user}
                connection.execute(
                    insert(USERS).values(name=one.user, password="", created_at=now)
                )
                connection.execute(insert(FEDERATED).values(**new, **said))
            else:
                connection.execute(update(FEDERATED).where(same).values(**said))
            user = str(known or one.user)
            _allow(connection, user, allowed)
            return user


def _allow(connection: Connection, user: str, allowed: Allowed) -> None:
    """Let hold what is allowed today, and nothing of what was before."""
    application = allowed.application
    held = (GRANTS.c.user == user) & (GRANTS.c.application == application)
    signs = (SIGNERS.c.user == user) & (SIGNERS.c.application == application)
    connection.execute(delete(GRANTS).where(held))
    connection.execute(delete(SIGNERS).where(signs))
    if allowed.role is None:
        return
    grant = {"role": allowed.role.value, "within": allowed.within}
    connection.execute(insert(GRANTS).values(user=user, application=application, **grant))
    for role in sorted(allowed.signs):
        connection.execute(insert(SIGNERS).values(user=user, application=application, role=role))
