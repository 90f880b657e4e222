"""A stream that is looked at says what its screen lets pass, however its bytes are cut."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tenken.drills.provider.dialects.anthropic import AnthropicMessages
from tenken.drills.provider.dialects.openai_chat import OpenAIChat
from tenken.drills.provider.dialects.openai_responses import OpenAIResponses
from tenken.drills.provider.telling import Telling
from tenken.wire.words.streams.chat import ScreenedChat
from tenken.wire.words.streams.messages import ScreenedMessages
from tenken.wire.words.streams.responses import ScreenedResponses
from tenken.wire.words.streams.screened import Screen, Screened
from tenken.wire.words.words import Words

STOPPING = "STOP"
WORDS = "told instead"


class Holding:
    """Holds the last characters of each text back, and gives all of them in capitals."""

    def __init__(self, held: int) -> None:
        self._held = held
        self._texts: dict[str, str] = {}
        self.stopped = ""

    def told(self, channel: str, text: str) -> str:
        whole = self._texts.get(channel, "") + text
        if STOPPING in whole:
            self.stopped = WORDS
            return ""
        at = max(0, len(whole) - self._held)
        self._texts[channel] = whole[at:]
        return whole[:at].upper()

    def ended(self, channel: str) -> str:
        return self._texts.pop(channel, "").upper()

    def whole(self, words: Words) -> None:
        words.put(tuple([text.upper() for text, _ in words]))


def chatted(event: dict[str, Any]) -> str:
    choices = event.get("choices") or ()
    return "".join([one["delta"].get("content") or "" for one in choices])


def written(event: dict[str, Any]) -> str:
    return event["delta"].get("text", "") if event["type"] == "content_block_delta" else ""


def responded(event: dict[str, Any]) -> str:
    return event["delta"] if event["type"] == "response.output_text.delta" else ""


Reading = Callable[[dict[str, Any]], str]
APIS: dict[str, tuple[Callable[[Screen], Screened], Any, Reading]] = {
    "chat": (ScreenedChat, OpenAIChat(), chatted),
    "messages": (ScreenedMessages, AnthropicMessages(), written),
    "responses": (ScreenedResponses, OpenAIResponses(), responded),
}
each_api = pytest.mark.parametrize("name", APIS)
letters = st.characters(min_codepoint=32, max_codepoint=0x30FF, categories=["L", "N", "P"])
texts = st.text(letters, max_size=60)
few = settings(max_examples=25)


def streamed(name: str, text: str, *, held: int, size: int) -> list[dict[str, Any]]:
    """Give the events that the caller gets."""
    make, dialect, _ = APIS[name]
    sent = b"".join(dialect.pieces(Telling(number=0, model="m", text=text, input_tokens=3)))
    screened = make(Holding(held))
    got = b"".join([screened.feed(sent[at : at + size]) for at in range(0, len(sent), size)])
    lines = [line[6:] for line in (got + screened.close()).split(b"\n") if line[:6] == b"data: "]
    return [json.loads(line) for line in lines if line != b"[DONE]"]


@each_api
@few
@given(text=texts, held=st.integers(0, 40), size=st.integers(1, 400))
def test_all_of_it_arrives_as_it_was_let_pass(name: str, text: str, held: int, size: int) -> None:
    """Nothing is lost, nothing comes twice, whatever waits."""
    events = streamed(name, text, held=held, size=size)

    assert "".join([APIS[name][2](one) for one in events]) == text.upper()


@few
@given(text=texts, held=st.integers(0, 40), size=st.integers(1, 400))
def test_what_a_response_repeats_is_what_it_told(text: str, held: int, size: int) -> None:
    """In each event that has the text whole."""
    events = streamed("responses", text, held=held, size=size)

    [done] = [one["text"] for one in events if one["type"] == "response.output_text.done"]
    [last] = [one["response"] for one in events if one["type"] == "response.completed"]
    parts = [part["text"] for item in last["output"] for part in item.get("content", ())]
    assert done == text.upper()
    assert "".join(parts) == text.upper()
    assert [one["sequence_number"] for one in events] == list(range(len(events)))


@each_api
@few
@given(
    before=texts.filter(lambda text: STOPPING not in text.upper()),  # it is told in capitals
    after=texts,
    size=st.integers(1, 400),
)
@example(before="sTO", after="", size=1)
def test_nothing_follows_a_stop(name: str, before: str, after: str, size: int) -> None:
    """But the words that are told instead, and a valid end."""
    events = streamed(name, f"{before}{STOPPING}{after}", held=len(STOPPING), size=size)

    told = "".join([APIS[name][2](one) for one in events])
    if name == "responses":
        assert events[-1]["type"] == "response.incomplete"
        assert WORDS in json.dumps(events[-1])
    else:
        assert told.endswith(WORDS)
    assert STOPPING not in told
    assert told.removesuffix(WORDS).upper() in before.upper() + STOPPING
