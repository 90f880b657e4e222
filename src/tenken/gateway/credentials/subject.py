"""What says who this process is, to vendors that give a token of theirs for it."""

from pathlib import Path
from typing import Protocol

from msgspec import Struct

from tenken.gateway.credentials.lease import Unobtainable

SUBJECT_MAX = 16 << 10
"""No token of a known issuer is longer; a certificate or a key that was named instead may be."""


class Subject(Protocol):
    """Says who this process is."""

    def token(self) -> str:
        """Give a token that is good now; raises Unobtainable, or what a vendor's library does."""
        ...


class SubjectFile(Struct, frozen=True, kw_only=True):
    """A token in a file, which whoever mounts it keeps fresh."""

    path: Path

    def token(self) -> str:
        """Read it; raises Unobtainable."""
        try:
            with self.path.open("rb") as file:
                found = file.read(SUBJECT_MAX + 1)
        except OSError as error:
            raise Unobtainable(f"{self.path}: {error.strerror}") from error
        token = found.strip()
        if not token or len(found) > SUBJECT_MAX or not token.isascii():
            raise Unobtainable(f"{self.path} holds no token")
        return token.decode()
