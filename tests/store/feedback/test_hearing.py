"""What is said of answers is tied to them once, whatever comes first, and sums agree with rows."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from tenken.journal.exchange import Attempt, Exchange, Identity, Outcome
from tenken.journal.feedback import Feedback, FeedbackKind, positive
from tenken.journal.reader import Position
from tenken.store.engine import opened
from tenken.store.feedback.feedback import FeedbackBook
from tenken.store.feedback.tables import FEEDBACK
from tenken.store.ledger import Batch, Ledger
from tenken.store.migration import migrate
from tenken.store.rollups.reading import Rollups, Window
from tenken.store.rollups.totals import Asked
from tenken.wire.api import Api

MINUTE = 60_000_000
ALWAYS = Window(0, 10 * MINUTE)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = opened(f"sqlite:///{tmp_path}/store.db")
    migrate(made)
    yield made
    made.dispose()


def exchange(request: str, *, caller: str = "app", drill: str = "") -> Exchange:
    who = Identity(caller=caller, use_case="answer", route="desk", release="r1", drill=drill)
    tried = Attempt(target="t", provider="openai", model="m", credential="c")
    return Exchange(
        id=request, at=MINUTE, trace="", span=f"{caller}-{request}", parent="", sampled=True,
        identity=who, api=Api.CHAT, stream=False, outcome=Outcome.ANSWERED, status=200,
        attempts=(tried,),
    )  # fmt: skip


def said(
    id: str,  # noqa: A002 - as the record calls it
    kind: FeedbackKind = FeedbackKind.THUMBS,
    *,
    at: int = 2 * MINUTE,
    request: str = "r1",
    key: str = "",
    value: float = 1.0,
    caller: str = "app",
    unit: str = "",
) -> Feedback:
    return Feedback(
        id=id, at=at, caller=caller, kind=kind, request=request, key=key, value=value, unit=unit
    )


class Journal:
    """Applies records to a ledger as a drain does."""

    def __init__(self, engine: Engine) -> None:
        self._ledger = Ledger(engine)
        self._at = 0

    def bring(self, *records: Exchange | Feedback) -> None:
        after = Position(sequence=self._at)
        self._at += 1
        self._ledger.apply(
            Batch(
                journal="j",
                boot="b",
                after=after if self._at > 1 else Position(),
                position=Position(sequence=self._at),
                exchanges=tuple(one for one in records if isinstance(one, Exchange)),
                feedback=tuple(one for one in records if isinstance(one, Feedback)),
            )
        )


def sums(engine: Engine) -> dict[tuple[str, str], tuple[int, int, int, float]]:
    found = Rollups(engine).feedback(ALWAYS, Asked(drills=True))
    return {(one.kind, one.use_case): (one.said, one.good, one.bad, one.value) for one in found}


def test_what_is_said_again_replaces_what_was_said(engine: Engine) -> None:
    journal = Journal(engine)
    journal.bring(exchange("r1"), said("f1", value=1.0))
    assert sums(engine) == {("thumbs", "answer"): (1, 1, 0, 1.0)}

    journal.bring(said("f1", at=3 * MINUTE, value=0.0))
    assert sums(engine) == {("thumbs", "answer"): (1, 0, 1, 0.0)}

    journal.bring(said("f1", at=2 * MINUTE, value=1.0))
    assert sums(engine) == {("thumbs", "answer"): (1, 0, 1, 0.0)}


def test_nobody_rates_an_answer_that_was_given_to_another(engine: Engine) -> None:
    Journal(engine).bring(exchange("r1"), said("f1", caller="other"))

    assert sums(engine) == {}
    assert FeedbackBook(engine).waiting() == 1


def test_what_comes_before_its_request_waits_for_it(engine: Engine) -> None:
    journal, book = Journal(engine), FeedbackBook(engine)
    journal.bring(said("f1"))
    assert (book.waiting(), book.match(since=0)) == (1, 0)

    journal.bring(exchange("r1"))
    assert book.match(since=9 * MINUTE) == 0
    assert book.match(since=0) == 1
    assert book.waiting() == 0
    assert sums(engine) == {("thumbs", "answer"): (1, 1, 0, 1.0)}
    assert [one.kind for one in book.of("r1")] == ["thumbs"]


def test_what_never_finds_its_request_is_forgotten(engine: Engine) -> None:
    journal, book = Journal(engine), FeedbackBook(engine)
    journal.bring(exchange("r1"), said("f1"), said("waits", request="r9"))

    assert book.forget(before=2 * MINUTE) == 0
    assert book.forget(before=3 * MINUTE) == 1
    assert book.waiting() == 0
    assert sums(engine) == {("thumbs", "answer"): (1, 1, 0, 1.0)}


@pytest.mark.parametrize("link_first", [True, False])
def test_a_business_key_is_enough_once_it_is_tied(engine: Engine, *, link_first: bool) -> None:
    journal = Journal(engine)
    journal.bring(exchange("r1"))
    link = said("l1", FeedbackKind.LINK, key="k")
    impact = said(
        "f1", FeedbackKind.IMPACT, at=4 * MINUTE, request="", key="k", value=1200.5, unit="JPY"
    )
    for one in (link, impact) if link_first else (impact, link):
        journal.bring(one)

    assert sums(engine) == {("impact", "answer"): (1, 0, 0, 1200.5)}


def test_what_is_said_in_a_drill_counts_in_no_kpi(engine: Engine) -> None:
    Journal(engine).bring(exchange("r1", drill="d"), said("f1"))

    assert Rollups(engine).feedback(ALWAYS) == ()
    assert sums(engine) == {("thumbs", "answer"): (1, 1, 0, 1.0)}


KINDS = st.sampled_from([FeedbackKind.THUMBS, FeedbackKind.RATING, FeedbackKind.IMPACT])
SAID = st.builds(
    said,
    st.sampled_from(["f1", "f2", "f3"]),
    KINDS,
    at=st.integers(0, 9 * MINUTE),
    request=st.sampled_from(["r1", "r2", "r3"]),
    value=st.integers(0, 5).map(float),
)
RECORDS = st.lists(SAID | st.sampled_from(["r1", "r2"]), max_size=12)


@settings(max_examples=25, deadline=None)
@given(RECORDS, st.integers(1, 4))
def test_sums_are_those_of_the_rows(
    tmp_path_factory: pytest.TempPathFactory, records: list[Feedback | str], size: int
) -> None:
    """Two words of one thing at one moment have no order: whichever counts is well."""
    moments = [(one.id, one.at) for one in records if isinstance(one, Feedback)]
    assume(len(moments) == len({*moments}))
    engine = opened(f"sqlite:///{tmp_path_factory.mktemp('s')}/store.db")
    migrate(engine)
    journal, book = Journal(engine), FeedbackBook(engine)
    made = [one if isinstance(one, Feedback) else exchange(one) for one in records]
    for start in range(0, len(made), size):
        journal.bring(*made[start : start + size])
    book.match(since=0)

    counted: defaultdict[tuple[str, str], list[float]] = defaultdict(lambda: [0, 0, 0, 0.0])
    with engine.connect() as connection:
        for row in connection.execute(select(FEEDBACK)).mappings():
            if row["matched"]:
                good = positive(FeedbackKind(row["kind"]), row["value"])
                found = counted[row["kind"], row["use_case"]]
                for n, value in enumerate((1, good is True, good is False, row["value"])):
                    found[n] += value
    assert sums(engine) == {names: tuple(values) for names, values in counted.items()}
    there = {one.id for one in made if isinstance(one, Exchange)}
    newest = {
        one.id: one
        for one in sorted(
            (one for one in made if isinstance(one, Feedback)), key=lambda one: one.at
        )
    }
    assert book.waiting() == sum(one.request not in there for one in newest.values())
    engine.dispose()
