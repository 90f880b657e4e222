"""KPIs are worked out from what was counted; what was not counted is no zero."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.config.operating.expression import Unreadable, known, read_expression
from tenken.config.operating.impact import FixedCost, Kpi, ValueSettings
from tenken.keeper.value.counted import counted
from tenken.keeper.value.worth import measured, worth
from tenken.store.rollups.totals import FeedbackTotals, Totals

VALUES = {"requests": 10.0, "answered": 8.0, "feedback.thumbs.good": 3.0,
          "feedback.thumbs.count": 4.0, "impact.JPY": 2400.0, "cost.USD": 2.0}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("answered / requests", 0.8),
        ("feedback.thumbs.good / feedback.thumbs.count", 0.75),
        ("(answered - 2) * 3 / 2", 9.0),
        ("answered - 2 - 1", 5.0),
        ("8 / 2 / 2", 2.0),
        ("2 + 3 * 4", 14.0),
        ("impact.JPY - cost.USD * 150", 2100.0),
        ("answered / failed", None),
        ("requests / (answered - 8)", None),
    ],
)
def test_arithmetic_is_that_of_school(text: str, value: float | None) -> None:
    assert read_expression(text).of(VALUES) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "kpi.ends_early"),
        ("answered /", "kpi.ends_early"),
        ("(answered", "kpi.not_closed"),
        ("answered answered", "kpi.unexpected"),
        ("answered)", "kpi.unexpected"),
        ("__import__('os')", "kpi.unexpected"),
        ("answerd", "kpi.unknown_name"),
        ("feedback.thumbs", "kpi.unknown_name"),
        ("1 ** 2", "kpi.unexpected"),
        ("-1", "kpi.unexpected"),
        ("(" * 60 + "1" + ")" * 60, "kpi.too_deep"),
        ("1+" * 300 + "1", "kpi.too_long"),
    ],
)
def test_what_is_no_expression_is_told(text: str, why: str) -> None:
    with pytest.raises(Unreadable) as told:
        read_expression(text)
    assert told.value.sentence.id == why


TREES = st.recursive(
    st.sampled_from(["answered", "requests", "impact.JPY"]) | st.integers(0, 99).map(str),
    lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner).map(
        lambda t: f"({' '.join(t)})"
    ),
    max_leaves=8,
)


@given(TREES)
def test_it_says_what_python_says(text: str) -> None:
    names = {"answered": 8.0, "requests": 10.0}
    plain = text.replace("impact.JPY", "2400.0")
    try:
        right = eval(plain, {}, names)  # noqa: S307 - the oracle, on a text that is made here
    except ZeroDivisionError:
        right = None
    found = read_expression(text).of(VALUES)
    assert found == (pytest.approx(right) if right is not None else None)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        expression = read_expression(text)
    except Unreadable:
        return
    assert all(known(name) for name in expression.names)


def kpi(**fields: object) -> Kpi:
    return Kpi(id="k", formula="in words", owner="desk", **fields)  # type: ignore[arg-type]


def test_a_kpi_without_data_says_so_and_is_no_zero() -> None:
    expression = "feedback.copied.count / feedback.rejected.count"
    found = measured(kpi(expression=expression, target=0.5), VALUES)
    alone = measured(kpi(expression="feedback.accepted.count", target=1), VALUES)

    assert found.value is alone.value is None
    assert found.standing == alone.standing == "no_data"
    assert found.why is not None


def test_a_kpi_in_words_is_not_worked_out() -> None:
    assert measured(kpi(), VALUES).why is not None


@pytest.mark.parametrize(
    ("baseline", "target", "standing", "progress"),
    [
        (0.2, 0.6, "met", pytest.approx(1.5)),
        (0.2, 0.9, "not_met", pytest.approx(0.857, abs=0.001)),
        (0.9, 0.5, "not_met", pytest.approx(0.25)),
        (0.9, 0.85, "met", pytest.approx(2.0)),
        (None, None, "no_target", None),
    ],
)
def test_better_is_away_from_the_baseline(
    baseline: float | None, target: float | None, standing: str, progress: object
) -> None:
    found = measured(
        kpi(expression="answered / requests", baseline=baseline, target=target), VALUES
    )

    assert (found.standing, found.progress) == (standing, progress)


def test_value_is_told_beside_every_cost() -> None:
    settings = ValueSettings(
        currency="JPY",
        usd=150,
        success="feedback.thumbs.good",
        per_success=800,
        costs=(FixedCost(name="host", per_month=3043.75, kind="hosting"),),
    )
    found = worth(settings, VALUES, tokens_usd=Decimal(2), days=10)

    assert found.value == 2400
    assert [one.amount for one in found.costs] == [300.0, pytest.approx(1000.0)]
    assert found.net == pytest.approx(1100.0)
    assert found.roi == pytest.approx(1100 / 1300)
    assert found.per_success == pytest.approx(1300 / 3)


def test_without_a_success_there_is_no_value() -> None:
    found = worth(ValueSettings(), VALUES, tokens_usd=Decimal(2), days=1)
    silent = ValueSettings(success="feedback.executed.count", per_success=1)

    assert found.value is found.net is found.roi is None
    assert worth(silent, VALUES, tokens_usd=Decimal(2), days=1).value is None


def test_what_was_said_is_counted_by_kind_and_unit() -> None:
    def said(kind: str, unit: str, value: float, *, good: int = 0) -> FeedbackTotals:
        return FeedbackTotals(
            use_case="a", route="", caller="", release="", provider="", model="",
            kind=kind, unit=unit, drill=False, said=1, good=good, bad=0,
            value_thousandths=round(value * 1_000),
        )  # fmt: skip

    found = counted(
        Totals(requests=3, cost=Decimal("0.5")),
        [said("impact", "JPY", 10), said("impact", "JPY", 5), said("thumbs", "", 1, good=1)],
    )

    assert found["impact.JPY"] == 15
    assert (found["feedback.thumbs.good"], found["feedback.thumbs.bad"]) == (1, 0)
    assert (found["requests"], found["cost.USD"]) == (3, 0.5)
    assert "feedback.rating.count" not in found
