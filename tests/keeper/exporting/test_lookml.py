"""LookML names what the files hold, and is whole."""

import re

import lkml
import pytest

from tenken.keeper.exporting.datasets import DATASETS, Dataset
from tenken.keeper.exporting.lookml import looked_at

FILES = {one.name: one.text for one in looked_at("warehouse", "project-1.tenken")}
OPENED = re.compile(r"^ *(\w+): (\w+) \{$")
SAID = re.compile(r"^ *\w+: (?:.* ;;|\w+|\"[^\"]*\"|\[.*\]|`[^`]*` ;;)$")
NAMED = re.compile(r"\$\{([a-z_.0-9]+)\}")


def blocks(text: str) -> list[tuple[str, str]]:
    """Read a file: what it opens, each closed again; any other line says one thing."""
    found, depth = [], 0
    for line in filter(None, text.splitlines()):
        if opened := OPENED.match(line):
            found.append((opened[1], opened[2]))
            depth += 1
        elif line.strip() == "}":
            depth -= 1
            assert depth >= 0
        else:
            assert SAID.match(line), line
    assert depth == 0
    return found


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda one: one.name)
def test_a_view_has_every_column_of_its_table(dataset: Dataset) -> None:
    """And one key, and nothing twice; what it is worked out of is there."""
    text = FILES[f"{dataset.name}.view.lkml"]
    found = blocks(text)
    names = [name for kind, name in found if kind != "view"]
    dimensions = {name for kind, name in found if kind.startswith("dimension")}

    assert found[0] == ("view", dataset.name)
    derived = {"is_error", "is_due"} if dataset.name == "exchanges" else set()
    assert dimensions == {"row_key", "day", *derived, *(one.name for one in dataset.fields)}
    assert len(names) == len(set(names))
    assert text.count("primary_key: yes") == 1
    assert {*NAMED.findall(text)} <= {*names}
    assert f"sql_table_name: `project-1.tenken.{dataset.name}` ;;" in text


def test_the_model_joins_rows_of_one_request() -> None:
    """By its whole key; drills are left out."""
    text = FILES["tenken.model.lkml"]
    found = blocks(text)
    columns = {
        f"{one.name}.{field.name}{'_raw' * (field.kind == 'moment')}"
        for one in DATASETS
        for field in one.fields
    }

    assert [name for kind, name in found if kind == "join"] == ["attempts", "matches"]
    assert 'connection: "warehouse"' in text
    assert {*NAMED.findall(text)} <= columns
    assert text.count("${exchanges.at_raw}") == 2
    assert "sql_always_where: ${exchanges.drill} = '' ;;" in text


@pytest.mark.parametrize("name", FILES)
def test_a_parser_of_others_reads_the_same(name: str) -> None:
    """`lkml`, which those who work with Looker use, finds what was opened."""
    read = lkml.load(FILES[name])
    opened = [
        (kind.removesuffix("s"), inner["name"])
        for outer in ("views", "explores")
        for one in read.get(outer, ())
        for kind, inners in one.items()
        if kind in {"joins", "dimensions", "dimension_groups", "measures"}
        for inner in inners
    ]
    written = [one for one in blocks(FILES[name]) if one[0] not in {"view", "explore"}]

    assert sorted(opened) == sorted(written)
    assert opened
