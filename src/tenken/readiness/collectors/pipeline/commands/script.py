"""A shell script as a tree: which command stands in which list, branch, loop or pipe."""

from collections.abc import Callable

from msgspec import Struct

from tenken.readiness.collectors.shell import Token, lex

MAX_DEPTH = 40
MAX_LENGTH = 200_000


class Simple(Struct, frozen=True):
    """A command with its words."""

    words: tuple[Token, ...]
    line: int


class Item(Struct, frozen=True):
    """A member of a list; `background` when it ends with `&`."""

    node: "Node"
    line: int
    background: bool = False


class Sequence(Struct, frozen=True):
    """Commands one after the other."""

    items: tuple[Item, ...]


class Pipe(Struct, frozen=True):
    """`a | b`; a negated single command is a pipe of one."""

    parts: "tuple[Node, ...]"
    negated: bool = False


class Chain(Struct, frozen=True):
    """`a && b || c`: the first operand and the operators with theirs."""

    first: "Node"
    rest: "tuple[Link, ...]"


class Link(Struct, frozen=True):
    """`&& b` or `|| b`."""

    operator: str
    node: "Node"


class Group(Struct, frozen=True):
    """`{ ... }` or `( ... )`."""

    body: Sequence
    subshell: bool


class Branch(Struct, frozen=True):
    """A condition and what runs when it succeeds."""

    condition: Sequence
    body: Sequence


class Choice(Struct, frozen=True):
    """`if`, or `case` (branches without a condition)."""

    branches: tuple[Branch, ...]
    otherwise: Sequence | None = None


class Loop(Struct, frozen=True):
    """`for`, `while`, `until`."""

    condition: Sequence
    body: Sequence


class Function(Struct, frozen=True):
    """A definition; its body runs where its name is called."""

    name: str
    body: "Node"


Node = Simple | Sequence | Pipe | Chain | Group | Choice | Loop | Function
EMPTY = Sequence(())
CLOSERS = frozenset({"then", "elif", "else", "fi", "do", "done", "esac", "}"})


class _Broken(Exception):
    """No shell would accept this, or it is too deep."""


def parse(text: str, first_line: int = 1) -> Sequence:
    """Give the tree of a script; what cannot be parsed is read line by line as plain commands."""
    tokens = lex(text[:MAX_LENGTH])
    tokens = tuple(_moved(token, first_line - 1) for token in tokens)
    try:
        return _Parser(tokens).script()
    except _Broken:
        return _flat(tokens)


def _moved(token: Token, by: int) -> Token:
    return Token(token.text, token.line + by, token.is_operator, token.quoted, token.inner)


