"""Passwords: argon2id, and what is refused as one."""

import unicodedata
from typing import Protocol

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tenken.sentence import Sentence, say

SHORTEST = 12
LONGEST = 200
NAME_MAX = 60


class Passwords(Protocol):
    """Keeps passwords so that they cannot be read again."""

    def hashed(self, password: str) -> str:
        """Give what is kept."""
        ...

    def fits(self, kept: str, password: str) -> bool:
        """Tell whether a password is the one; as slow for nobody's as for somebody's."""
        ...


class Argon2id:
    """The library's own settings: 64 MiB and some 50 ms for each look."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher
        self._nobody = hasher.hash("nobody's")

    def hashed(self, password: str) -> str:
        """Give what is kept."""
        return self._hasher.hash(_canonical(password))

    def fits(self, kept: str, password: str) -> bool:
        """Tell whether a password is the one; where none is kept it takes as long to say no."""
        try:
            self._hasher.verify(kept or self._nobody, _canonical(password))
        except (VerificationError, InvalidHashError):
            return False
        return bool(kept)


def refused(name: str, password: str) -> Sentence | None:
    """Say why a password is none; None where it is."""
    if not SHORTEST <= len(password) <= LONGEST:
        return say("console.password_length", least=SHORTEST, most=LONGEST)
    if name.casefold() in password.casefold() or len(set(password)) < SHORTEST // 2:
        return say("console.password_easy")
    return None


def name_refused(name: str) -> Sentence | None:
    """Say why a name is none: it stands in lists and logs."""
    plain = name.isprintable() and name == name.strip() and not name.startswith(PREFIXES)
    if not name or len(name) > NAME_MAX or not plain:
        return say("console.name_bad", most=NAME_MAX)
    return None


PREFIXES = ("=", "+", "-", "@")
"""What a spreadsheet takes for a formula."""


def _canonical(password: str) -> str:
    """Two keyboards may write one letter in two ways."""
    return unicodedata.normalize("NFKC", password)
