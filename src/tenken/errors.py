"""Every error tenken raises on purpose, named for what the caller can do about it.

TenkenError
├── UsageError        the command line or a path is wrong            exit 2
├── Malformed         files of ours with problems, all told at once  exit 2
├── CannotInspect     nothing could be inspected at all              exit 3
└── MissingExtra      an optional part is not installed              exit 2
"""

from msgspec import Struct

from tenken.place import Place
from tenken.sentence import Field, Sentence, say


class TenkenError(Exception):
    """Root of the tree; carries a sentence, never a finished text."""

    exit_code = 2

    def __init__(self, id: str, /, **fields: Field) -> None:  # noqa: A002 - positional only
        super().__init__(id)
        self.sentence: Sentence = say(id, **fields)


class UsageError(TenkenError):
    """The command line, or a path named on it, cannot be used as given."""


class CannotInspect(TenkenError):
    """The probes could not run at all, so nothing can be said."""

    exit_code = 3


class MissingExtra(TenkenError):
    """A part of tenken that is not installed was asked for."""


class Problem(Struct, frozen=True, kw_only=True):
    """One thing wrong in one of our files: where, at which key, what, and how to mend it."""

    place: Place
    key: str
    """Dotted path of the key, such as `slos[0].target`; empty for the document."""
    sentence: Sentence
    """What is wrong and how to mend it."""


class Malformed(TenkenError):
    """Files of ours that cannot be used, with every problem in them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("config.malformed", count=len(problems))
        self.problems = problems
