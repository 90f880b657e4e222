"""Every rule finds what it should in both languages, at the right place, and leaves the rest."""

from functools import cache
from pathlib import Path

import msgspec.yaml
import pytest

from tenken.guardrails.detectors import PII
from tenken.guardrails.gates import Gates
from tenken.guardrails.pii.names import japanese
from tenken.guardrails.rule import Rules
from tenken.guardrails.text import Context, Direction, Origin, Text

ASKED = Context(direction=Direction.INWARD, origin=Origin.USER)
GATES = Gates(PII)
EVERYONE = frozenset(range(len(PII)))
BY_LISTS = {f"pii.name.ja.{kind}" for kind in ("full", "called", "introduced")}


@cache
def examples() -> dict[str, dict[str, list[str]]]:
    path = Path(__file__).with_name("examples.yaml")
    return msgspec.yaml.decode(path.read_bytes(), type=dict[str, dict[str, list[str]]])


@cache
def rules() -> frozenset[str]:
    ruled = [one.rules.rules for one in PII if isinstance(one, Rules)]
    ids = {rule.id for group in (*ruled, japanese.RULES.rules) for rule in group}
    return frozenset(ids | BY_LISTS)


def texts(*kinds: str) -> list[tuple[str, str]]:
    by_rule = examples().items()
    return [(rule, text) for rule, kept in by_rule for kind in kinds for text in kept[kind]]


def found(text: str) -> set[tuple[str, str]]:
    """What the detectors whose gates are open say, as the engine asks them."""
    shown = Text(text)
    asked = GATES.named(GATES.opened(shown.lowered, EVERYONE))
    return {
        (match.rule, text[match.start : match.end])
        for one in asked
        for match in one.inspect(shown, ASKED)
    }


def test_every_rule_has_examples_in_both_languages() -> None:
    assert set(examples()) == rules()
    for rule, by_kind in examples().items():
        assert [kind for kind in ("ja", "en", "not_ja", "not_en") if not by_kind[kind]] == [], rule


@pytest.mark.parametrize(("rule", "text"), texts("ja", "en"))
def test_what_a_rule_is_for_is_found_at_its_place(rule: str, text: str) -> None:
    values = {piece.partition("⟧")[0] for piece in text.split("⟦")[1:]}
    plain = text.replace("⟦", "").replace("⟧", "")

    assert {value for by, value in found(plain) if by == rule} == values, found(plain)


@pytest.mark.parametrize(("rule", "text"), texts("not_ja", "not_en"))
def test_what_only_looks_like_it_is_left(rule: str, text: str) -> None:
    assert {(by, value) for by, value in found(text) if by == rule} == set()
