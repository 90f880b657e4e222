"""What is put together without templates hides nothing and lets nothing through."""

from zoneinfo import ZoneInfo

import pytest

from tenken.console.showing import markup
from tenken.console.showing.blocks import Chart, Column, Kind, Row, Series, Table, Value
from tenken.console.showing.charts import drawing
from tenken.console.showing.words import Words
from tenken.messages.speech import Language

WORDS = Words(Language.EN, ZoneInfo("UTC"))
EVIL = '"><script>alert(1)</script>`'
HOUR_US = 3_600_000_000


def _table(*kinds: Kind) -> Table:
    columns = tuple(Column(key=f"k{n}", label="k", kind=kind) for n, kind in enumerate(kinds))
    return Table(name="x", label="x", columns=columns, rows=())


@pytest.mark.parametrize("kind", ["text", "code", "tone"])
def test_no_text_of_a_cell_becomes_markup(kind: Kind) -> None:
    """Neither where it stands, nor where it leads, nor in what it is coloured by."""
    row = Row(cells=(EVIL, EVIL), href=f"/{EVIL}")

    said = markup.cells(WORDS, _table(kind, "text"), row)

    assert "<script" not in said
    assert said.count("alert(1)") == 3


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (None, "code", "–"), ("a", "code", "<code>a</code>"),
        ("a `b`", "text", "a <code>b</code>"), ("a ` b", "text", "a ` b"),
        (1_500, "whole", "1,500"), (0.25, "share", "25.0%"),
        (0, "moment",
         '<time datetime="1970-01-01T00:00:00+00:00">1970-01-01 00:00:00</time>'),
    ],
)  # fmt: skip
def test_a_value_looks_as_its_kind_does(value: Value, kind: Kind, expected: str) -> None:
    """What is not known looks the same in every column."""
    assert markup.value(WORDS, value, kind) == expected


def test_the_first_text_of_a_row_leads_to_more() -> None:
    """It stands second where a row begins with how it is."""
    row = Row(cells=("bad", "what", 3), href="/there", tone="bad")

    first = markup.cells(WORDS, _table("text", "text", "whole"), row)
    second = markup.cells(WORDS, _table("tone", "text", "whole"), row)

    assert first.startswith(
        '<td class="short"><a href="/there">bad</a></td><td class="short">what</td>'
    )
    assert '<span class="badge bad">bad</span>' in second
    assert '<td class="short"><a href="/there">what</a></td><td class="n">3</td>' in second


def test_a_row_with_something_to_do_tells_the_names_of_its_cells() -> None:
    """On a phone they stand one below the other, so that its buttons are in sight."""
    row = Row(cells=("a text that is longer than short", "1-2-1"))

    said = markup.cells(WORDS, _table("text", "text"), row, labelled=True)

    assert said.startswith('<td class="" data-name="')
    assert '<td class="short" data-name="' in said


def test_labels_of_a_chart_are_texts() -> None:
    """In its picture, and in the table beside it."""
    series = Series(name="a", label=EVIL, values=(1.0, None))
    chart = Chart(
        name="x", label="x", unit="s", kind="seconds", drawn="lines", series=(series,),
        at=(0, HOUR_US), step_us=HOUR_US,
    )  # fmt: skip
    drawn = drawing(chart, WORDS)

    assert "<script" not in markup.marks(drawn)
    assert '<th scope="row">1970-01-01 01:00</th><td class="n">–</td>' in markup.moments(
        chart, drawn
    )
