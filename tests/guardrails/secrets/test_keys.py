"""Every kind of key is found beside Japanese as beside English, and what only begins so is not."""

import pytest

from tenken.guardrails.secrets.keys import DETECTOR
from tenken.guardrails.secrets.kinds import KINDS, Group, Kind
from tenken.guardrails.text import Context, Direction, Origin, Text
from tenken.pattern import PatternSet
from tests.guardrails.secrets.drawing import drawn

ASKED = Context(direction=Direction.INWARD, origin=Origin.USER)
ALL = [(group, kind) for group, kinds in KINDS.items() for kind in kinds]
IDS = [f"{group}.{kind.name}" for group, kind in ALL]
AROUND = (
    "{}",
    "キーは{}です。",
    "「{}」を使う",
    "鍵、{}、は",
    "the key is {}.",
    'key = "{}"',
    "K={}\n",
)
GATES = PatternSet(DETECTOR.gates, memory=8 << 20)


def key_of(kind: Kind) -> str:
    number = "123456789" if kind.begins == ":AA" else ""
    return number + kind.begins + drawn(kind.rest, kind.name)


def found(text: str) -> list[tuple[str, str]]:
    return [(m.rule, text[m.start : m.end]) for m in DETECTOR.inspect(Text(text), ASKED)]


@pytest.mark.parametrize("group", KINDS)
def test_a_key_is_found_whatever_stands_around_it(group: Group) -> None:
    for kind in KINDS[group]:
        key = key_of(kind)
        for frame in AROUND:
            text = frame.format(key)
            assert found(text) == [(f"{group}.{kind.name}", key)], text
            assert GATES.found(text.lower()) != []


@pytest.mark.parametrize("group", KINDS)
def test_what_only_begins_so_is_no_key(group: Group) -> None:
    """A stand-in, the beginning alone in both languages, and the middle of a longer word."""
    for kind in KINDS[group]:
        rest = drawn(kind.rest, "another")
        for text in (
            kind.begins + "x" * len(rest),
            f"{kind.begins}で始まる",
            f"begins with {kind.begins}",
            f"task{kind.begins}{rest}",
        ):
            assert [value for _, value in found(text) if value.startswith(kind.begins)] == [], text


def test_there_are_kinds_enough() -> None:
    assert len(ALL) >= 100
    assert len(set(IDS)) == len(ALL)


def test_full_width_letters_are_read_and_offsets_stay() -> None:
    key = key_of(KINDS[Group.REPOSITORY][0])
    wide = "".join(chr(ord(character) + 0xFEE0) for character in key)

    (match,) = DETECTOR.inspect(Text(f"鍵は{wide}です"), ASKED)

    assert (match.start, match.end, match.view) == (2, 2 + len(key), "folded")
