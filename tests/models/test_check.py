"""What is wrong with an application's models is told, each at its place, and nothing else."""

from datetime import date, timedelta

import pytest

from tenken.config.application import Application, Identity, Model, ModelPrices
from tenken.models.check import FRESH, NOTICE, Finding, check
from tests.models.tables import AS_OF, known

SOON = date(2026, 12, 1)
VENDORS = {"openai": "openai", "azure": "azure", "own": "other"}
FINE = Model(
    id="m", provider="openai", model="small-1", retires_on=date(2028, 1, 1), source="s",
    checked_at=AS_OF,
)  # fmt: skip


def found(*models: Model, today: date = AS_OF) -> list[str]:
    return [one.sentence.id.removeprefix("pricing.") for one in findings(*models, today=today)]


def findings(*models: Model, today: date = AS_OF) -> tuple[Finding, ...]:
    app = Application(application=Identity(name="desk", owner="team"), models=models)
    return check(app, vendors=VENDORS, models=known(), today=today)


def changed(**fields: object) -> Model:
    given = {name: getattr(FINE, name) for name in FINE.__struct_fields__}
    return Model(**{**given, **fields})


def test_nothing_is_told_of_what_is_in_order() -> None:
    """A pinned name with a price and a day far off."""
    assert found(FINE) == []


def test_an_old_table_is_told() -> None:
    """On the day after, not before."""
    assert found(FINE, today=AS_OF + FRESH) == []
    assert found(FINE, today=AS_OF + FRESH + timedelta(days=1)) == ["old_table"]


def test_a_model_without_a_price_is_told_until_its_file_gives_one() -> None:
    """Or says under which name the table has it."""
    own = changed(provider="own", model="x")
    prices = ModelPrices(input=0, output=0, source="our own machine", checked_at=AS_OF)

    assert found(own) == ["no_price"]
    assert found(changed(provider="own", model="x", prices=prices)) == []
    assert found(changed(model="our-deployment")) == ["no_price"]
    assert found(changed(model="our-deployment", known_as="small-1")) == []


@pytest.mark.parametrize(
    ("days", "told"), [(-1, ["ended"]), (0, ["ends_soon"]), (NOTICE.days, ["ends_soon"]), (91, [])]
)
def test_an_end_is_told_when_it_is_near(days: int, told: list[str]) -> None:
    """And when it is past."""
    assert found(changed(retires_on=AS_OF + timedelta(days=days))) == told


def test_of_two_days_the_earlier_counts_and_the_difference_is_told() -> None:
    """A file that was never read again does not put an end off."""
    azure = changed(provider="azure", model="eu/small-1", retires_on=date(2028, 1, 1))

    assert found(azure) == ["other_end", "ends_soon"]
    assert found(changed(provider="azure", model="eu/small-1", retires_on=SOON)) == ["ends_soon"]


def test_a_day_that_nobody_says_and_a_name_that_moves_are_told() -> None:
    """Each at the model's place in the file."""
    told = findings(
        FINE, changed(retires_on=None), changed(model="small-latest", known_as="small-1")
    )

    assert [(one.at, one.sentence.id) for one in told] == [
        (1, "pricing.no_end"),
        (2, "pricing.moving_name"),
    ]
