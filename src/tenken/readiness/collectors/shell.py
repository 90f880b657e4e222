"""Shell text to words and operators, without running or expanding anything.

Only what decides which command runs and whose status counts is kept: quotes, escapes, comments,
here-documents and redirections are read and dropped, substitutions are kept aside as text.
It never raises: text that no shell would accept still gives words.
"""

from msgspec import Struct

OPERATORS = ("&&", "||", ";;", "|&", ";", "&", "|", "(", ")")
REDIRECTIONS = ("&>>", "&>", "<<<", "<<-", "<<", "<&", "<>", ">>", ">&", ">|", "<", ">")
BLANK = " \t\r"
STOPS = frozenset(" \t\r\n;&|()<>")
LEADING = frozenset("&|;()<>")
"""With what an operator or a redirection begins."""
MEANING = STOPS | frozenset("'\"\\$`")
"""What ends a word, or says something of the letters behind it."""
MEANING_QUOTED = frozenset('"\\$`')
HERE_DOCUMENTS = ("<<-", "<<")


class Inner(Struct, frozen=True):
    """The text of a `$(...)` or of backticks."""

    text: str
    line: int


class Token(Struct, frozen=True):
    """A word or an operator; a line break is an operator too."""

    text: str
    line: int
    """Counted from 1."""
    is_operator: bool = False
    quoted: bool = False
    inner: tuple[Inner, ...] = ()


def lex(text: str) -> tuple[Token, ...]:
    """Give the tokens of a script."""
    return tuple(_Lexer(text).tokens())


