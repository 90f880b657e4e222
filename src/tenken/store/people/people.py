"""Who may enter: users and what they may do, invitations, sessions, and tokens of machines.

Nothing here can be used to enter: passwords are argon2id, all else is looked up by a digest.
"""

from msgspec import Struct
from sqlalchemy import Connection, Engine, Table, delete, func, insert, select, update

from tenken.store.asking import asking
from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.people.roles import Role
from tenken.store.people.tables import GRANTS, INVITATIONS, SESSIONS, TOKENS, USERS


class User(Struct, frozen=True, kw_only=True):
    """Somebody, and what they may do in one application; None where nothing."""

    name: str
    role: Role | None
    password: str = ""
    created_at: int = 0
    disabled_at: int | None = None
    within: str = ""
    """The parts of the application that they see, one a line; all of it where that is empty."""


class Invitation(Struct, frozen=True, kw_only=True):
    """Lets its bearer set one password, once."""

    user: str
    """Empty: whoever has it chooses a name."""
    application: str
    role: Role
    invited_by: str
    created_at: int
    expires_at: int
    within: str = ""


class Session(Struct, frozen=True, kw_only=True):
    """Somebody who has logged in."""

    user: str
    created_at: int
    seen_at: int
    expires_at: int
    issuer: str = ""
    """Who said that it is they; empty where a password did."""


class Token(Struct, frozen=True, kw_only=True):
    """Lets a machine read."""

    prefix: str
    name: str
    application: str
    created_by: str
    created_at: int
    expires_at: int
    revoked_at: int | None = None
    within: str = ""


