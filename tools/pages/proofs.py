"""The page that says which hostile behaviour is tried, and which promise kept, by which test.

The rows stand in `proofs.yaml`, in both languages; a test holds every name in them to what is
there, so that the page cannot outlive the tests that it names.
"""

# ruff: noqa: E501 - a paragraph of a page is written as it stands there

from collections.abc import Iterator
from pathlib import Path

import msgspec
import yaml
from msgspec import Struct

ROWS = Path(__file__).with_name("proofs.yaml")
Both = tuple[str, str]
"""The same in English and in Japanese; or what is tried, and what must happen."""


class Row(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that is tried, and what must happen, in each language."""

    en: Both
    ja: Both
    tests: tuple[str, ...]
    """Below `tests/`: `path::name`, with the beginning of a case's name in brackets."""
    long: tuple[str, ...] = ()
    """The same at length, as commands."""
    open: Both | None = None
    """What no test shows."""


class Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rows of one kind."""

    title: Both
    lead: Both
    rows: tuple[Row, ...]


class Words(Struct, frozen=True, kw_only=True):
    """What the page says around its tables, in one language."""

    number: int
    """Where it stands in what is given in both."""
    title: str
    introduction: str
    table: str
    open: str


EN = Words(
    number=0,
    title="What is tried, and where",
    introduction="""\
Which hostile behaviour is tried, which promise is kept under fault, and by which test: each name below `tests/` can be
given to pytest as it stands (`.venv/bin/python -m pytest tests/…`). In brackets stands the beginning of the names of the
cases that are meant. *Not shown* is what no test shows. The last column has the same at length; `make promises` runs
the commands of `bench/promises` one after the other, and `make fuzz` tries for longer what is drawn at random.

The page is made from `tools/pages/proofs.yaml`. A test fails when a name or a command in it is no longer there, and when
a bad input or a hostile test is added that no row names.
""",
    table="| what is tried | what must happen | tests | at length |",
    open="Not shown",
)
JA = Words(
    number=1,
    title="試していることと、その場所",
    introduction="""\
どの敵対的なふるまいを試し、障害の下でどの約束を守り、それをどのテストが示すか。`tests/` 以下の名前はそのまま pytest に渡せる（`.venv/bin/python -m pytest tests/…`）。角括弧は対象のケース名の始まり。「示していないこと」はどのテストも示さないこと。最後の列は長い形で、`make promises` は `bench/promises` のコマンドを順に実行し、`make fuzz` は乱数で作る入力をより長く試す。

このページは `tools/pages/proofs.yaml` から作る。名前やコマンドがなくなったとき、またはどの行にも載らない不正入力や敵対的テストが加わったとき、テストが失敗する。
""",
    table="| 試すこと | 起きるべきこと | テスト | 長い形 |",
    open="示していないこと",
)


def sections() -> tuple[Section, ...]:
    """Give all rows, in their sections."""
    loaded = yaml.load(ROWS.read_bytes(), Loader=yaml.CSafeLoader)
    return msgspec.convert(loaded["sections"], tuple[Section, ...])


def pages() -> Iterator[tuple[str, str]]:
    """Give both pages, with their paths."""
    yield "docs/reference/proofs.md", page(EN)
    yield "docs/ja/proofs.md", page(JA)


def page(words: Words) -> str:
    """Give the page in a language."""
    parts = [f"# {words.title}\n", words.introduction]
    for section in sections():
        parts += [f"## {section.title[words.number]}\n", f"{section.lead[words.number]}\n"]
        rows = [_row(row, words) for row in section.rows]
        parts.append("\n".join([words.table, f"|{'---|' * 4}", *rows, ""]))
    return "\n".join(parts)


def _row(row: Row, words: Words) -> str:
    tried, must = row.ja if words is JA else row.en
    if row.open is not None:
        must += f"<br>*{words.open}: {row.open[words.number]}*"
    tests = "<br>".join(f"`{one.replace(']', '…]')}`" for one in row.tests)
    long = "<br>".join(f"`{one}`" for one in row.long) or "–"
    return f"| {_safe(tried)} | {_safe(must)} | {tests} | {long} |"


def _safe(text: str) -> str:
    return text.replace("|", "\\|")
