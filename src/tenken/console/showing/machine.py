"""What a page says, for machines: as JSON, and each table as CSV."""

import csv
import io
from decimal import Decimal

import msgspec

from tenken.console.showing.blocks import (
    Body,
    Chart,
    Facts,
    Form,
    Kind,
    Meters,
    Note,
    Page,
    Row,
    Table,
    Tiles,
    Value,
)
from tenken.console.showing.words import Words

FORMULA = ("=", "+", "-", "@", "\t", "\r")
Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


def document(page: Page, words: Words) -> Json:
    """Give all that a page shows; times are ISO 8601, money is a text that is exact."""
    return {
        "page": page.name,
        "title": page.title,
        "parts": [
            {
                "name": card.name,
                "title": card.title,
                "body": [_part(one, words) for one in card.body if not isinstance(one, Form)],
            }
            for card in page.cards
        ],
    }


def _part(one: Body, words: Words) -> Json:
    match one:
        case Table():
            return {"form": "table", **table(one, words)}
        case Tiles(tiles=tiles):
            figures: list[Json] = [
                {"name": tile.name, "label": tile.label, "unit": tile.unit,
                 "value": _plain(tile.value, tile.kind, words), "note": tile.note}
                for tile in tiles
            ]  # fmt: skip
            return {"form": "tiles", "figures": figures}
        case Chart():
            return {
                "form": "chart", "name": one.name, "label": one.label, "unit": one.unit,
                "at": [words.iso(at) for at in one.at],
                "series": [
                    {"name": each.name, "label": each.label, "values": list(each.values)}
                    for each in one.series
                ],
            }  # fmt: skip
        case Meters(meters=meters):
            shares: list[Json] = [
                {"name": each.name, "label": each.label, "share": each.share, "text": each.text,
                 "note": each.note}
                for each in meters
            ]  # fmt: skip
            return {"form": "meters", "meters": shares}
        case Facts(facts=facts):
            return {
                "form": "facts",
                "facts": {each.name: _plain(each.value, each.kind, words) for each in facts},
            }
        case Note(text=text, command=command):
            return {"form": "note", "text": text, "command": command}
        case _:
            built: Json = msgspec.to_builtins(one, str_keys=True)
            return built


def table(one: Table, words: Words) -> dict[str, Json]:
    """Give a table as objects, one a row."""
    return {
        "name": one.name,
        "label": one.label,
        "columns": [{"key": each.key, "label": each.label} for each in one.columns],
        "rows": list[Json](_object(one, row, words) for row in one.rows),
        "more": one.more or None,
    }


def as_csv(one: Table, words: Words) -> str:
    """Give a table as a spreadsheet takes it: nothing in it is taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([each.key for each in one.columns])
    for row in one.rows:
        cells = _object(one, row, words)
        writer.writerow([_harmless(cells[each.key]) for each in one.columns])
    return out.getvalue()


def _object(one: Table, row: Row, words: Words) -> dict[str, Json]:
    pairs = zip(one.columns, row.cells, strict=True)
    return {column.key: _plain(value, column.kind, words) for column, value in pairs}


def _plain(value: Value, kind: Kind, words: Words) -> Json:
    match value:
        case Decimal():
            return f"{value:f}"
        case int() if kind in {"moment", "day"}:
            return words.iso(value)
        case _:
            return value


def _harmless(value: Json) -> Json:
    """A spreadsheet runs what begins like a formula; numbers of ours do not."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value
