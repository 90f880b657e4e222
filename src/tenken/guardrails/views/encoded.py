"""Text in another alphabet: base64, hexadecimal, escapes, rot13, written backwards.

What is decoded is a text only where its bytes are UTF-8 without control characters, which chance
hardly ever makes of a word or a hash. No more than `DECODED_MAX` characters are made of one text:
decoding is work that a stranger orders.
"""

import base64
import binascii
import codecs
from collections.abc import Callable
from html import unescape

from tenken.guardrails.folding import fold, lower
from tenken.guardrails.view import View
from tenken.guardrails.views.cues import CUE_WORDS, CUE_WORDS_JA
from tenken.guardrails.views.reading import Writing, named, replaced, same_length
from tenken.pattern import Match, Pattern

DECODED_MAX = 65_536
SHORTEST = 6
"""Fewer characters than this order nothing."""
_BASE64 = Pattern(r"[A-Za-z0-9+/_-]{16,}(?:\r?\n[A-Za-z0-9+/_-]{4,})*={0,2}")
_HEX = Pattern(r"(?i)(?:(?:0x|\\x)?[0-9a-f]{2}[ :,-]?){8,}")
_ESCAPES = Pattern(
    r"(?i)(?:%[0-9a-f]{2}){1,}|(?:\\u[0-9a-f]{4})+|(?:\\x[0-9a-f]{2})+"
    r"|(?:&#(?:x[0-9a-f]{1,6}|[0-9]{1,7});)+"
)
_HEX_DIGITS = Pattern(r"(?i)0x|\\x|[ :,-]")
_UNICODE_ESCAPE = Pattern(r"(?i)\\u([0-9a-f]{4})")
_CONTROLS = frozenset(map(chr, range(32))) - set("\t\n\r") | {"\x7f"}

ENCODED_CUE = (
    r"[A-Za-z0-9+/_-]{16}|(?i)(?:(?:0x|\\x)?[0-9a-f]{2}[ :,-]?){8}|%[0-9a-f]{2}|\\u[0-9a-f]{4}"
    r"|\\x[0-9a-f]{2}|&#x?[0-9a-f]+;"
)
ROT13_CUE = r"(?i)\b(?:gur|naq|lbhe?)\b|" + "|".join(
    codecs.encode(word, "rot13") for word in CUE_WORDS
)
REVERSED_CUE = r"(?i)\A\s*[。！？]|\b(?:eht|dna|uoy|ruoy)\b|" + "|".join(
    word[::-1] for word in (*CUE_WORDS, *CUE_WORDS_JA)
)
"""Also the commonest words of English, and a text that begins with what ends a sentence."""
_ROT13 = Pattern(ROT13_CUE)
_REVERSED = Pattern(REVERSED_CUE)
_WORD = Pattern(r"[A-Za-z]+")


def from_base64(source: View) -> View | None:
    """Give every text that stands in base64, one a line."""
    return _pieces(source, "base64", _BASE64, _base64)


def from_hex(source: View) -> View | None:
    """Give every text that stands in hexadecimal digits, one a line."""
    return _pieces(source, "hex", _HEX, _hex)


def unescaped(source: View) -> View | None:
    """Give the text with what URLs, HTML and JSON escape as characters."""
    return replaced(source, "escapes", _ESCAPES, _unescape)


def from_rot13(source: View) -> View | None:
    """Give the text with every letter thirteen places on."""
    if not _ROT13.search(source.text):
        return None
    return same_length(source, "rot13", codecs.encode(source.text, "rot13"))


def backwards(source: View) -> View | None:
    """Give the text from its last character to its first."""
    if not _REVERSED.search(source.text):
        return None
    return View(
        name=named(source, "reversed"),
        text=source.text[::-1],
        starts=source.starts[::-1],
        ends=source.ends[::-1],
    )


def word_by_word(source: View) -> View | None:
    """Give the text with the letters of each word from last to first."""
    if not _REVERSED.search(source.text):
        return None
    text = _WORD.sub(lambda match: str(match[0])[::-1], source.text)
    return same_length(source, "reversed", text)


def _pieces(
    source: View, step: str, pattern: Pattern, decode: Callable[[str], str | None]
) -> View | None:
    writing, left = Writing(source), DECODED_MAX
    for match in pattern.finditer(source.text):
        if left <= 0:
            break
        run: str = match[0]
        meant = decode(run[: left * 2])
        if meant is not None:
            meant = fold(meant[:left]) + "\n"
            writing.put(meant, match.start(), match.end())
            left -= len(meant)
    return writing.view(step) if left < DECODED_MAX else None


def _base64(run: str) -> str | None:
    letters = "".join(run.split()).rstrip("=").replace("-", "+").replace("_", "/")
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    try:
        return _text(base64.b64decode(letters + "=" * (-len(letters) % 4)))
    except binascii.Error:
        return None


def _hex(run: str) -> str | None:
    digits = _HEX_DIGITS.sub("", run)
    return _text(bytes.fromhex(digits[: len(digits) // 2 * 2]))


def _unescape(match: Match) -> str | None:
    run = lower(match[0])
    if run.startswith("&"):
        return unescape(run)
    if run.startswith("\\u"):
        codes = [int(code, 16) for code in _UNICODE_ESCAPE.findall(run)]
        return b"".join(code.to_bytes(2) for code in codes).decode("utf-16-be", "replace")
    return _text(bytes.fromhex(run.replace("%", "").replace("\\x", "")), shortest=1)


def _text(made: bytes, *, shortest: int = SHORTEST) -> str | None:
    try:
        text = made.decode()
    except UnicodeDecodeError:
        return None
    return text if len(text) >= shortest and _CONTROLS.isdisjoint(text) else None
