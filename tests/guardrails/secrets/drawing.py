"""Draws texts that a pattern takes: keys are made when a test runs, and written nowhere."""

import re._constants as kinds  # type: ignore[import-not-found]  # the reader of patterns
import re._parser as parser  # type: ignore[import-not-found]  # has no public name
import string
from random import Random  # noqa: TID251 - seeded: the same texts every time
from typing import Any

PRINTABLE = string.ascii_letters + string.digits + "-_.+/="


def drawn(pattern: str, seed: str) -> str:
    """Give a text that the whole pattern matches; the same for the same seed."""
    return _sequence(parser.parse(pattern), Random(seed))  # noqa: S311


def _sequence(tree: Any, chance: Random) -> str:
    return "".join(_one(kind, value, chance) for kind, value in tree)


def _one(kind: Any, value: Any, chance: Random) -> str:
    match kind:
        case kinds.LITERAL:
            return chr(value)
        case kinds.IN:
            return chance.choice([c for c in PRINTABLE if any(_holds(c, one) for one in value)])
        case kinds.BRANCH:
            return _sequence(chance.choice(value[1]), chance)
        case kinds.SUBPATTERN:
            return _sequence(value[3], chance)
        case kinds.MAX_REPEAT:
            least, most, inner = value
            return "".join(_sequence(inner, chance) for _ in range(chance.randint(least, most)))
        case _:
            raise AssertionError(kind)


def _holds(character: str, one: Any) -> bool:
    kind, value = one
    if kind is kinds.LITERAL:
        return ord(character) == int(value)
    if kind is kinds.CATEGORY:
        return character.isdigit()
    return int(value[0]) <= ord(character) <= int(value[1])