def _flat(tokens: tuple[Token, ...]) -> Sequence:
    items: list[Item] = []
    words: list[Token] = []
    for token in (*tokens, Token("\n", 0, is_operator=True)):
        if not token.is_operator:
            words.append(token)
        elif words:
            items.append(Item(Simple(tuple(words), words[0].line), words[0].line))
            words = []
    return Sequence(tuple(items))


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def script(self) -> Sequence:
        body = self._sequence()
        if self._at < len(self._tokens):
            raise _Broken
        return body

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _operator(self) -> str:
        token = self._peek()
        return token.text if token and token.is_operator else ""

    def _keyword(self) -> str:
        token = self._peek()
        return token.text if token and not token.is_operator and not token.quoted else ""

    def _expect(self, text: str) -> None:
        token = self._peek()
        if token is None or token.text != text or token.quoted:
            raise _Broken
        self._at += 1

    def _breaks(self) -> None:
        while self._operator() in {"\n", ";"}:
            self._at += 1

    def _sequence(self) -> Sequence:
        items: list[Item] = []
        self._breaks()
        while (token := self._peek()) and not self._at_end():
            node = self._chain()
            background = self._operator() == "&"
            if background:
                self._at += 1
            items.append(Item(node, token.line, background))
            self._breaks()
        return Sequence(tuple(items))

    def _at_end(self) -> bool:
        return self._operator() in {")", ";;"} or self._keyword() in CLOSERS

    def _chain(self) -> Node:
        first = self._pipe()
        rest: list[Link] = []
        while (operator := self._operator()) in {"&&", "||"}:
            self._at += 1
            while self._operator() == "\n":
                self._at += 1
            rest.append(Link(operator, self._pipe()))
        return Chain(first, tuple(rest)) if rest else first

    def _pipe(self) -> Node:
        negated = False
        while self._keyword() == "!":
            negated = not negated
            self._at += 1
        parts = [self._command()]
        while self._operator() in {"|", "|&"}:
            self._at += 1
            while self._operator() == "\n":
                self._at += 1
            parts.append(self._command())
        return Pipe(tuple(parts), negated) if negated or len(parts) > 1 else parts[0]

    def _command(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _Broken
        node = self._one_command()
        self._depth -= 1
        return node

    def _one_command(self) -> Node:
        if self._operator() == "(":
            self._at += 1
            body = self._sequence()
            self._expect(")")
            return Group(body, subshell=True)
        opener = COMPOUND.get(self._keyword())
        return opener(self) if opener else self._simple()

    def _simple(self) -> Node:
        words: list[Token] = []
        first = self._peek()
        while (token := self._peek()) and not token.is_operator:
            words.append(token)
            self._at += 1
            if token.text == "[[" and len(words) == 1:
                words += self._test()
        if first is None or not words:
            raise _Broken
        if len(words) == 1 and self._operator() == "(":
            return self._definition(words[0].text)
        return Simple(tuple(words), first.line)

    def _test(self) -> list[Token]:
        """`[[ a && b ]]`: its operators are words."""
        inside: list[Token] = []
        while token := self._peek():
            if token.text == "\n":
                break
            inside.append(token)
            self._at += 1
            if token.text == "]]":
                break
        return inside

    def _definition(self, name: str) -> Function:
        self._expect("(")
        self._expect(")")
        self._breaks()
        return Function(name, self._command())

    def function(self) -> Function:
        self._expect("function")
        token = self._peek()
        self._at += 1
        if self._operator() == "(":
            self._expect("(")
            self._expect(")")
        self._breaks()
        return Function(token.text if token else "", self._command())

    def braces(self) -> Group:
        self._expect("{")
        body = self._sequence()
        self._expect("}")
        return Group(body, subshell=False)

    def choice(self) -> Choice:
        branches: list[Branch] = []
        otherwise = None
        while self._keyword() in {"if", "elif"}:
            self._at += 1
            condition = self._sequence()
            self._expect("then")
            branches.append(Branch(condition, self._sequence()))
        if self._keyword() == "else":
            self._at += 1
            otherwise = self._sequence()
        self._expect("fi")
        return Choice(tuple(branches), otherwise)

    def repeat(self) -> Loop:
        self._at += 1
        condition = self._sequence()
        return Loop(condition, self._do())

    def each(self) -> Loop:
        while self._peek() and self._keyword() != "do":
            self._at += 1
        return Loop(EMPTY, self._do())

    def _do(self) -> Sequence:
        self._expect("do")
        body = self._sequence()
        self._expect("done")
        return body

    def case(self) -> Choice:
        while self._peek() and self._keyword() != "in":
            self._at += 1
        self._expect("in")
        self._breaks()
        branches: list[Branch] = []
        while self._keyword() != "esac":
            while self._peek() and self._operator() != ")":
                self._at += 1
            self._expect(")")
            branches.append(Branch(EMPTY, self._sequence()))
            if self._operator() == ";;":
                self._at += 1
            self._breaks()
        self._expect("esac")
        return Choice(tuple(branches))


COMPOUND: dict[str, Callable[[_Parser], Node]] = {
    "if": _Parser.choice,
    "for": _Parser.each,
    "select": _Parser.each,
    "while": _Parser.repeat,
    "until": _Parser.repeat,
    "case": _Parser.case,
    "{": _Parser.braces,
    "function": _Parser.function,
}
