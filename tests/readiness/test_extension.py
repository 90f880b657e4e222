"""A team's list adds and tightens; what would drop or loosen is refused with its line."""

from pathlib import Path

import pytest

from tenken.errors import Malformed
from tenken.evidence import Grade
from tenken.readiness.catalogue import shipped
from tenken.readiness.extension import extend

RAG = Path(__file__).parents[2] / "examples/catalogues/rag.yaml"


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(Malformed) as refusal:
        extend(shipped(), text, file="own.yaml")
    return [(one.place.line, one.sentence.id) for one in refusal.value.problems]


def tightening(change: str) -> str:
    text = RAG.read_text("utf-8")
    head, _, rest = text.partition("tightens:\n")
    items = rest.partition("\nitems:\n")[2]
    return f"{head}tightens:\n  - {change}\nitems:\n{items}"


def test_the_shipped_example_adds_ten_items() -> None:
    """Every shipped item is still there, ten more follow, and the digest is another."""
    base = shipped()

    both = extend(base, RAG.read_text("utf-8"), file="rag.yaml")

    ids = [item.id for item in both.items]
    assert ids[:66] == [item.id for item in base.items]
    assert ids[66:] == [f"rag-{number}" for number in range(1, 11)]
    assert both.digest != base.digest
    assert both.extended_by == ("rag",)


def test_a_tightened_item_demands_more() -> None:
    """A grade is raised, a gate becomes hard, a signature runs out sooner."""
    change = "{id: 6-1-1, hard_gate: true, signature_max_days: 90}"
    item = extend(shipped(), tightening(change), file="own.yaml").item("6-1-1")

    assert item is not None
    assert item.hard_gate is True
    assert item.signature is not None
    assert item.signature.max_days == 90


def test_tiers_are_raised_one_by_one() -> None:
    """A tier that is not named keeps its grade."""
    base = shipped().item("4-2-2")
    change = "{id: 4-2-2, tiers: {C: exercised}}"
    item = extend(shipped(), tightening(change), file="own.yaml").item("4-2-2")

    assert item is not None
    assert base is not None
    assert item.demanded("C") is Grade.EXERCISED
    assert item.demanded("A") is base.demanded("A")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param("{id: 4-2-2, tiers: {A: none}}", "config.not_tighter", id="looser"),
        pytest.param("{id: 1-2-1, tiers: {A: exercised}}", "config.not_tighter", id="impossible"),
        pytest.param("{id: 4-2-2, hard_gate: false}", "config.not_allowed", id="gate opened"),
        pytest.param("{id: 9-9-9, hard_gate: true}", "config.tightens_nothing", id="no such item"),
        pytest.param("{id: 4-2-2}", "config.tightens_no_more", id="nothing asked"),
        pytest.param("{id: 4-2-2, tiers: {}}", "config.tightens_no_more", id="no tier"),
        pytest.param("{id: 4-2-2, hard_gate: true}", "config.tightens_no_more", id="hard already"),
        pytest.param("{id: 6-1-1, signature_max_days: 400}", "config.not_shorter", id="longer"),
        pytest.param("{id: 1-2-1, signature_max_days: 9}", "config.not_shorter", id="unsigned"),
        pytest.param("{id: 6-1-1, drop: true}", "config.unknown_key", id="dropped"),
    ],
)
def test_what_is_no_tightening_is_refused(change: str, sentence: str) -> None:
    """Each with the line it stands on."""
    found = problems(tightening(change))

    assert [id_ for _, id_ in found] == [sentence]
    assert found[0][0] > 1


def test_an_item_cannot_take_the_place_of_another() -> None:
    """Two items of one id are refused."""
    text = RAG.read_text("utf-8").replace("- id: rag-2\n", "- id: rag-1\n")

    assert [id_ for _, id_ in problems(text)] == ["config.item_taken"]
