"""A team's own list: adds items to the checklist or tightens them; it never drops nor loosens.

A list is a section in the shape of the shipped ones with ids of its own, and may carry `tightens`:

    tightens:
      - {id: 6-1-1, tiers: {C: configured}, hard_gate: true, signature_max_days: 90}
"""

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, cast

from msgspec.structs import replace

from tenken import digest
from tenken.config.node import Node
from tenken.config.schema import line_at, parse, validate
from tenken.errors import Malformed, Problem
from tenken.evidence import Grade
from tenken.place import Place
from tenken.readiness.catalogue import Catalogue, Item, Section, Tier, build
from tenken.sentence import Sentence, say

TIGHTENING = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "tiers": {
            "type": "object",
            "propertyNames": {"enum": ["A", "B", "C"]},
            "additionalProperties": {"$ref": "#/$defs/grade"},
        },
        "hard_gate": {"const": True},
        "signature_max_days": {"type": "integer", "minimum": 1},
    },
}


def extend(catalogue: Catalogue, text: str, *, file: str) -> Catalogue:
    """Add a team's list; raises Malformed with everything that is wrong in it."""
    document = parse(text, file=file)
    problems = validate(document, list_schema(), file=file)
    if not problems:
        problems = tuple(_conflicts(catalogue, document, file))
    if problems:
        raise Malformed(problems)
    plain = cast("dict[str, Any]", document.plain)
    tightened = {one["id"]: one for one in plain.pop("tightens", [])}
    sections = tuple(_tightened(section, tightened) for section in catalogue.sections)
    return replace(
        catalogue,
        sections=(*sections, *build([plain]).sections),
        digest=digest.of_value([catalogue.digest, document.plain]),
        extended_by=(*catalogue.extended_by, str(plain["section"])),
    )


def list_schema() -> dict[str, Any]:
    """The schema of a team's list: that of a shipped section, with free ids and `tightens`."""
    shipped = files("tenken.readiness") / "items" / "schema.json"
    schema: dict[str, Any] = json.loads(shipped.read_text("utf-8"))
    schema["$id"] = "urn:tenken:schema:catalogue-list:1"
    schema["properties"]["section"] = {"type": "string", "pattern": "^[a-z][a-z0-9_-]{0,30}$"}
    schema["properties"]["tightens"] = {"type": "array", "items": TIGHTENING}
    item = schema["$defs"]["item"]["properties"]
    item["id"] = {"type": "string", "pattern": "^[a-z][a-z0-9_-]{0,30}-[0-9]{1,3}$"}
    return schema


def _conflicts(catalogue: Catalogue, document: Node, file: str) -> Iterator[Problem]:
    taken = {item.id for item in catalogue.items}
    sections = {section.id for section in catalogue.sections}
    if document.at("section").text in sections:
        sentence = say("config.section_taken", section=document.at("section").text)
        yield _problem(document, file, ("section",), sentence)
    for number, item in enumerate(document.at("items").items):
        id_ = item.at("id").text
        if id_ in taken:
            yield _problem(
                document, file, ("items", number, "id"), say("config.item_taken", item=id_)
            )
        taken.add(id_)
    for number, change in enumerate(document.at("tightens").items):
        yield from _loosened(catalogue, change, document, file=file, number=number)


def _loosened(
    catalogue: Catalogue, change: Node, document: Node, *, file: str, number: int
) -> Iterator[Problem]:
    item = catalogue.item(change.at("id").text)
    path = ("tightens", number)
    if item is None:
        sentence = say("config.tightens_nothing", item=change.at("id").text)
        yield _problem(document, file, (*path, "id"), sentence)
        return
    if not (
        change.at("tiers").mapping or change.at("signature_max_days") or _hardens(change, item)
    ):
        sentence = say("config.tightens_no_more", item=item.id)
        yield _problem(document, file, (*path, "id"), sentence)
    for tier, asked in change.at("tiers").mapping.items():
        wanted = Grade[asked.text.upper()]
        has = item.demanded(cast("Tier", tier))
        if wanted <= has or wanted > item.needed:
            sentence = say(
                "config.not_tighter",
                item=item.id,
                tier=tier,
                has=has.name.lower(),
                most=item.needed.name.lower(),
                asked=asked.text,
            )
            yield _problem(document, file, (*path, "tiers", tier), sentence)
    days = change.at("signature_max_days").number
    if days is not None and (item.signature is None or days >= item.signature.max_days):
        longest = item.signature.max_days if item.signature else 0
        sentence = say("config.not_shorter", item=item.id, days=int(days), longest=longest)
        yield _problem(document, file, (*path, "signature_max_days"), sentence)


def _hardens(change: Node, item: Item) -> bool:
    return bool(change.at("hard_gate")) and not item.hard_gate


def _tightened(section: Section, changes: Mapping[str, Mapping[str, Any]]) -> Section:
    items = tuple(
        _tighter(item, changes[item.id]) if item.id in changes else item for item in section.items
    )
    return replace(section, items=items)


def _tighter(item: Item, change: Mapping[str, Any]) -> Item:
    signature = item.signature
    if signature and "signature_max_days" in change:
        signature = replace(signature, max_days=change["signature_max_days"])
    return replace(
        item,
        tiers={**item.tiers, **change.get("tiers", {})},
        hard_gate=item.hard_gate or change.get("hard_gate", False),
        signature=signature,
    )


def _problem(
    document: Node, file: str, path: tuple[str | int, ...], sentence: Sentence
) -> Problem:
    key = ".".join(str(part) for part in path)
    return Problem(place=Place(file, line_at(document, path)), key=key, sentence=sentence)
