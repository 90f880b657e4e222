"""What a database answers when it does not do as it is told, in our words."""

from collections.abc import Iterator
from contextlib import contextmanager

import re2
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError
from sqlalchemy.exc import TimeoutError as NoConnection

QUOTED = re2.compile('"[^"]*"')
OF_THE_RECORD = frozenset({"22", "54"})
"""Classes of Postgres's codes: a value that does not fit, and a row that is too large."""


class Away(Exception):
    """The database does not answer; nothing was written, and trying again is right."""


class Moved(Exception):
    """The journal's position is not where the batch begins: somebody else applied it."""


class Clash(Moved):
    """A row stands where one was to be written: of somebody who was faster, or for good."""


class Unfit(Exception):
    """The database takes a connection and refuses a record; trying again changes nothing."""


SAID = (
    "Connection refused", "password authentication failed", "no pg_hba.conf entry",
    "does not exist", "failed to resolve host", "could not translate host name",
    "timeout expired", "No route to host", "Network is unreachable", "too many clients",
    "remaining connection slots", "starting up", "shutting down", "server closed the connection",
    "SSL", "permission denied", "disk I/O error", "disk is full", "readonly database",
    "unable to open database file", "database is locked",
)  # fmt: skip
"""What drivers say of why, as far as it is theirs alone."""


def kind(error: BaseException) -> str:
    """Give the kind of a database's error, and why where the driver says it in words of its own.

    Nothing else of what it says: that may hold the address, and with it a password.
    """
    cause = error.__cause__ or error
    name = type(cause).__name__
    said = str(getattr(cause, "orig", None) or cause)
    return next((f"{name}: {why}" for why in SAID if why in said), name)


@contextmanager
def told() -> Iterator[None]:
    """Tell the errors of a database in our words."""
    try:
        yield
    except IntegrityError as error:
        raise Clash(_why(error)) from error
    except (DataError, OverflowError) as error:
        raise Unfit(_why(error)) from error
    except DBAPIError as error:
        if str(getattr(error.orig, "sqlstate", ""))[:2] in OF_THE_RECORD:
            raise Unfit(_why(error)) from error
        raise Away(str(error)) from error
    except StatementError as error:
        raise Unfit(_why(error)) from error  # a value that no column's type takes
    except NoConnection as error:
        raise Away(str(error)) from error


def _why(error: Exception) -> str:
    """Give the first line of what the driver says, without what it quotes.

    The statement holds the row, the lines behind it tell of its values, and so may the first.
    """
    cause = getattr(error, "orig", None) or error
    said = QUOTED.sub("...", next(iter(str(cause).splitlines()), ""))
    return f"{type(cause).__name__}: {said}"