class People:
    """The tables of people, over an engine that somebody else opens and ends. All raise Away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(**WRITING)

    # ------------------------------------------------------------------------------ users

    def any_admin(self, application: str) -> bool:
        """Tell whether somebody can say who is who."""
        asked = (
            select(func.count())
            .select_from(USERS.join(GRANTS, USERS.c.name == GRANTS.c.user))
            .where(GRANTS.c.application == application, GRANTS.c.role == Role.ADMIN.value)
            .where(USERS.c.disabled_at.is_(None))
        )
        with asking(self._engine) as connection:
            return bool(connection.execute(asked).scalar())

    def user(self, name: str, application: str) -> User | None:
        """Give somebody by name; nobody for a name that no store can hold."""
        if "\0" in name:
            return None
        found = [one for one in self._users(application, name) if one.name == name]
        return found[0] if found else None

    def users(self, application: str) -> tuple[User, ...]:
        """Give all who may do anything in an application, by name."""
        return tuple(one for one in self._users(application) if one.role is not None)

    def _users(self, application: str, name: str = "") -> tuple[User, ...]:
        of_it = (GRANTS.c.user == USERS.c.name) & (GRANTS.c.application == application)
        granted = (GRANTS.c.role, GRANTS.c.within)
        asked = select(USERS, *granted).select_from(USERS.outerjoin(GRANTS, of_it))
        asked = asked.where(USERS.c.name == name) if name else asked
        with asking(self._engine) as connection:
            rows = connection.execute(asked.order_by(USERS.c.name)).mappings().all()
        return tuple(
            User(
                name=row["name"], password=row["password"], created_at=row["created_at"],
                disabled_at=row["disabled_at"], role=Role(row["role"]) if row["role"] else None,
                within=row["within"] or "",
            )
            for row in rows
        )  # fmt: skip

    def grant(self, name: str, application: str, role: Role, within: str = "") -> None:
        """Say what somebody may do, and in which parts."""
        with told(), self._writing.begin() as connection:
            _grant(connection, name, application, role, within=within)

    def disable(self, name: str, *, at: int | None) -> None:
        """Lock somebody out at once, or let them in again (None)."""
        with told(), self._writing.begin() as connection:
            connection.execute(update(USERS).where(USERS.c.name == name).values(disabled_at=at))
            if at is not None:
                connection.execute(delete(SESSIONS).where(SESSIONS.c.user == name))

    # ------------------------------------------------------------------------ invitations

    def invite(self, sha256: bytes, one: Invitation) -> None:
        """Keep an invitation; earlier ones of the same person no longer hold."""
        with told(), self._writing.begin() as connection:
            connection.execute(delete(INVITATIONS).where(INVITATIONS.c.user == one.user))
            connection.execute(
                insert(INVITATIONS).values(
                    sha256=sha256, user=one.user, application=one.application,
                    role=one.role.value, invited_by=one.invited_by,
                    created_at=one.created_at, expires_at=one.expires_at, within=one.within,
                )
            )  # fmt: skip

    def invitation(self, sha256: bytes, now: int) -> Invitation | None:
        """Give an invitation that holds."""
        found = self._found(INVITATIONS, sha256, now)
        if found is None:
            return None
        return Invitation(
            user=str(found["user"]), application=str(found["application"]),
            role=Role(str(found["role"])), invited_by=str(found["invited_by"]),
            created_at=_whole(found["created_at"]), expires_at=_whole(found["expires_at"]),
            within=str(found["within"]),
        )  # fmt: skip

    def accept(
        self, sha256: bytes, one: Invitation, name: str, *, password: str, now: int
    ) -> bool:
        """Use an invitation: tells whether it could be, and whether the name was free.

        Whoever had sessions by the former password has none after.
        """
        with told(), self._writing.begin() as connection:
            used = connection.execute(delete(INVITATIONS).where(INVITATIONS.c.sha256 == sha256))
            known = connection.execute(select(USERS.c.name).where(USERS.c.name == name)).first()
            if used.rowcount != 1 or (known and not one.user):
                connection.rollback()
                return False
            if known:
                changed = {"password": password, "disabled_at": None}
                connection.execute(update(USERS).where(USERS.c.name == name).values(**changed))
            else:
                connection.execute(
                    insert(USERS).values(name=name, password=password, created_at=now)
                )
            connection.execute(delete(SESSIONS).where(SESSIONS.c.user == name))
            _grant(connection, name, one.application, one.role, within=one.within)
            return True

    def set_password(self, name: str, password: str) -> None:
        """Change a password: all sessions by the former one end."""
        with told(), self._writing.begin() as connection:
            connection.execute(update(USERS).where(USERS.c.name == name).values(password=password))
            connection.execute(delete(SESSIONS).where(SESSIONS.c.user == name))

    # --------------------------------------------------------------------------- sessions

    def begin(self, sha256: bytes, one: Session) -> None:
        """Keep a session; those that are over are taken away."""
        with told(), self._writing.begin() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.expires_at <= one.created_at))
            connection.execute(
                insert(SESSIONS).values(
                    sha256=sha256, user=one.user, created_at=one.created_at,
                    seen_at=one.seen_at, expires_at=one.expires_at, issuer=one.issuer,
                )
            )  # fmt: skip

    def session(self, sha256: bytes, now: int) -> Session | None:
        """Give a session that is not over."""
        found = self._found(SESSIONS, sha256, now)
        if found is None:
            return None
        return Session(
            user=str(found["user"]), created_at=_whole(found["created_at"]),
            seen_at=_whole(found["seen_at"]), expires_at=_whole(found["expires_at"]),
            issuer=str(found["issuer"]),
        )  # fmt: skip

    def seen(self, sha256: bytes, at: int) -> None:
        """Note that a session was used."""
        with told(), self._writing.begin() as connection:
            connection.execute(
                update(SESSIONS).where(SESSIONS.c.sha256 == sha256).values(seen_at=at)
            )

    def end(self, sha256: bytes) -> None:
        """End a session."""
        with told(), self._writing.begin() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.sha256 == sha256))

    # ----------------------------------------------------------------------------- tokens

    def add_token(self, sha256: bytes, one: Token) -> None:
        """Keep a token."""
        with told(), self._writing.begin() as connection:
            connection.execute(
                insert(TOKENS).values(
                    sha256=sha256, prefix=one.prefix, name=one.name, application=one.application,
                    created_by=one.created_by, created_at=one.created_at,
                    expires_at=one.expires_at, within=one.within,
                )
            )  # fmt: skip

    def token(self, sha256: bytes, now: int) -> Token | None:
        """Give a token that holds."""
        found = self._found(TOKENS, sha256, now)
        return _token(found) if found and found["revoked_at"] is None else None

    def tokens(self, application: str) -> tuple[Token, ...]:
        """Give all tokens of an application, the newest first."""
        asked = select(TOKENS).where(TOKENS.c.application == application)
        with asking(self._engine) as connection:
            rows = connection.execute(asked.order_by(TOKENS.c.created_at.desc())).mappings().all()
        return tuple(_token(dict(row)) for row in rows)

    def revoke(self, prefix: str, application: str, *, at: int) -> bool:
        """Take a token back; tells whether it held."""
        held = (TOKENS.c.prefix == prefix) & (TOKENS.c.application == application)
        with told(), self._writing.begin() as connection:
            done = connection.execute(
                update(TOKENS).where(held, TOKENS.c.revoked_at.is_(None)).values(revoked_at=at)
            )
            return done.rowcount == 1

    def _found(self, table: Table, sha256: bytes, now: int) -> dict[str, object] | None:
        asked = select(table).where(table.c.sha256 == sha256, table.c.expires_at > now)
        with asking(self._engine) as connection:
            row = connection.execute(asked).mappings().first()
        return dict(row) if row else None


def _grant(
    connection: Connection, name: str, application: str, role: Role, *, within: str
) -> None:
    held = (GRANTS.c.user == name) & (GRANTS.c.application == application)
    connection.execute(delete(GRANTS).where(held))
    connection.execute(
        insert(GRANTS).values(user=name, application=application, role=role.value, within=within)
    )


def _token(row: dict[str, object]) -> Token:
    revoked = row["revoked_at"]
    return Token(
        prefix=str(row["prefix"]), name=str(row["name"]), application=str(row["application"]),
        created_by=str(row["created_by"]), created_at=_whole(row["created_at"]),
        expires_at=_whole(row["expires_at"]),
        revoked_at=None if revoked is None else _whole(revoked), within=str(row["within"]),
    )  # fmt: skip


def _whole(value: object) -> int:
    assert isinstance(value, int)  # noqa: S101 - a column of whole numbers
    return value
