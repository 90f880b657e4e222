"""A token that stands in the system prompt of one request and nowhere else.

An answer that holds it, in whatever form, quotes the prompt: no false alarm is possible. It is
made by a keyed function of the request, so that nothing has to be kept and nobody can make one.
"""

import base64
import hmac
from collections.abc import Iterator, Sequence
from hashlib import sha256

from tenken.guardrails.match import Match
from tenken.guardrails.text import Context, Text

RISK = "leak.system_prompt"
LENGTH = 16
SCORE = 1.0
SHORTEST = 8


def canary(key: bytes, request: str) -> str:
    """Give the token of a request.

    >>> canary(b"k" * 32, "request-1") == canary(b"k" * 32, "request-1")
    True
    """
    made = hmac.new(key, f"canary\0{request}".encode(), sha256).digest()
    return base64.b32encode(made).decode().lower()[:LENGTH]


class Canary:
    """Looks for the token of the request in its answer."""

    name = "leak.canary"
    risks = (RISK,)
    gates: tuple[str, ...] = ()
    """Always asked: what it looks for is another text every time."""

    def applies(self, context: Context) -> bool:
        """Tell whether the request has a token."""
        return len(context.canary) >= SHORTEST

    def inspect(self, text: Text, context: Context) -> Sequence[Match]:
        """Give every place at which the token stands: as it is, encoded, backwards or spaced."""
        if not self.applies(context):
            return ()
        return [*_plain(text, context.canary), *_spaced(text, context.canary)]


DETECTOR = Canary()


def _plain(text: Text, token: str) -> Iterator[Match]:
    low = token.lower()
    yield from _places(text.lowered, low, "text")
    yield from _places(text.lowered, low[::-1], "reversed")
    yield from _places(text.lowered, token.encode().hex(), "hex")
    for inside in _in_base64(token):
        yield from _places(text.folded, inside, "base64")


def _places(text: str, needle: str, view: str) -> Iterator[Match]:
    at = text.find(needle)
    while at >= 0:
        yield _match(at, at + len(needle), view)
        at = text.find(needle, at + len(needle))


def _in_base64(token: str) -> Iterator[str]:
    """What the token looks like inside base64, wherever in a group of three bytes it begins."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + token.encode()).decode().rstrip("=")
        first = (before * 8 + 5) // 6
        yield encoded[first : (before + len(token)) * 8 // 6]


def _spaced(text: Text, token: str) -> Iterator[Match]:
    letters = [(at, letter) for at, letter in enumerate(text.lowered) if letter.isalnum()]
    if len(letters) == len(text.lowered):
        return
    at = "".join(letter for _, letter in letters).find(token.lower())
    if at >= 0:
        start, end = letters[at][0], letters[at + len(token) - 1][0] + 1
        if end - start > len(token):
            yield _match(start, end, "spaced")


def _match(start: int, end: int, view: str) -> Match:
    return Match(risk=RISK, rule="leak.canary", score=SCORE, start=start, end=end, view=view)
