"""Calls of one provider go on at another one that would not take their ids."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from tenken.wire.api import Api
from tenken.wire.pairs import DIALECTS
from tenken.wire.translate.conversation import Call, Result, Said
from tenken.wire.translate.ids import PLAIN, Ids
from tests.wire.translate.callers import CHAT, MESSAGES

IDS = Ids(longest=12)
TURNS = st.lists(
    st.lists(st.text("ab.:-", max_size=20), min_size=1, max_size=3, unique=True), max_size=6
)


def conversation(turns: list[list[str]]) -> tuple[Said, ...]:
    """Each turn calls, and has its results."""
    said: list[Said] = []
    for ids in turns:
        said.append(Said("assistant", tuple([Call(one, "f", Raw(b"{}")) for one in ids])))
        said.append(Said("user", tuple([Result(one, "f", "4") for one in ids])))
    return tuple(said)


def ids(said: tuple[Said, ...], kind: type[Call] | type[Result]) -> list[str]:
    return [
        block.id
        for one in said
        for block in one.blocks
        if isinstance(block, Call | Result) and isinstance(block, kind)
    ]


@given(TURNS)
def test_every_call_has_an_id_of_its_own_that_is_taken(turns: list[list[str]]) -> None:
    """And its result has the same."""
    found = IDS.of(conversation(turns))

    called = ids(found, Call)
    assert len(called) == len(set(called))
    assert all(0 < len(one) <= 12 and PLAIN.issuperset(one) for one in called)
    assert ids(found, Result) == called


@given(TURNS, st.integers(0, 6))
def test_what_was_said_before_stays_the_same(turns: list[list[str]], more: int) -> None:
    """A provider that has kept the beginning finds it again."""
    whole = IDS.of(conversation(turns))
    begun = IDS.of(conversation(turns[:more]))

    assert whole[: len(begun)] == begun


def test_ids_that_are_taken_stay_as_they_are() -> None:
    """Whoever gave them knows them."""
    said = conversation([["toolu_01", "call-2"]])

    assert IDS.of(said) == said


def test_many_calls_of_one_name_are_told_apart_at_once() -> None:
    """No name is tried again for each."""
    found = Ids(longest=64).of(conversation([["c"]] * 5_000))

    assert ids(found, Call)[-1] == "c-5000"


@pytest.mark.parametrize("side", ["anthropic", "bedrock"])
def test_a_conversation_goes_on_where_ids_are_refused(side: str) -> None:
    """Such as `functions.f:0`, which comes again in the next turn."""
    turn = [
        {
            "role": "assistant",
            "tool_calls": [
                {
                    "id": "functions.f:0",
                    "type": "function",
                    "function": {"name": "f", "arguments": "{}"},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "functions.f:0", "content": "4"},
    ]
    asked = CHAT.asked({"messages": [{"role": "user", "content": "a"}, *turn, *turn]})

    sent = DIALECTS[side][Api.CHAT].outgoing(asked, model="m").written

    assert sent.count(b'"functions_f_0"') == sent.count(b'"functions_f_0-2"') == 2


@pytest.mark.parametrize("side", ["openai", "compatible"])
def test_openai_is_said_no_id_that_is_too_long(side: str) -> None:
    """It keeps its letters otherwise: some models look for the tool's name in it."""
    long = "functions.f:" + "0" * 40
    use = {"type": "tool_use", "id": long, "name": "f", "input": {}}
    result = {"type": "tool_result", "tool_use_id": long, "content": "4"}
    said = [{"role": "assistant", "content": [use]}, {"role": "user", "content": [result]}]

    sent = DIALECTS[side][Api.MESSAGES].outgoing(MESSAGES.asked({"messages": said}), model="m")

    called, told = json.loads(sent.written)["messages"][1:3]
    assert called["tool_calls"][0]["id"] == told["tool_call_id"] == long[:40]
