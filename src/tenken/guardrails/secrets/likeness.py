"""Whether a text could be a key that somebody drew by chance, or is what stands in for one."""

import math
from collections import Counter

from tenken.pattern import Pattern

LEAST_BITS = 2.8
"""Bits per character; keys drawn by chance lie above 3.2, words and repeats below."""
_STAND_IN = Pattern(
    r"(?i)example|placeholder|change[-_]?me|your[-_]?|dummy|sample|redacted|xxxx|\*\*\*|0{6}|1{6}"
    r"|12345678|abcdefgh|insert|replace|<[^>]*>|\.\.\.|…|deadbeef|foobar|__[a-z_]+__"
    r"|secret[-_]?here|key[-_]?here"
)


def stands_in(text: str) -> bool:
    """Tell whether a text says itself that it is not the real thing.

    >>> stands_in("ghp_" + "x" * 36), stands_in("<your key>")
    (True, True)
    """
    return _STAND_IN.search(text) is not None


def bits(text: str) -> float:
    """Give the bits per character of a text."""
    counts = Counter(text)
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values())


def is_drawn(text: str) -> bool:
    """Tell whether a text may have been drawn by chance."""
    return not stands_in(text) and bits(text) >= LEAST_BITS
