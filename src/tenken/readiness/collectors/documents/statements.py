"""Turns tables, `Key: value` lists, sections and YAML records into statements with columns."""

import posixpath
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from tenken.config.node import Node
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.documents.columns import column_of, unit_of_heading
from tenken.readiness.collectors.documents.markdown import LINK, Part, Table
from tenken.readiness.collectors.documents.subjects import (
    IN_CAPACITY,
    KEYS,
    TELLING,
    is_sure,
    speaks_of,
    subjects_of,
)
from tenken.readiness.facts.documents import (
    Column,
    DocumentKind,
    Link,
    Source,
    Statement,
    Subject,
)
from tenken.readiness.facts.tree import Tree
from tenken.readiness.facts.words.figures import date_in, is_blank, plain

# What these sections say in prose may hold the figures that a table would.
IN_PROSE = (
    Subject.FORECAST,
    Subject.THROUGHPUT,
    Subject.TOKENS,
    Subject.LONG_OUTAGE,
    Subject.DATA_USE,
)
DEFAULTS = frozenset({Column.OWNER, Column.CHECKED})
ONE_RECORD = frozenset({Subject.FORECAST, Subject.THROUGHPUT, Subject.LONG_OUTAGE})
MAX_STATEMENTS = 500
LONGEST_CELL = 1_000


class Record(Struct):
    """Cells gathered from one row, before it is known what they are about."""

    line: int
    cells: dict[Column, str] = field(default_factory=dict)
    units: dict[Column, str] = field(default_factory=dict)
    blanks: set[Column] = field(default_factory=set)
    links: list[str] = field(default_factory=list)

    def put(self, heading: str, value: str) -> None:
        """Add a cell; two headings of one column (`p50`, `p95`) stand beside each other."""
        column = column_of(heading)
        if column is None:
            return
        if "](" in value:
            self.links.extend(LINK.findall(value))
        if is_blank(value):
            self.blanks.add(column)
            return
        said = value.strip()[:LONGEST_CELL]
        self.cells[column] = f"{self.cells[column]}; {said}" if column in self.cells else said
        if unit := unit_of_heading(heading):
            self.units.setdefault(column, unit)


class Context(Struct, frozen=True, kw_only=True):
    """The document that records stand in."""

    tree: Tree
    path: str
    kind: DocumentKind
    source: Source
    defaults: Mapping[Column, str] = field(default_factory=dict)
    """What the document says of all its rows, such as its owner."""
    explains: bool = False
    """It explains a checklist or reports on one: its sentences need not be the team's own."""

    def link(self, target: str, line: int) -> Link:
        """A link with what became of it."""
        return resolve(self.tree, self.path, target, line)


def resolve(tree: Tree, path: str, target: str, line: int) -> Link:
    """Follow a link to a tracked file; an address elsewhere is not looked at."""
    place = Place(path, line)
    if "://" in target or target.startswith(("mailto:", "#")):
        return Link(target=target, place=place)
    below = target.partition("#")[0]
    base = "" if below.startswith("/") else posixpath.dirname(path)
    full = posixpath.normpath(posixpath.join(base, below.lstrip("/")))
    found = tree.entry(full) is not None or next(tree.below(full), None) is not None
    if not found and tree.entry(posixpath.normpath(below)) is not None:
        full, found = posixpath.normpath(below), True
    return Link(target=target, place=place, path=full, resolves=found)


def from_part(part: Part, context: Context) -> Iterator[Statement]:
    """Everything a section states."""
    found: set[Subject] = set()
    records = [(record, Source.TABLE) for table in part.tables for record in _rows(table)]
    records += [(record, Source.TEXT) for record in _field_record(part)]
    for record, source in records:
        for statement in _stated(record, source, part.heading, context):
            found.add(statement.subject)
            yield statement
    yield from _prose(part, context, found)


def _rows(table: Table) -> Iterator[Record]:
    if _is_upright(table):
        record = Record(table.line)
        for row in table.rows:
            record.put(row.cells[0], row.cells[1] if len(row.cells) > 1 else "")
        yield record
        return
    for row in table.rows:
        record = Record(row.line)
        for heading, cell in zip(table.columns, row.cells, strict=False):
            record.put(heading, cell)
        yield record


def _is_upright(table: Table) -> bool:
    """A table of two columns whose first holds the headings."""
    named = {column_of(row.cells[0]) for row in table.rows if row.cells} - {None}
    return len(table.columns) == 2 and len(named) >= 2 and len(named) * 2 > len(table.rows)


def _field_record(part: Part) -> Iterator[Record]:
    record: Record | None = None
    for line, key, value in part.fields:
        record = record or Record(line)
        record.put(key, value)
    if record and len(record.cells) + len(record.blanks) >= 2:
        yield record


def _stated(record: Record, source: Source, heading: str, context: Context) -> Iterator[Statement]:
    columns = frozenset(record.cells) | record.blanks
    for subject in subjects_of(columns, heading, context.kind):
        yield _statement(subject, record, context, source=source, heading=heading)


def _statement(
    subject: Subject, record: Record, context: Context, *, source: Source, heading: str
) -> Statement:
    inherited = {key: text for key, text in context.defaults.items() if key not in record.blanks}
    if Column.CHECKED not in inherited and date_in(heading):
        inherited[Column.CHECKED] = heading
    return Statement(
        subject=subject,
        source=source,
        place=Place(context.path, record.line),
        cells={**inherited, **record.cells},
        units=record.units,
        links=tuple(context.link(target, record.line) for target in record.links),
        heading=heading,
        blanks=tuple(sorted(record.blanks)),
        is_sure=not context.explains and (source is Source.DATA or is_sure(subject, context.kind)),
    )


