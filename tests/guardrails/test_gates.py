"""A gate that is not found means that there is nothing to find."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenken.guardrails.detector import Within
from tenken.guardrails.detectors import SHIPPED
from tenken.guardrails.gates import Gates
from tenken.guardrails.text import Text
from tenken.pattern import Pattern
from tests.guardrails.detecting import ALL, Finder, context

GATES = Gates(SHIPPED)
EVERYONE = frozenset(range(len(SHIPPED)))
ALONE = [[Pattern(gate) for gate in detector.gates] for detector in SHIPPED]
SAMPLES = (
    *(
        "090-1234-5678",
        "０３－１２３４－５６７８",
        "〇九〇の一二三四の五六七八",
        "taro@example.jp",
        "山田太郎様",
        "様",
    ),
    *(
        "東京都千代田区千代田1-1",
        "〒100-0001",
        "マイナンバー",
        "123456789018",
        "4111 1111 1111 1111",
        "昭和60年4月12日",
    ),
    *("生年月日", "口座", "普通 1234567", "192.0.2.7", "パスワードは", "key"),
    *("=", "hunter2X9", "ignore", "previous", "instructions", "<script>"),
    *("John Smith", "my name is ", "536-22-1234", "SSN", " ", "\n"),
    *("。", "は", "です", "-"),
)
PIECES = st.lists(
    st.one_of(
        st.sampled_from(SAMPLES),
        st.text(max_size=4),
    ),
    max_size=14,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(PIECES)
def test_gates_of_shipped_detectors_leave_nothing_out(original: str) -> None:
    """Whoever would find something is asked."""
    text = Text(original)
    asked = GATES.asked(text, EVERYONE)
    missed = {
        detector.name
        for detector in SHIPPED
        if detector not in asked and detector.inspect(text, context())
    }

    assert missed == set()


@settings(max_examples=100, deadline=None)
@given(PIECES)
def test_searching_at_once_is_searching_one_by_one(original: str) -> None:
    """However the gates are put together."""
    lowered = Text(original).lowered
    alone = {at for at in range(len(SHIPPED)) if any(gate.search(lowered) for gate in ALONE[at])}

    assert GATES.opened(lowered, EVERYONE) == alone


def test_who_is_not_active_is_not_asked() -> None:
    """Its gate may be wide open."""
    gates = Gates(ALL)

    assert gates.opened("090-1234-5678 key_abcdefgh12", frozenset({1, 2})) == {1}


@pytest.mark.parametrize("count", [1, 400])
def test_many_gates_fit(count: int) -> None:
    """A search that needs more memory gets it."""
    words = [rf"word{number}[0-9]{{1,20}}x" for number in range(count)]
    finders = [Finder(name=f"own.{at}", risk="pii", pattern=one) for at, one in enumerate(words)]

    assert Gates(finders).opened("word0123x", frozenset(range(count))) == {0}


@pytest.mark.parametrize(
    "gate",
    [
        "a{2,3}b", "a{0,2}b", "ab{1,}a", "a{2}b", "[{0,2}]b", r"[\]{0,2}]b", r"a\{0,2}b",
        "[^a]{0,2}b{2,4}", "(?:ab){1,2}?a", r"\[{0,2}b",
    ],
)  # fmt: skip
@settings(max_examples=50, deadline=None)
@given(text=st.text("ab{}0,2][", max_size=8))
def test_a_rough_search_changes_no_answer(gate: str, text: str) -> None:
    """It counts no repetitions, and what it finds is searched for again."""
    finder = Finder(name="own.counted", risk="pii", pattern=gate)

    assert bool(Gates([finder]).opened(text, frozenset({0}))) == bool(Pattern(gate).search(text))


def test_what_ends_too_early_opens_no_gate_within_it() -> None:
    """One that stands before what is found does: it names what comes."""
    named = Finder(name="own.named", risk="pii", pattern="number")
    itself = Finder(name="own.itself", risk="pii", pattern=Within("[0-9]{3}"))
    gates = Gates([named, itself])

    assert gates.opened("number 123 and on", frozenset({0, 1})) == {0, 1}
    assert gates.opened("number 123 and on", frozenset({0, 1}), since=9) == {0}
    assert gates.opened("number 123 and 456", frozenset({0, 1}), since=9) == {0, 1}
