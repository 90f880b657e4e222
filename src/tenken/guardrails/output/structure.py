"""JSON that streams: told to be none, too deep or of the wrong types before all of it has come.

Nothing is kept but where in the text we are. What needs the whole value (patterns, sums of items)
is for the schema, at the end: see `schema`.
"""

from collections.abc import Mapping
from enum import Enum, auto

from msgspec import Struct

RISK = "schema.invalid"
DETECTOR = "schema"
"""Asked by whoever knows what an answer was to be, not by the guard itself."""
DEEPEST = 64
SPACE = frozenset(" \t\r\n")
OPENING = {"{": "object", "[": "array", '"': "string", "t": "boolean", "f": "boolean",
           "n": "null", "-": "number"}  # fmt: skip
LITERALS = {"t": "true", "f": "false", "n": "null"}
ESCAPES = frozenset('"\\/bfnrtu')
HEX = frozenset("0123456789abcdefABCDEF")
NUMBER_BITS = frozenset("0123456789+-.eE")
KEY_LONGEST = 1024


class Fault(Struct, frozen=True):
    """Why a text is not the JSON that was agreed, and where that showed."""

    reason: str
    """Such as `not_json`, `too_deep`, `wrong_type`, `unknown_key`, `missing_key`, `cut_off`."""
    at: int
    key: str = ""


class _Want(Enum):
    VALUE = auto()
    VALUE_OR_END = auto()
    KEY = auto()
    KEY_OR_END = auto()
    COLON = auto()
    COMMA_OR_END = auto()
    NOTHING = auto()


class Structure:
    """Follows one JSON value as it comes; the first fault stays."""

    def __init__(
        self,
        *,
        types: Mapping[str, frozenset[str]] | None = None,
        required: frozenset[str] = frozenset(),
        closed: bool = False,
        deepest: int = DEEPEST,
    ) -> None:
        self.fault: Fault | None = None
        self._types = types or {}
        self._required = required
        self._closed = closed
        self._deepest = deepest
        self._at = 0
        self._want = _Want.VALUE
        self._open: list[str] = []
        self._token = ""
        self._kind = ""
        """Of the token that is being read: `string`, `number`, a literal; else empty."""
        self._escape = ""
        self._key = ""
        self._keys: set[str] = set()

    def feed(self, text: str) -> Fault | None:
        """Take the next piece; give the first fault, if there is one by now."""
        for character in text:
            if self.fault is None:
                self._take(character)
            self._at += 1
        return self.fault

    def close(self) -> Fault | None:
        """Tell the end of the text."""
        if self.fault is None and self._kind == "number":
            self._end_number()
        if self.fault is None and (self._want is not _Want.NOTHING or self._kind):
            self._fail("cut_off")
        return self.fault

    def _take(self, character: str) -> None:
        if self._kind == "string":
            self._in_string(character)
        elif self._kind == "number":
            if character in NUMBER_BITS:
                self._token += character
            else:
                self._end_number()
                if self.fault is None:
                    self._take(character)
        elif self._kind:
            self._in_literal(character)
        elif character not in SPACE:
            self._between(character)

    def _between(self, character: str) -> None:
        want = self._want
        if want in {_Want.VALUE, _Want.VALUE_OR_END}:
            if character == "]" and want is _Want.VALUE_OR_END:
                self._shut(character)
            else:
                self._begin(character)
        elif want in {_Want.KEY, _Want.KEY_OR_END}:
            if character == '"':
                self._kind, self._token = "string", ""
            elif character == "}" and want is _Want.KEY_OR_END:
                self._shut(character)
            else:
                self._fail("not_json")
        elif want is _Want.COLON:
            self._want = _Want.VALUE
            if character != ":":
                self._fail("not_json")
        elif want is _Want.COMMA_OR_END and character == ",":
            self._want = _Want.KEY if self._open[-1] == "{" else _Want.VALUE
        elif want is _Want.COMMA_OR_END:
            self._shut(character)
        else:
            self._fail("not_json")

    def _begin(self, character: str) -> None:
        kind = "number" if character.isdigit() else OPENING.get(character, "")
        if not kind or not character.isascii():
            self._fail("not_json")
            return
        self._check_type(kind)
        if kind in {"object", "array"}:
            self._open.append(character)
            self._want = _Want.KEY_OR_END if kind == "object" else _Want.VALUE_OR_END
            if len(self._open) > self._deepest:
                self._fail("too_deep")
        else:
            self._kind = kind if kind in {"string", "number"} else LITERALS[character]
            self._token = "" if kind == "string" else character

    def _check_type(self, kind: str) -> None:
        if not self._open and self._types and kind != "object":
            self._fail("wrong_type")
        elif len(self._open) == 1 and self._open[0] == "{":
            allowed = self._types.get(self._key)
            if allowed is not None and kind not in allowed:
                self._fail("wrong_type", self._key)

    def _in_string(self, character: str) -> None:
        if self._escape:
            self._in_escape(character)
        elif character == "\\":
            self._escape = character
        elif character == '"':
            self._kind = ""
            self._end_string()
        elif character < " ":
            self._fail("not_json")
        elif len(self._token) < KEY_LONGEST:
            self._token += character

    def _in_escape(self, character: str) -> None:
        digits = len(self._escape) - 2
        allowed = ESCAPES if digits < 0 else HEX
        if character not in allowed:
            self._fail("not_json")
        self._escape += character
        if self._escape[1:2] != "u" or len(self._escape) == 6:
            self._token += self._escape
            self._escape = ""

    def _end_string(self) -> None:
        if self._want in {_Want.KEY, _Want.KEY_OR_END}:
            self._want = _Want.COLON
            if len(self._open) == 1:
                self._key = self._token
                self._keys.add(self._key)
                if self._closed and self._key not in self._types:
                    self._fail("unknown_key", self._key)
        else:
            self._ended()

    def _in_literal(self, character: str) -> None:
        self._token += character
        if not self._kind.startswith(self._token):
            self._fail("not_json")
        elif self._token == self._kind:
            self._kind = ""
            self._ended()

    def _end_number(self) -> None:
        whole = self._token.lstrip("-")
        zero = len(whole) > 1 and whole[0] == "0" and whole[1].isdigit()
        try:
            float(self._token)
        except ValueError:
            zero = True
        if zero or not whole[:1].isdigit() or whole[-1:] == "." or ".e" in whole.lower():
            self._fail("not_json")
        self._kind = ""
        self._ended()

    def _shut(self, character: str) -> None:
        if character != {"{": "}", "[": "]"}[self._open[-1]]:
            self._fail("not_json")
            return
        self._open.pop()
        if not self._open and (missing := self._required - self._keys):
            self._fail("missing_key", min(missing))
        self._ended()

    def _ended(self) -> None:
        self._want = _Want.COMMA_OR_END if self._open else _Want.NOTHING

    def _fail(self, reason: str, key: str = "") -> None:
        if self.fault is None:
            self.fault = Fault(reason, self._at, key)
