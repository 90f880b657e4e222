"""Waivers: known gaps that a named person accepts, for a reason and a time.

They stand in `waivers.yaml` or in files below `waivers/`, reviewed like code. A malformed one
stops the inspection: a gap must never be accepted by a slip of the pen.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from importlib.resources import files

import msgspec
from msgspec import Struct

from tenken.config.node import Node
from tenken.config.schema import nearest, parse, validate
from tenken.config.values import is_placeholder
from tenken.errors import Malformed, Problem
from tenken.place import Place
from tenken.readiness.catalogue import Catalogue
from tenken.readiness.facts.tree import Tree, Unreadable
from tenken.readiness.verdict import Waiver
from tenken.sentence import Sentence, say

NAMES = ("waivers.yaml", "waivers.yml")
FOLDER = "waivers"
LONGEST = timedelta(days=366)


class _Written(Struct, frozen=True, kw_only=True):
    item: str
    reason: str
    owner: str
    expires_on: date


def schema() -> dict[str, object]:
    """The JSON Schema of a file of waivers."""
    text = (files("tenken.readiness") / "schemas" / "waiver.json").read_bytes()
    return msgspec.json.decode(text, type=dict[str, object])


def read_waivers(tree: Tree, catalogue: Catalogue, now: datetime) -> Mapping[str, Waiver]:
    """Read every waiver by its item, the expired ones too; raises Malformed with all problems."""
    problems: list[Problem] = []
    found: dict[str, Waiver] = {}
    for path in _paths(tree):
        waivers, wrong = _read(path, tree)
        problems.extend(wrong)
        for waiver in waivers:
            problems.extend(_problems(waiver, found, catalogue, now))
            found[waiver.item] = waiver
    if problems:
        raise Malformed(tuple(problems))
    return found


def _paths(tree: Tree) -> Iterator[str]:
    yield from (name for name in NAMES if tree.entry(name))
    below = (entry.path for entry in tree.below(FOLDER))
    yield from (path for path in below if path.endswith((".yaml", ".yml")))


def _read(path: str, tree: Tree) -> tuple[list[Waiver], tuple[Problem, ...]]:
    text = tree.text(path)
    if isinstance(text, Unreadable):
        sentence = say("gate.waivers_unreadable", because=text.because.value)
        return [], (Problem(place=Place(path), key="", sentence=sentence),)
    try:
        document = parse(text, file=path)
    except Malformed as malformed:
        return [], malformed.problems
    if problems := validate(document, schema(), file=path):
        return [], problems
    try:
        return [_waiver(node, path) for node in document.items], ()
    except msgspec.ValidationError as error:
        sentence = say("config.invalid", detail=str(error))
        return [], (Problem(place=Place(path, document.line), key="", sentence=sentence),)


def _waiver(node: Node, path: str) -> Waiver:
    written = msgspec.convert(node.plain, _Written)
    return Waiver(
        item=written.item,
        reason=written.reason,
        owner=written.owner,
        expires_on=written.expires_on,
        path=path,
        line=node.line,
    )


def _problems(
    waiver: Waiver, found: Mapping[str, Waiver], catalogue: Catalogue, now: datetime
) -> Iterator[Problem]:
    for key, sentence in _wrong(waiver, found, catalogue, now):
        yield Problem(place=Place(waiver.path, waiver.line), key=key, sentence=sentence)


def _wrong(
    waiver: Waiver, found: Mapping[str, Waiver], catalogue: Catalogue, now: datetime
) -> Iterator[tuple[str, Sentence]]:
    if catalogue.item(waiver.item) is None:
        near = nearest(waiver.item, [one.id for one in catalogue.items])
        yield "item", say("signoff.no_such_item", item=waiver.item, near=near)
    if before := found.get(waiver.item):
        yield "item", say("gate.waived_twice", item=waiver.item, at=f"{before.path}:{before.line}")
    if waiver.expires_on > (now + LONGEST).date():
        yield "expires_on", say("gate.waiver_too_long", days=LONGEST.days)
    for key in ("reason", "owner"):
        if is_placeholder(getattr(waiver, key)):
            yield key, say("signoff.placeholder", key=key)