def _prose(part: Part, context: Context, found: set[Subject]) -> Iterator[Statement]:
    for subject in IN_PROSE:
        if subject in found or not _may_be_prose(subject, part, context.kind):
            continue
        record = Record(part.line)
        record.put("what", plain(part.body))
        if record.cells or part.lines:
            yield _statement(subject, record, context, source=Source.TEXT, heading=part.heading)
    if context.kind is DocumentKind.GOALS and Subject.GOAL not in found:
        for line, text in part.bullets:
            record = Record(line)
            record.put("what", text)
            if record.cells and not TASK.match(text):
                yield _statement(
                    Subject.GOAL, record, context, source=Source.TEXT, heading=part.heading
                )


TASK = Pattern(r"\[[ xX]\]")
"""A box to tick: what is to be done, or was, and no figure to be reached."""


def _may_be_prose(subject: Subject, part: Part, kind: DocumentKind) -> bool:
    """A heading alone says too little, but for documents that are made for such figures."""
    if subject in IN_CAPACITY:
        fits = kind is DocumentKind.CAPACITY
    elif subject is Subject.DATA_USE:
        fits = kind in {DocumentKind.CLASSIFICATION, DocumentKind.DATA_USE}
    else:
        fits = kind in PROSE_KINDS
    return fits and speaks_of(subject, part.title, DocumentKind.OTHER)


PROSE_KINDS = frozenset({
    DocumentKind.SCENARIOS, DocumentKind.LONG_OUTAGE, DocumentKind.INCIDENT_PROCESS,
    DocumentKind.CAPACITY, DocumentKind.DECISION, DocumentKind.RUNBOOK,
})  # fmt: skip


def defaults_of(parts: tuple[Part, ...]) -> Mapping[Column, str]:
    """What the top of a document says of all of it: `Owner: ...`, `確認日: ...`."""
    record = Record(0)
    for part in parts:
        if part.level < 2:
            for _, key, value in part.fields:
                record.put(key, value)
    return {column: record.cells[column] for column in DEFAULTS if column in record.cells}


# -- YAML and JSON


def from_data(document: Node, context: Context, *, depth: int = 0) -> Iterator[Statement]:
    """Everything that the known keys of a data file state."""
    own = _scalars(document)
    defaults = {**context.defaults, **{key: own[key] for key in DEFAULTS if key in own}}
    inner = Context(
        tree=context.tree,
        path=context.path,
        kind=context.kind,
        source=context.source,
        defaults=defaults,
    )
    for key, value in document.mapping.items():
        subject = KEYS.get(key.lower().replace("-", "_"))
        if subject is not None:
            yield from _data_statements(subject, key, value, inner)
        elif depth < 2 and value.mapping:
            yield from from_data(value, inner, depth=depth + 1)


def _scalars(document: Node) -> dict[Column, str]:
    record = Record(document.line)
    for key, value in document.mapping.items():
        if value.text and not value.mapping and not value.items:
            record.put(key, value.text)
    return record.cells


def _data_statements(
    subject: Subject, key: str, value: Node, context: Context
) -> Iterator[Statement]:
    for name, entry, line in _entries(subject, value):
        record = record_of(entry, line, name)
        if not (TELLING[subject] & (frozenset(record.cells) | record.blanks)):
            continue
        yield _statement(subject, record, context, source=context.source, heading=key)
        for other in _also(subject, record):
            yield _statement(other, record, context, source=context.source, heading=key)


def _entries(subject: Subject, value: Node) -> Iterator[tuple[str, Node, int]]:
    """A list of records, a mapping of records by name, one record, or a list inside it."""
    inner = next(
        (one for one in value.mapping.values() if any(row.mapping for row in one.items)), None
    )
    if inner is not None and subject is Subject.DATA_TYPE:
        value = inner
    if value.items:
        yield from (("", entry, entry.line) for entry in value.items[:MAX_STATEMENTS])
    elif subject not in ONE_RECORD and any(node.mapping for node in value.mapping.values()):
        for name, entry in list(value.mapping.items())[:MAX_STATEMENTS]:
            yield name, entry, value.line_of(name)
    elif value.mapping:
        yield "", value, value.line


def record_of(entry: Node, line: int, name: str = "") -> Record:
    """The cells of a YAML mapping; what nests (`sla:`, `limits:`, `impact:`) is laid flat."""
    record = Record(line)
    if name:
        record.put("id", name)
    if not entry.mapping:
        record.put("model", entry.text)
        return record
    for key, value in entry.mapping.items():
        _put(record, key, value)
    return record


def _put(record: Record, key: str, value: Node) -> None:
    if value.items:
        record.put(key, ", ".join(one.text or one.at("id").text for one in value.items[:50]))
    elif value.mapping:
        for inner, one in value.mapping.items():
            record.put(inner if column_of(inner) else f"{key} {inner}", one.text)
    else:
        record.put(key, value.text)


def _also(subject: Subject, record: Record) -> Iterator[Subject]:
    said = frozenset(record.cells) | record.blanks
    if subject is Subject.MODEL:
        yield from (Subject.SLA,) if Column.SLA in said else ()
        yield from (Subject.LIMIT,) if {Column.TPM, Column.RPM} & said else ()
        yield from (Subject.ALLOWED_MODEL,) if Column.ALLOWED in said else ()
