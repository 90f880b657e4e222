"""What is handed out: columns, their types and what they tell. This is the schema of the files."""

from typing import Literal

from msgspec import Struct
from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, SmallInteger, Table

from tenken.store.feedback.tables import FEEDBACK
from tenken.store.money import Money
from tenken.store.tables import ATTEMPTS, EXCHANGES, MATCHES, TEXTS

Kind = Literal["string", "int64", "int32", "int16", "bool", "float64", "money", "moment"]
MOMENTS = frozenset({"at", "about_at"})
KINDS: tuple[tuple[type, Kind], ...] = (
    (Money, "money"),
    (SmallInteger, "int16"),
    (BigInteger, "int64"),
    (Integer, "int32"),
    (Boolean, "bool"),
    (Float, "float64"),
)
"""The first that fits; anything else is text."""


class Field(Struct, frozen=True):
    """A column of a file."""

    name: str
    kind: Kind
    may_be_null: bool = False


class Dataset(Struct, frozen=True):
    """A table as it is handed out; its day is that of `at`, UTC."""

    name: str
    table: Table
    fields: tuple[Field, ...]
    order: tuple[str, ...]


def _dataset(table: Table, order: tuple[str, ...], *, without: frozenset[str]) -> Dataset:
    fields = tuple(_field(column) for column in table.columns if column.name not in without)
    return Dataset(table.name, table, fields, order)


def _field(column: Column[object]) -> Field:
    if column.name in MOMENTS:
        return Field(column.name, "moment")
    kind: Kind = next((kind for of, kind in KINDS if isinstance(column.type, of)), "string")
    return Field(column.name, kind, may_be_null=bool(column.nullable))


TOKENS = frozenset({"feedback", "content"})
"""Held back: the token of an answer lets its holder rate it, and texts are another table's."""
DATASETS = (
    _dataset(EXCHANGES, ("at", "id", "span"), without=TOKENS),
    _dataset(ATTEMPTS, ("at", "id", "span", "number"), without=frozenset()),
    _dataset(MATCHES, ("at", "id", "span", "number"), without=frozenset()),
    _dataset(FEEDBACK, ("at", "id"), without=frozenset({"number"})),
)
STORED = Dataset(
    "texts",
    TEXTS,
    (
        Field("id", "string"),
        Field("span", "string"),
        Field("at", "moment"),
        Field("request", "string"),
        Field("answer", "string"),
        Field("cut", "string"),
    ),
    ("at", "id", "span"),
)
"""What was said, opened: handed out only where somebody asks for it."""
SEALED = ("id", "span", "at", "sealed")
"""The columns that it is made of."""
