"""Reads Markdown line by line: headings, tables, bullets, code and links, each with its line.

Only the shapes that carry meaning here are read. Any text is Markdown, so nothing ever fails.
"""

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct, field

from tenken.pattern import Pattern
from tenken.readiness.facts.words.figures import is_blank
from tenken.remembered import remembered

MAX_LINES = 20_000
LONGEST_LINE = 2_000
LONGEST_BODY = 2_000

HEADING = Pattern(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
UNDERLINE = Pattern(r"^ {0,3}(=+|-+)\s*$")
FENCE = Pattern(r"^\s*(```+|~~~+)\s*([^\s`{]*)")
DELIMITER = Pattern(r"^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
NUMBERED = Pattern(r"^[0-9]{1,3}[.)]\s+(.*)$")
MARKS = ("- ", "* ", "+ ", "• ", "・")
LINK = Pattern(r"!?\[[^\]]*\]\(\s*<?([^)>\s]+)>?[^)]*\)")
CODE_SPAN = Pattern(r"`([^`]+)`")
COMMENT = Pattern(r"(?s)<!--.*?-->")
LONGEST_KEY = 40


class Row(Struct, frozen=True):
    """A row of a table."""

    line: int
    cells: tuple[str, ...]


class Table(Struct, frozen=True):
    """A table with a heading row."""

    line: int
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


class Fence(Struct, frozen=True):
    """A block of code; `line` is where its content begins."""

    line: int
    language: str
    text: str


class Part(Struct, dict=True):
    """A heading with what stands under it, up to the next heading."""

    title: str
    level: int
    line: int
    path: tuple[str, ...] = ()
    """The titles above it, outermost first."""
    lines: list[tuple[int, str]] = field(default_factory=list)
    """Prose and bullets, without tables and code."""
    tables: list[Table] = field(default_factory=list)
    fences: list[Fence] = field(default_factory=list)

    @property
    def heading(self) -> str:
        """Its own title after those above it."""
        return " / ".join((*self.path, self.title))

    @cached_property
    def bullets(self) -> tuple[tuple[int, str], ...]:
        """The bullets with their lines."""
        found = ((line, bullet_of(text)) for line, text in self.lines)
        return tuple((line, bullet) for line, bullet in found if bullet is not None)

    @cached_property
    def fields(self) -> tuple[tuple[int, str, str], ...]:
        """`Key: value` lines, bulleted or not: line, key, value."""
        found = ((line, field_of(bullet_of(text) or text.strip())) for line, text in self.lines)
        return tuple((line, *named) for line, named in found if named)

    @cached_property
    def body(self) -> str:
        """All that is said under the heading, without what still waits for its author."""
        said = [text.strip() for _, text in self.lines if not _says_nothing(text)]
        said += [" ".join(cells) for table in self.tables for cells in _full_rows(table)]
        said += [fence.text for fence in self.fences if not is_blank(fence.text)]
        return "\n".join(said)[:LONGEST_BODY].strip()

    @cached_property
    def commands(self) -> tuple[str, ...]:
        """Lines that can be typed."""
        return tuple(self._commands())

    def _commands(self) -> Iterator[str]:
        for fence in self.fences:
            yield from (line.strip() for line in fence.text.splitlines() if line.strip())
        for _, text in self.lines:
            if "`" in text:
                yield from CODE_SPAN.findall(text)

    @cached_property
    def links(self) -> tuple[tuple[int, str], ...]:
        """Targets of links with their lines."""
        return tuple(self._links())

    def _links(self) -> Iterator[tuple[int, str]]:
        said = list(self.lines)
        said += [(row.line, " ".join(row.cells)) for table in self.tables for row in table.rows]
        for line, text in said:
            if "](" in text:
                yield from ((line, target) for target in LINK.findall(text))


def _says_nothing(text: str) -> bool:
    said = bullet_of(text) or text.strip()
    said = said.removeprefix("[ ]").removeprefix("[x]").lstrip("> ")
    named = field_of(said)
    return is_blank(named[1] if named else said)


def bullet_of(text: str) -> str | None:
    """The text behind a bullet or a number; None for any other line. No pattern: this is hot."""
    said = text.lstrip()
    if said.startswith(MARKS):
        return said[1:].strip()
    found = NUMBERED.match(said) if said[:1].isdigit() else None
    return str(found.group(1)).strip() if found else None


def field_of(text: str) -> tuple[str, str] | None:
    """`Owner: desk`, `**Owner:** desk` or `担当：desk` as key and value."""
    at = text.find(":", 0, LONGEST_KEY + 4)
    wide = text.find("：", 0, LONGEST_KEY + 4)
    if wide >= 0 and not 0 <= at < wide:
        key, value = text[:wide], text[wide + 1 :]
    elif at > 0 and text[at + 1 : at + 2] in {" ", "*", "\t"}:
        key, value = text[:at], text[at + 1 :]
    else:
        return None
    key, value = key.strip("* "), value.strip("* \t")
    return (key, value) if key and value and not any(mark in key for mark in "`|[") else None


def _full_rows(table: Table) -> Iterator[list[str]]:
    for row in table.rows:
        cells = [cell for cell in row.cells if not is_blank(cell)]
        if len(cells) > 1:
            yield cells


@remembered
def read_markdown(text: str) -> tuple[Part, ...]:
    """Give the parts of a document; the first has level 0 and holds what precedes any heading."""
    reader = _Reader(_front_matter_as_fields(_without_comments(text)))
    return reader.parts()


def _without_comments(text: str) -> str:
    # What a template asks for stands in comments; lines are kept so that places stay true.
    if "<!--" not in text:
        return text
    return COMMENT.sub(lambda found: "\n" * found.group(0).count("\n"), text)


def _front_matter_as_fields(text: str) -> list[str]:
    lines = text.splitlines()[:MAX_LINES]
    if lines and lines[0].strip() == "---":
        end = next((at for at, line in enumerate(lines[1:200], 1) if line.strip() == "---"), 0)
        lines[0] = ""
        if end:
            lines[end] = ""
    return [line[:LONGEST_LINE] for line in lines]


class _Reader:
    """Walks the lines once."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._at = 0
        self._part = Part("", 0, 1)
        self._parts = [self._part]
        self._titles: list[tuple[int, str]] = []

    def parts(self) -> tuple[Part, ...]:
        while self._at < len(self._lines):
            self._step()
        return tuple(self._parts)

    def _step(self) -> None:
        # A glance at the first character spares most lines a pattern.
        text = self._lines[self._at]
        first = text.lstrip()[:1]
        if first and first in "`~" and (fence := FENCE.match(text)):
            self._fence(fence.group(1), fence.group(2))
        elif first == "#" and (heading := HEADING.match(text)):
            self._heading(heading.group(2), len(heading.group(1)), self._at + 1)
        elif first and self._is_underlined(text):
            below = self._lines[self._at + 1]
            self._heading(text.strip(), 1 if "=" in below else 2, self._at + 2)
        elif "|" in text and self._next_is_delimiter():
            self._table()
        else:
            if text.strip():
                self._part.lines.append((self._at + 1, text))
            self._at += 1

    def _is_underlined(self, text: str) -> bool:
        following = self._lines[self._at + 1] if self._at + 1 < len(self._lines) else ""
        if following[:1] not in {"=", "-"} or len(following.strip()) < 3:
            return False
        return "|" not in text and bullet_of(text) is None and bool(UNDERLINE.match(following))

    def _next_is_delimiter(self) -> bool:
        following = self._lines[self._at + 1] if self._at + 1 < len(self._lines) else ""
        return "-" in following and bool(DELIMITER.match(following))

    def _heading(self, title: str, level: int, following: int) -> None:
        self._titles = [one for one in self._titles if one[0] < level]
        path = tuple(one for _, one in self._titles)
        self._part = Part(title, level, self._at + 1, path)
        self._parts.append(self._part)
        self._titles.append((level, title))
        self._at = following

    def _fence(self, mark: str, language: str) -> None:
        start = self._at + 1
        end = start
        while end < len(self._lines) and not self._lines[end].strip().startswith(mark):
            end += 1
        text = "\n".join(self._lines[start:end])
        self._part.fences.append(Fence(start + 1, language.lower(), text))
        self._at = end + 1

    def _table(self) -> None:
        line = self._at + 1
        columns = split_row(self._lines[self._at])
        self._at += 2
        rows: list[Row] = []
        while self._at < len(self._lines) and "|" in self._lines[self._at]:
            cells = split_row(self._lines[self._at])
            rows.append(Row(self._at + 1, cells[: len(columns)]))
            self._at += 1
        self._part.tables.append(Table(line, columns, tuple(rows)))


def split_row(text: str) -> tuple[str, ...]:
    """The cells of a table's line; an escaped bar belongs to its cell."""
    inner = text.strip().removeprefix("|").removesuffix("|").replace("\\|", "\0")
    return tuple(cell.replace("\0", "|").strip() for cell in inner.split("|"))
