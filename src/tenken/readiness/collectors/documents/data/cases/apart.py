"""Puts together sets whose inputs and expected results are kept in folders of their own."""

from collections.abc import Iterator

from tenken.pattern import Pattern
from tenken.readiness.collectors.documents.data.cases.rows import Row, read_rows
from tenken.readiness.facts.tree import Entry, Tree

INPUT_FOLDER = Pattern(r"(?i)^(.*?/)?inputs?/")
RESULT_FOLDERS = ("outputs", "output", "expected", "labels", "ground_truth", "targets")
MAX_FILES = 20
MAX_TEXT = 5_000_000
Key = tuple[str, str]


def is_input(entry: Entry) -> bool:
    """It stands in a folder of inputs and has a row a line."""
    return entry.suffix == ".jsonl" and bool(INPUT_FOLDER.search(entry.path))


def joined(tree: Tree, entry: Entry, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows with their longest text as input, and what the folder beside says by their id."""
    match = INPUT_FOLDER.search(entry.path)
    base = (match.group(1) or "") if match else ""
    known = dict(_results(tree, base))
    return tuple(_whole(row, known) for row in rows)


def _whole(row: Row, known: dict[Key, str]) -> Row:
    said = max(row.values.values(), key=len, default="")
    expected = next((known[key] for key in _ids(row) if key in known), "")
    return Row(row.line, {**row.values, "input": said, "expected": expected})


def _results(tree: Tree, base: str) -> Iterator[tuple[Key, str]]:
    folders = (entry for name in RESULT_FOLDERS for entry in tree.below(f"{base}{name}"))
    files = [entry for entry in folders if entry.suffix == ".jsonl"][:MAX_FILES]
    for entry in files:
        text = tree.text(entry.path, limit=MAX_TEXT)
        for row in (read_rows(text, "jsonl") or ()) if isinstance(text, str) else ():
            ids = _ids(row)
            result = ", ".join(
                value for key, value in row.values.items() if value and (key, value) not in ids
            )
            yield from ((key, result) for key in ids if result)


def _ids(row: Row) -> tuple[Key, ...]:
    named = ((key, value) for key, value in row.values.items() if value)
    return tuple((key, value) for key, value in named if key == "id" or key.endswith("_id"))
