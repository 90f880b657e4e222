"""The checklist on the command line: listed, filtered, shown whole, compared between stacks."""

import json

import pytest

from tenken.cli.main import main
from tenken.readiness.moves import READS_THE_STACK
from tenken.readiness.probes.registry import probes

RAG = "examples/catalogues/rag.yaml"


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["items", *arguments]) == 0
    return capsys.readouterr().out


def ids(shown: str) -> list[str]:
    return [line.split()[0] for line in shown.splitlines() if line.startswith("  ")]


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        pytest.param([], 66, id="all"),
        pytest.param(["--section", "3"], 9, id="section"),
        pytest.param(["--method", "person"], 8, id="method"),
        pytest.param(["--hard-gates"], 8, id="gates"),
        pytest.param(["--hard-gates", "--section", "7"], 2, id="both"),
        pytest.param(["--catalogue", RAG], 76, id="extended"),
    ],
)
def test_items_are_listed_and_filtered(
    arguments: list[str], count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line an item; every filter narrows."""
    assert len(ids(told(capsys, *arguments))) == count


def test_an_item_is_shown_whole_in_japanese(capsys: pytest.CaptureFixture[str]) -> None:
    """Explanation, parts, what does not count and the guides of all stacks."""
    shown = told(capsys, "7-2-2", "--lang", "ja")

    assert "数えないもの" in shown
    assert "Cloud Run + Datadog では" in shown


def test_what_nobody_asks_yet_is_told_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    """A name in the checklist is not taken for something that is looked at."""
    shown = " ".join(told(capsys, "7-4-3").split())

    assert "served_weights_match_their_hashes (Not asked: nothing tells which files" in shown
    assert "last_default_branch_run_is_green (It refutes or confirms" in told(capsys, "1-2-1")


def test_json_gives_every_field(capsys: pytest.CaptureFixture[str]) -> None:
    """For scripts: the items as data."""
    (item,) = json.loads(told(capsys, "3-2-2", "--format", "json"))

    assert item["id"] == "3-2-2"
    assert [sub["id"] for sub in item["subs"]] == ["a", "b", "c"]


def test_a_move_undoes_what_was_observed_and_drilled(capsys: pytest.CaptureFixture[str]) -> None:
    """Every runtime and drill item is proved again, and what is read from the stack's files."""
    shown = told(capsys, "--compare", "cloud-run", "gke")

    assert {"1-3-2", "3-2-2", "5-1-1", "2-1-1"} <= set(ids(shown))
    assert not {"1-2-1", "6-1-1", "0-1-1"} & set(ids(shown))
    assert told(capsys, "--compare", "gke", "kubernetes").startswith("0 items")


def test_probes_that_read_the_stack_exist() -> None:
    """The table names no probe that was renamed."""
    assert set(probes()) >= READS_THE_STACK


@pytest.mark.parametrize(
    "arguments",
    [
        ["--section", "9"],
        ["--method", "magic"],
        ["--compare", "cloud-run", "moon"],
        ["--format", "xml"],
        ["--catalogue", "nowhere.yaml"],
    ],
)
def test_a_wrong_filter_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and what could have been meant."""
    assert main(["items", *arguments]) == 2
    assert capsys.readouterr().err.startswith("tenken: ")
