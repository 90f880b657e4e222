"""Sets that are kept as a folder with a file for each case."""

from collections import defaultdict
from collections.abc import Iterable

from tenken.pattern import Pattern
from tenken.readiness.collectors.documents.data.cases.rows import INPUTS, Row, read_row
from tenken.readiness.facts.tree import Entry, Tree

SUFFIXES = frozenset({".json", ".yaml", ".yml"})
MAX_FILES = 2_000
MAX_SIZE = 100_000
FEWEST = 3
"""Fewer files of one shape are no set."""


def kept_apiece(
    tree: Tree, entries: Iterable[Entry], names: Pattern
) -> dict[str, list[tuple[Entry, Row]]]:
    """Give the cases by the folder that is called like a set, nearest to them."""
    found: dict[str, list[tuple[Entry, Row]]] = defaultdict(list)
    fitting = [one for one in entries if one.suffix in SUFFIXES and one.size <= MAX_SIZE]
    for entry in fitting[:MAX_FILES]:
        folder = _set_of(entry, names)
        text = tree.text(entry.path) if folder else ""
        row = read_row(text) if isinstance(text, str) and text else None
        if row is not None and (case := _case(row)) is not None:
            found[folder].append((entry, case))
    return {folder: cases for folder, cases in found.items() if len(cases) >= FEWEST}


def _set_of(entry: Entry, names: Pattern) -> str:
    parts = entry.path.split("/")[:-1]
    depths = [depth for depth in range(len(parts), 0, -1) if names.search(f"{parts[depth - 1]}/")]
    return "/".join(parts[: depths[0]]) if depths else ""


def _case(row: Row) -> Row | None:
    """It says what comes in and what is expected; a file of settings says neither."""
    return row if row.expected and row.first(INPUTS) else None
