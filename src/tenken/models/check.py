"""What is wrong with the models of an application: old figures, no price, an end in sight."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct

from tenken.config.application import Application, Model
from tenken.models.known import VENDORS, Models, Row
from tenken.models.own import row_of
from tenken.sentence import Sentence, say

FRESH = timedelta(days=60)
"""Prices change and models are announced to end; after this a table is looked at again."""
NOTICE = timedelta(days=90)
"""How long before its end a model is warned of."""
MOVING = ("-latest", ":latest")


class Weight(StrEnum):
    """How much a finding matters."""

    WRONG = "wrong"
    """What is done with these figures is not true."""
    SOON = "soon"
    """It will be."""


class Finding(Struct, frozen=True, kw_only=True):
    """One thing to mend; where it has a model, that model's place in the file."""

    weight: Weight
    sentence: Sentence
    at: int | None = None
    """Which of the file's models."""


def check(
    app: Application, *, vendors: Mapping[str, str], models: Models, today: date
) -> tuple[Finding, ...]:
    """Give what is wrong; `vendors` tells each provider's kind by its id."""
    return (
        *_table(models, today),
        *(
            finding
            for at, model in enumerate(app.models)
            for finding in _model(at, model, row_of(model, vendors, models), today)
        ),
    )


def _table(models: Models, today: date) -> Iterator[Finding]:
    origin = models.origin
    age = today - origin.as_of
    if age > FRESH:
        sentence = say(
            "pricing.old_table", date=origin.as_of.isoformat(), days=age.days, limit=FRESH.days
        )
        yield Finding(weight=Weight.SOON, sentence=sentence)


def _model(at: int, model: Model, row: Row, today: date) -> Iterator[Finding]:
    if row.prices is None:
        yield _wrong(at, "pricing.no_price", model=model.id, name=row.model)
    if model.model.endswith(MOVING):
        yield _wrong(at, "pricing.moving_name", model=model.id, name=model.model)
    yield from _end(at, model, row, today)


def _end(at: int, model: Model, row: Row, today: date) -> Iterator[Finding]:
    found = models_end(model, row)
    if found is None:
        if row.provider in VENDORS:  # a model of one's own ends when its owner says so
            yield _soon(at, "pricing.no_end", model=model.id)
        return
    known = row.retires_on
    if known and model.retires_on and known != model.retires_on:
        yield _wrong(
            at, "pricing.other_end", model=model.id, said=str(model.retires_on), known=str(known)
        )
    left = (found - today).days
    if left < 0:
        yield _wrong(at, "pricing.ended", model=model.id, date=str(found))
    elif left <= NOTICE.days:
        yield _soon(at, "pricing.ends_soon", model=model.id, date=str(found), days=left)


def models_end(model: Model, row: Row) -> date | None:
    """Give the day a model ends: the earlier of what the file and the table say."""
    days = [day for day in (model.retires_on, row.retires_on) if day]
    return min(days, default=None)


def _wrong(at: int, id_: str, **fields: str | int) -> Finding:
    return Finding(weight=Weight.WRONG, sentence=say(id_, **fields), at=at)


def _soon(at: int, id_: str, **fields: str | int) -> Finding:
    return Finding(weight=Weight.SOON, sentence=say(id_, **fields), at=at)
