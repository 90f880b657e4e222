"""HTML of what a page has hundreds of: cells of tables, and marks of charts.

They are put together here and not by templates, which take several times as long for each. Every
text is escaped where it is put in; numbers are of our own making.
"""

from collections.abc import Iterator

from markupsafe import Markup, escape

from tenken.console.showing.blocks import Chart, Column, Kind, Row, Table, Value
from tenken.console.showing.charts import Drawing
from tenken.console.showing.words import Words

NUMBERS = frozenset({"whole", "money", "share", "seconds"})
CLASSES = {"moment": " when", "code": " mono"}
SHORT = 16
"""What is no longer than this is not broken: `3-2-2`, `gpt-4o`, a day."""


def prose(text: str) -> Markup:
    """Give a sentence in which `what is typed` looks so; all of it is escaped."""
    if "`" not in text:
        return escape(text)
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )


def value(words: Words, one: Value, kind: Kind) -> Markup:
    """Give a value as its kind looks."""
    said = words(one, kind)
    if one is None:
        return escape(said)
    if kind == "code":
        return _made("<code>", escape(said), "</code>")
    if kind == "moment":
        iso = escape(words.iso(_at(one)))
        return _made('<time datetime="', iso, '">', escape(said), "</time>")
    return prose(said) if kind == "text" and isinstance(one, str) else escape(said)


def _at(one: Value) -> int:
    assert isinstance(one, int)  # noqa: S101 - moments are told as whole numbers alone
    return one


def cells(words: Words, table: Table, row: Row, *, labelled: bool = False) -> Markup:
    """Give what a row holds: its first text leads to where more is said.

    Labelled cells can stand one below the other, without a head.
    """
    leading = 1 if table.columns[0].kind == "tone" and _is_text(table.columns) else 0
    return _made(*_cells(words, table, row, leading=leading, labelled=labelled))


def _is_text(columns: tuple[Column, ...]) -> bool:
    return len(columns) > 1 and columns[1].kind == "text"


def _cells(words: Words, table: Table, row: Row, *, leading: int, labelled: bool) -> Iterator[str]:
    for number, (column, one) in enumerate(zip(table.columns, row.cells, strict=True)):
        kind = column.kind
        if kind == "tone" and one is not None:
            inside = f'<span class="badge {escape(row.tone)}">{escape(words(one))}</span>'
        else:
            inside = value(words, one, kind)
            if row.href and number in {0, leading}:
                inside = f'<a href="{escape(row.href)}">{inside}</a>'
        label = f' data-name="{escape(column.label)}"' if labelled else ""
        yield f'<td class="{_named(kind, one)}"{label}>{inside}</td>'


def _named(kind: Kind, one: Value) -> str:
    if kind in NUMBERS:
        return "n"
    if kind == "day" or (kind == "text" and isinstance(one, str) and len(one) <= SHORT):
        return "short"
    return CLASSES.get(kind, "").strip()


def marks(d: Drawing) -> Markup:
    """Give what is inside of a chart's picture."""
    return _made(*_marks(d))


def _marks(d: Drawing) -> Iterator[str]:
    for up in d.upward:
        yield f'<line class="grid" x1="{d.left}" x2="{d.right}" y1="{up.at}" y2="{up.at}"/>'
        yield f'<text class="up" x="{d.left - 6}" y="{up.at + 4}">{escape(up.label)}</text>'
    for tick in d.along:
        yield f'<text class="along" x="{tick.at}" y="{d.height - 6}">{escape(tick.label)}</text>'
    for bar in d.bars:
        yield (
            f'<rect class="mark c{bar.colour}" x="{bar.x}" y="{bar.y}" width="{bar.width}"'
            f' height="{bar.height}"/>'
        )
    for line in d.lines:
        if line.path:
            yield f'<path class="line c{line.colour}" d="{line.path}"/>'
        for x, y in line.dots:
            yield f'<circle class="mark c{line.colour}" cx="{x}" cy="{y}" r="2.5"/>'
    for zone in d.zones:
        yield (
            f'<rect class="zone" x="{zone.x}" y="{d.top}" width="{zone.width}"'
            f' height="{d.floor - d.top}"><title>{escape(zone.told)}</title></rect>'
        )


def moments(chart: Chart, d: Drawing) -> Markup:
    """Give the rows of the table that a chart has beside it."""
    blanks = "".join('<td class="n">{}</td>' for _ in chart.series)
    row = f'<tr><th scope="row">{{}}</th>{blanks}</tr>'
    return _made(*(row.format(at[:16], *map(escape, said)) for at, said in d.told))


def _made(*parts: str) -> Markup:
    return Markup("".join(parts))  # noqa: S704 - each text in it was escaped above
