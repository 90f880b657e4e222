"""One character for one character: full-width, compatibility and styled forms as plain ones.

NFKC makes `㍻` of two characters and of `か゛` one: offsets would move. Only what stays a single
character is folded, so a place in the folded text is the same place in the original.
"""

import unicodedata
from functools import cache

HIGHEST = 0x2FA1E
"""Beyond this code point nothing folds."""
BLOCK = 256
"""Code points looked at in one go: most blocks hold nothing that folds."""
SURROGATES = (0xD800, 0xE000)
"""Halves of characters, from a broken escape in JSON: they cannot be written as UTF-8."""
REPLACEMENT = "\ufffd"


def fold(text: str) -> str:
    """Give the folded text, of the same length, without surrogates.

    >>> fold("ＡＢＣ０３－１２")
    'ABC03-12'
    """
    if text.isascii():
        return text
    if unicodedata.is_normalized("NFKC", text) and _encodes(text):
        return text
    return text.translate(_table())


def lower(folded: str) -> str:
    """Give the text in small letters, of the same length.

    >>> lower("İstanbul")
    'istanbul'
    """
    # The only letter that becomes two when it becomes small.
    return folded.replace("İ", "I").lower()


@cache
def _table() -> str:
    """The folded character at each code point: `translate` indexes it without a hash."""
    blocks = ("".join(map(chr, range(at, at + BLOCK))) for at in range(0, HIGHEST, BLOCK))
    return "".join(block if _plain(block) else "".join(map(_folded, block)) for block in blocks)


def _plain(block: str) -> bool:
    return unicodedata.is_normalized("NFKC", block) and _encodes(block)


def _folded(character: str) -> str:
    if SURROGATES[0] <= ord(character) < SURROGATES[1]:
        return REPLACEMENT
    made = unicodedata.normalize("NFKC", character)
    return made if len(made) == 1 else character


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
