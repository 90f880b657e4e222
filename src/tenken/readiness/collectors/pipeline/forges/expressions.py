"""Conditions of GitHub Actions in three values: true, false, and cannot be told from the file."""

from collections.abc import Callable, Mapping

from msgspec import Struct, field

from tenken.pattern import Pattern

TOKEN = Pattern(
    r"\s*(?:('(?:[^']|'')*')|(&&|\|\||==|!=|<=|>=|[!<>(),])|([A-Za-z_][A-Za-z0-9_.*-]*)"
    r"|(-?[0-9][0-9.]*)|(\[[^\]]*\])|(\S))"
)
SOMEONE = "\0a person"
"""Stands for whoever caused the event: no robot, and nobody we could name."""
MAX_LENGTH = 4_000
MAX_DEPTH = 50
THIS_REPOSITORY = "\0this repository"
"""Stands for the name of the inspected repository, which a workflow does not know."""


class Unknown:
    """The value that cannot be told."""


UNKNOWN = Unknown()
Value = str | bool | float | None | Unknown


class Condition(Struct):
    """The outcome of a condition, and what it leaned on."""

    value: bool | None
    """None where it cannot be told."""
    repositories: list[str] = field(default_factory=list)
    """Names that `github.repository` was compared with."""


def decide(text: str, context: Mapping[str, Value]) -> Condition:
    """Evaluate an `if:`; `${{ }}` around it may be left out. Never raises."""
    text = text.strip()
    if text.startswith("${{") and text.endswith("}}") and text.count("${{") == 1:
        text = text[3:-2]
    if "${{" in text or len(text) > MAX_LENGTH:
        return Condition(None)
    reader = _Reader(_tokens(text), context)
    try:
        value = reader.whole()
    except _Unreadable:
        return Condition(None)
    truth = None if isinstance(value, Unknown) else _true(value)
    return Condition(truth, reader.repositories)


def value_of(text: str, context: Mapping[str, Value]) -> str | None:
    """The text a lone `${{ ... }}` stands for on an occasion; None where it cannot be told."""
    text = text.strip()
    if not text.startswith("${{") or not text.endswith("}}") or text.count("${{") != 1:
        return None
    try:
        value = _Reader(_tokens(text[3:-2][:MAX_LENGTH]), context).whole()
    except _Unreadable:
        return None
    return value if isinstance(value, str) and not value.startswith("\0") else None


def _tokens(text: str) -> list[str]:
    return [next(part for part in parts if part) for parts in TOKEN.findall(text) if any(parts)]


def _true(value: Value) -> bool:
    return bool(value)


class _Unreadable(Exception):
    """Not an expression we can read."""


class _Reader:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[str], context: Mapping[str, Value]) -> None:
        self._tokens = tokens
        self._at = 0
        self._context = context
        self._depth = 0
        self.repositories: list[str] = []

    def whole(self) -> Value:
        value = self._or()
        if self._at < len(self._tokens):
            raise _Unreadable
        return value

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, token: str) -> bool:
        if self._peek() != token:
            return False
        self._at += 1
        return True

    def _or(self) -> Value:
        value = self._and()
        while self._take("||"):
            right = self._and()
            if isinstance(value, Unknown):
                value = right if not isinstance(right, Unknown) and _true(right) else value
            elif not _true(value):
                value = right
        return value

    def _and(self) -> Value:
        value = self._comparison()
        while self._take("&&"):
            right = self._comparison()
            if isinstance(value, Unknown):
                value = right if not isinstance(right, Unknown) and not _true(right) else value
            elif _true(value):
                value = right
        return value

    def _comparison(self) -> Value:
        left = self._unary()
        operator = self._peek()
        if operator not in {"==", "!=", "<", ">", "<=", ">="}:
            return left
        self._at += 1
        right = self._unary()
        if operator not in {"==", "!="}:
            return UNKNOWN
        equal = self._equal(left, right)
        if isinstance(equal, Unknown):
            return UNKNOWN
        return equal if operator == "==" else not equal

    def _equal(self, left: Value, right: Value) -> bool | Unknown:
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            return UNKNOWN
        names = [it for it in (left, right) if it != THIS_REPOSITORY]
        if len(names) == 1 and isinstance(names[0], str):
            self.repositories.append(names[0])
            return True  # taken as this one; whoever knows the remote compares
        if SOMEONE in {left, right}:
            return False if any("[bot]" in str(it) for it in (left, right)) else UNKNOWN
        if isinstance(left, str) and isinstance(right, str):
            return left.lower() == right.lower()
        return str(left).lower() == str(right).lower()

    def _unary(self) -> Value:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _Unreadable
        value = self._not() if self._take("!") else self._primary()
        self._depth -= 1
        return value

    def _not(self) -> Value:
        value = self._unary()
        return value if isinstance(value, Unknown) else not _true(value)

    def _primary(self) -> Value:
        token = self._peek()
        self._at += 1
        if token == "(":  # noqa: S105 - a bracket
            value = self._or()
            if not self._take(")"):
                raise _Unreadable
            return value
        if token.startswith("'") and len(token) > 1:
            return token[1:-1].replace("''", "'")
        if self._take("("):
            return self._call(token)
        return self._name(token)

    def _name(self, token: str) -> Value:
        words: Mapping[str, Value] = {"true": True, "false": False, "null": None}
        if token in words:
            return words[token]
        if not token or not (token[0].isalpha() or token[0] in "_-0123456789"):
            raise _Unreadable
        if token[0] in "-0123456789":
            return token
        indexed = False
        while self._peek().startswith("["):
            self._at += 1
            indexed = True
        return UNKNOWN if indexed else self._context.get(token, UNKNOWN)

    def _call(self, name: str) -> Value:
        arguments: list[Value] = []
        while not self._take(")"):
            if self._at >= len(self._tokens):
                raise _Unreadable
            arguments.append(self._or())
            self._take(",")
        function = FUNCTIONS.get(name)
        if function is None or any(isinstance(it, Unknown) for it in arguments):
            return UNKNOWN
        return function(arguments)


def _contains(arguments: list[Value]) -> Value:
    if len(arguments) != 2:
        return UNKNOWN
    return str(arguments[1]).lower() in str(arguments[0]).lower()


def _starts(arguments: list[Value]) -> Value:
    return str(arguments[0]).startswith(str(arguments[1])) if len(arguments) == 2 else UNKNOWN


def _ends(arguments: list[Value]) -> Value:
    return str(arguments[0]).endswith(str(arguments[1])) if len(arguments) == 2 else UNKNOWN


FUNCTIONS: Mapping[str, Callable[[list[Value]], Value]] = {
    "always": lambda _: True,
    "success": lambda _: True,
    "failure": lambda _: False,
    "cancelled": lambda _: False,
    "contains": _contains,
    "startsWith": _starts,
    "endsWith": _ends,
}
"""Judged for a pipeline in which everything before has succeeded."""
