"""The shipped checklist is the agreed one: ids, deciding methods, parts and signatures."""

import json
from collections import Counter
from importlib.resources import files

import pytest
from jsonschema_rs import Draft202012Validator

from tenken.config.yaml import YamlError, read_yaml
from tenken.evidence import Method
from tenken.readiness.catalogue import NEEDED, Item, SignatureKind, shipped
from tenken.readiness.probes.registry import probes

# id, what decides (R repository, V runtime, D drill, P person), what a signature does,
# the days it holds where that is agreed, and the parts with what decides each.
AGREED = """\
0-1-1  P decides    180  -
0-1-2  R cosign     -    -
0-2-1  P decides    180  -
0-2-2  V cosign     -    -
1-1-1  R -          -    -
1-1-2  R -          -    -
1-2-1  R -          -    -
1-2-2  R -          -    -
1-3-1  R cosign     -    -
1-3-2  D -          -    -
1-4-1  R cosign     -    aR bR cR
1-4-2  V cosign     -    -
2-1-1  R -          -    -
2-1-2  D -          -    aR bD
2-2-1  P decides    90   -
2-2-2  D -          -    -
2-2-3  V -          -    aV bV
3-1-1  R cosign     -    aR bR cR dR
3-1-2  R -          -    -
3-1-3  P decides    180  -
3-1-4  P decides    180  -
3-2-1  P decides    365  -
3-2-2  D -          -    aD bD cD
3-2-3  D exemption  -    aR bD
3-3-1  D -          -    -
3-3-2  D -          -    -
4-1-1  R cosign     -    aR
4-1-2  R cosign     -    aR bR cD
4-2-1  R -          -    -
4-2-2  D -          -    aD bD cD
4-2-3  D -          -    aD bD cD
4-2-4  V -          -    -
4-3-1  D cosign     -    aD bD cD
5-1-1  V -          -    -
5-1-2  V -          -    aV bV
5-1-3  V -          -    -
5-2-1  V -          -    aV bV cV
5-2-2  R cosign     -    aR
5-2-3  D -          -    -
5-2-4  V -          -    -
5-2-5  D -          -    -
5-3-1  V -          -    -
5-3-2  V -          -    aV bV cV dV eV fV
5-3-3  D -          -    -
6-1-1  R cosign     -    aR bR
6-1-2  R -          -    -
6-2-1  R cosign     -    aR bR cR
6-3-1  V exemption  -    aV bV cV dP eV
6-4-1  R -          -    aV bR
6-4-2  R -          -    -
6-4-3  V -          -    aV
6-5-1  R -          -    -
6-5-2  R -          -    -
6-5-3  R cosign     180  -
7-1-1  R cosign     180  aR bR
7-1-2  V -          -    aV bR
7-2-1  D -          -    aD bR cD
7-2-2  V -          -    aV
7-3-1  V exemption  -    -
7-3-2  V -          -    aV bV
7-4-1  P decides    180  aP bP
7-4-2  V cosign     -    -
7-4-3  R -          -    -
8-1    R cosign     180  -
8-2    R -          -    -
8-3    P decides    180  -
"""
LETTERS = {"R": Method.REPOSITORY, "V": Method.RUNTIME, "D": Method.DRILL, "P": Method.PERSON}
HARD_GATES = ("1-2-1", "3-2-2", "4-2-2", "4-2-3", "5-2-3", "5-3-2", "7-3-1", "7-3-2")
SECTIONS = ("0", "1", "2", "3", "4", "5", "6", "7", "8")
SHIPPED = shipped()
ROWS = [line.split() for line in AGREED.splitlines()]


def item(id_: str) -> Item:
    """An item of the shipped list."""
    found = SHIPPED.item(id_)
    assert found is not None
    return found


def test_all_items_are_there_in_order() -> None:
    """66 items in 9 sections, none twice."""
    assert [one.id for one in SHIPPED.items] == [row[0] for row in ROWS]
    assert [section.id for section in SHIPPED.sections] == list(SECTIONS)
    assert len(ROWS) == 66


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row[0]))
def test_an_item_is_decided_as_agreed(row: list[str]) -> None:
    """By its method, in its parts, with its signature."""
    id_, decides, signature, days, *subs = row
    one = item(id_)
    parts = [f"{sub.id}{_letter(sub.decides)}" for sub in one.subs] or ["-"]

    assert _letter(one.decides) == decides
    assert parts == subs
    assert (one.signature.kind if one.signature else "-") == signature
    if days != "-":
        assert one.signature
        assert one.signature.max_days == int(days)


def test_what_decides_is_spread_as_agreed() -> None:
    """A repository alone decides 26 items, and verifies 13 without anybody's signature."""
    alone = [
        one
        for one in SHIPPED.items
        if one.decides is Method.REPOSITORY
        and all(sub.decides is Method.REPOSITORY for sub in one.subs)
        and not (one.signature and one.signature.kind is SignatureKind.COSIGN)
    ]

    assert Counter(_letter(one.decides) for one in SHIPPED.items) == {
        "R": 26,
        "V": 18,
        "D": 14,
        "P": 8,
    }
    assert len(alone) == 13


def test_hard_gates_are_the_agreed_ones() -> None:
    """Without them no level above 1."""
    assert tuple(one.id for one in SHIPPED.items if one.hard_gate) == HARD_GATES


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_is_as_its_schema_says(section: str) -> None:
    """Every text in both languages, every key known."""
    folder = files("tenken.readiness") / "items"
    schema = json.loads((folder / "schema.json").read_text("utf-8"))
    read = read_yaml((folder / f"{section}.yaml").read_text("utf-8"))

    assert not isinstance(read, YamlError)
    assert [
        error.message for error in Draft202012Validator(schema).iter_errors(read[0].plain)
    ] == []


def test_the_gate_never_demands_more_than_a_method_gives() -> None:
    """What decides an item can reach what each tier demands, and A demands the most."""
    for one in SHIPPED.items:
        highest, middle, lowest = (one.demanded(tier) for tier in ("A", "B", "C"))

        assert lowest <= middle <= highest <= NEEDED[one.decides], one.id


def test_every_part_is_asked_for() -> None:
    """A part that no probe speaks for could never be proved; no probe names a part that is not."""
    for one in SHIPPED.items:
        uses = (*one.probes.repository, *one.probes.runtime, *one.probes.drill)
        named = {sub for use in uses for sub in use.subs}
        known = set(one.sub_ids) - {""}
        for_all = any(not use.subs for use in uses)

        assert named <= known, one.id
        persons = {sub.id for sub in one.subs if sub.decides is Method.PERSON}
        assert for_all or known - persons <= named, one.id


def test_every_repository_probe_is_written() -> None:
    """A name in the catalogue is a function; a function is named by the catalogue."""
    named = {use.probe for one in SHIPPED.items for use in one.probes.repository}

    assert named == set(probes())


def test_probes_are_named_once_per_item() -> None:
    """The same question twice would count its answer twice."""
    for one in SHIPPED.items:
        uses = (*one.probes.repository, *one.probes.runtime, *one.probes.drill)
        times = Counter(use.probe for use in uses)

        assert [name for name, count in times.items() if count > 1] == [], one.id


def test_the_digest_follows_the_content() -> None:
    """Every report names the checklist that it was made with."""
    assert SHIPPED.digest == shipped().digest
    assert SHIPPED.digest.startswith("sha256:")


def _letter(method: Method) -> str:
    return next(letter for letter, one in LETTERS.items() if one is method)
