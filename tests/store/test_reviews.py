"""What people say of matches: listed, judged, and the newest word counts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from tenken.journal.exchange import Match
from tenken.journal.reader import Position
from tenken.store.engine import opened
from tenken.store.ledger import Batch, Ledger
from tenken.store.migration import migrate
from tenken.store.reviews import Judgement, Reviews, Sought
from tests.journal.making import exchange

MATCHES = (
    Match(rule="pii.jp.phone", risk="pii.phone", action="mask", stage="inward", mark="aa"),
    Match(
        rule="judge.own.harm.crime", risk="harm.crime", action="block", stage="outward", score=0.8
    ),
    Match(rule="judge.own", risk="slow", action="failed", stage="outward", score=0.0),
)
TRUE = Judgement(is_true=True, judged_by="mori", judged_at=5, why="a real number")
FALSE = Judgement(is_true=False, judged_by="sato", judged_at=9, why="the number of our desk")


@pytest.fixture
def reviews(tmp_path: Path) -> Iterator[Reviews]:
    engine: Engine = opened(f"sqlite:///{tmp_path}/ledger.db")
    migrate(engine)
    two = tuple(replace(exchange(number), matches=MATCHES) for number in (1, 2))
    position = Position(segment=1, offset=100, sequence=2, previous=b"x" * 16)
    Ledger(engine).apply(
        Batch(journal="w0", boot="b1", after=Position(), position=position, exchanges=two)
    )
    yield Reviews(engine)
    engine.dispose()


def test_what_was_done_about_a_text_is_listed(reviews: Reviews) -> None:
    """The newest first, with whose request it was; a judge's silence is nobody's match."""
    items = reviews.items(Sought(), most=10)

    assert [(one.id, one.number, one.action) for one in items] == [
        ("req-000002", 1, "mask"), ("req-000002", 2, "block"),
        ("req-000001", 1, "mask"), ("req-000001", 2, "block"),
    ]  # fmt: skip
    assert (items[0].caller, items[0].mark, items[0].judgement) == ("desk", "aa", None)


@pytest.mark.parametrize(
    ("sought", "count"),
    [
        (Sought(risk="pii"), 2),
        (Sought(risk="pii.phone"), 2),
        (Sought(risk="pii.ph"), 0),
        (Sought(rule="judge.own.harm.crime"), 2),
        (Sought(below=0.9), 2),
        (Sought(mark="aa"), 2),
        (Sought(actions=("failed",)), 2),
        (Sought(judged=True), 0),
        (Sought(since=exchange(2).at), 2),
    ],
)
def test_some_of_them_are_sought(reviews: Reviews, sought: Sought, count: int) -> None:
    """By risk and those below it, rule, doubt, value, action, time."""
    assert len(reviews.items(sought, most=10)) == count


def test_a_judgement_takes_a_match_out_of_the_queue(reviews: Reviews) -> None:
    """A later one counts; the earlier stays on record."""
    found = reviews.find("req-000001", 1)

    reviews.judge(found, TRUE)
    assert reviews.find("req-000001", 1)[0].judgement == TRUE
    reviews.judge(found, FALSE)

    assert reviews.find("req-000001", 1)[0].judgement == FALSE
    assert len(reviews.items(Sought(), most=10)) == 3
    assert [one.judgement for one in reviews.items(Sought(judged=True), most=10)] == [FALSE]


@pytest.mark.parametrize("looked_at", [(), (1,), (1, 2), (3,), (6,), (7,)])
@pytest.mark.parametrize(
    "sought",
    [
        Sought(), Sought(judged=True), Sought(judged=None), Sought(use_cases=()),
        Sought(use_cases=("answer",)), Sought(rule="judge.own.harm.crime"),
    ],
)  # fmt: skip
def test_the_same_is_found_however_few_are_looked_at_first(
    reviews: Reviews, sought: Sought, looked_at: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the newest are judged already, or of requests that may not be seen."""
    reviews.judge(reviews.find("req-000002", 1), TRUE)
    expected = [reviews.items(sought, most=most) for most in (1, 2, 10)]

    monkeypatch.setattr("tenken.store.reviews.LOOKED_AT", looked_at)

    assert [reviews.items(sought, most=most) for most in (1, 2, 10)] == expected