class _Lexer:
    """A position in the text, and what was read so far."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._end = len(text)
        self._at = 0
        self._line = 1
        self._out: list[Token] = []
        self._delimiters: list[str] = []
        self._redirection = ""

    def tokens(self) -> list[Token]:
        while self._at < self._end:
            self._next()
        return self._out

    def _next(self) -> None:
        char = self._text[self._at]
        if char in BLANK:
            self._at += 1
        elif char == "\n":
            self._line_break()
        elif char == "#":
            self._at = self._find("\n", self._at)
        elif self._text.startswith("\\\n", self._at):
            self._skip(2)
        elif char not in LEADING:
            self._word()
        elif redirection := self._starting(REDIRECTIONS):
            self._redirect(redirection)
        elif operator := self._starting(OPERATORS):
            self._operator(operator)
        else:
            self._word()

    def _starting(self, choices: tuple[str, ...]) -> str:
        return next((it for it in choices if self._text.startswith(it, self._at)), "")

    def _find(self, needle: str, start: int) -> int:
        found = self._text.find(needle, start)
        return self._end if found < 0 else found

    def _skip(self, count: int) -> str:
        """Move on, counting lines, and give what was passed."""
        piece = self._text[self._at : self._at + count]
        self._line += piece.count("\n")
        self._at += count
        return piece

    def _operator(self, operator: str) -> None:
        self._out.append(Token(operator, self._line, is_operator=True))
        self._at += len(operator)

    def _line_break(self) -> None:
        self._out.append(Token("\n", self._line, is_operator=True))
        self._skip(1)
        self._redirection = ""
        for delimiter in self._delimiters:
            self._here_document(delimiter)
        self._delimiters = []

    def _here_document(self, delimiter: str) -> None:
        while self._at < self._end:
            end = self._find("\n", self._at)
            line = self._text[self._at : end]
            self._skip(end - self._at + 1)
            if line.strip() == delimiter:
                return

    def _redirect(self, redirection: str) -> None:
        if self._text.startswith((">(", "<("), self._at):
            self._word()
            return
        previous = self._text[self._at - 1] if self._at else " "
        if previous.isdigit() and self._out and self._out[-1].text.isdigit():
            self._out.pop()  # the `2` of `2>&1`
        self._redirection = redirection
        self._at += len(redirection)

    def _word(self) -> None:
        line = self._line
        reader = _Word(self)
        reader.read()
        token = Token("".join(reader.parts), line, quoted=reader.quoted, inner=tuple(reader.inner))
        if not self._redirection:
            self._out.append(token)
        elif self._redirection in HERE_DOCUMENTS:
            self._delimiters.append(token.text)
        self._redirection = ""

    def closing(self, opening: str, closing: str) -> int:
        """Give the index of the bracket that closes the one just passed, minding quotes."""
        depth, at = 1, self._at
        while at < self._end:
            char = self._text[at]
            if char == "\\":
                at += 1
            elif char in "'\"":
                at = self._find(char, at + 1)
            elif char == opening:
                depth += 1
            elif char == closing:
                depth -= 1
                if not depth:
                    return at
            at += 1
        return self._end

    @property
    def rest(self) -> tuple[str, int]:
        """The text and the position in it."""
        return self._text, self._at

    @property
    def line(self) -> int:
        return self._line

    def take(self, count: int) -> str:
        """Pass `count` characters."""
        return self._skip(count)

    def plain(self, meaning: frozenset[str]) -> str:
        """Pass one character, and those behind it that have no meaning."""
        text, at = self._text, self._at + 1
        while at < self._end and text[at] not in meaning:
            at += 1
        return self._skip(at - self._at)

    def until(self, needle: str) -> str:
        """Pass everything up to and including `needle`; give it without the needle."""
        end = self._find(needle, self._at)
        piece = self._skip(end - self._at)
        self._skip(len(needle))
        return piece


class _Word:
    """One word: its text without quotes, and the commands inside it."""

    def __init__(self, lexer: _Lexer) -> None:
        self._lexer = lexer
        self.parts: list[str] = []
        self.inner: list[Inner] = []
        self.quoted = False

    def read(self) -> None:
        text, start = self._lexer.rest
        while True:
            _, at = self._lexer.rest
            if at >= len(text) or (text[at] in STOPS and not self._process(text, at, start)):
                return
            self._piece(text[at])

    def _process(self, text: str, at: int, start: int) -> bool:
        """`<(...)` begins a word although `<` ends one."""
        return at == start and text.startswith((">(", "<("), at)

    def _piece(self, char: str) -> None:
        if char == "'":
            self.quoted = True
            self._lexer.take(1)
            self.parts.append(self._lexer.until("'"))
        elif char == '"':
            self.quoted = True
            self._lexer.take(1)
            self._double()
        elif char == "\\":
            self._escaped()
        elif char in "$`<>":
            self._substitution(char)
        else:
            self.parts.append(self._lexer.plain(MEANING))

    def _escaped(self) -> None:
        pair = self._lexer.take(2)
        if pair != "\\\n":
            self.parts.append(pair[1:])

    def _double(self) -> None:
        text, _ = self._lexer.rest
        while True:
            _, at = self._lexer.rest
            if at >= len(text):
                return
            char = text[at]
            if char == '"':
                self._lexer.take(1)
                return
            if char == "\\":
                pair = self._lexer.take(2)
                self.parts.append(pair[1:] if pair[1:] in tuple('"\\$`') else pair)
            elif char in "$`":
                self._substitution(char)
            else:
                self.parts.append(self._lexer.plain(MEANING_QUOTED))

    def _substitution(self, char: str) -> None:
        text, at = self._lexer.rest
        if char == "`":
            self._aside(1, "`", "`")
        elif text.startswith("${{", at):  # an expression of the forge, never the shell's
            self.parts.append(self._lexer.until("}}") + "}}")
        elif text.startswith("${", at):
            self._bracketed(2, "{", "}")
        elif text.startswith(("$(", "<(", ">("), at):
            self._aside(2, "(", ")")
        else:
            self.parts.append(self._lexer.take(1))

    def _bracketed(self, prefix: int, opening: str, closing: str) -> str:
        head = self._lexer.take(prefix)
        _, at = self._lexer.rest
        body = self._lexer.take(self._lexer.closing(opening, closing) - at)
        self.parts.append(head + body + self._lexer.take(1))
        return body

    def _aside(self, prefix: int, opening: str, closing: str) -> None:
        line = self._lexer.line
        if opening == closing:
            self._lexer.take(prefix)
            body = self._lexer.until(closing)
            self.parts.append(f"`{body}`")
        else:
            body = self._bracketed(prefix, opening, closing)
        self.inner.append(Inner(body, line))
