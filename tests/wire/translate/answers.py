"""Answers of any content, as each API tells them: whole and as a stream."""

import json
from collections.abc import Iterator, Mapping

from hypothesis import strategies as st
from msgspec import Struct, field

from tenken.wire.translate.told import Finish
from tenken.wire.usage import Usage


class Said(Struct, frozen=True):
    """What a model has said."""

    texts: tuple[str, ...]
    """The pieces of its text."""
    calls: tuple[tuple[str, str, dict[str, object]], ...] = ()
    """Id, name and arguments."""
    finish: Finish = "stop"
    usage: Usage = field(default_factory=lambda: Usage(source="provider"))

    @property
    def text(self) -> str:
        """The whole of it."""
        return "".join(self.texts)


COUNT = st.integers(0, 100_000)
USAGES = st.builds(
    Usage, input=COUNT, cache_read=COUNT, output=COUNT, reasoning=COUNT, source=st.just("provider")
)
ARGUMENTS = st.dictionaries(
    st.text(min_size=1, max_size=4), st.text(max_size=9) | COUNT, max_size=3
)
CALLS = st.lists(
    st.tuples(st.sampled_from(["c1", "c2", "c3"]), st.sampled_from(["f", "g"]), ARGUMENTS),
    max_size=2,
    unique_by=lambda call: call[0],
)


@st.composite
def answers(draw: st.DrawFn) -> Said:
    """Any answer: where tools are called, that is why it ends."""
    texts = draw(st.lists(st.text(min_size=1, max_size=12), max_size=4))
    calls = draw(CALLS)
    finish: Finish = "tools" if calls else draw(st.sampled_from(["stop", "length", "filter"]))
    called = tuple([(id_, name, dict[str, object](given)) for id_, name, given in calls])
    return Said(tuple(texts), called, finish, draw(USAGES))


def heard_from_chat(body: bytes) -> Said:
    """Read a whole chat completion as a client does."""
    whole = json.loads(body)
    [choice] = whole["choices"]
    message = choice["message"]
    calls = [_call(call["id"], call["function"]) for call in message.get("tool_calls", ())]
    text = message["content"]
    return Said((text,) if text else (), tuple(calls), _of_chat(choice), _usage(whole["usage"]))


def heard_from_chunks(stream: bytes) -> Said:
    """Read a stream of chunks as a client does."""
    texts: list[str] = []
    calls: list[dict[str, str]] = []
    finish: Finish = "stop"
    usage = Usage()
    *chunks, done = list(_events(stream))
    assert done == "[DONE]"
    for chunk in map(json.loads, chunks):
        usage = _usage(chunk["usage"]) if chunk.get("usage") else usage
        for choice in chunk["choices"]:
            delta = choice["delta"]
            texts += [delta["content"]] if delta.get("content") else []
            for call in delta.get("tool_calls", ()):
                if call["index"] == len(calls):
                    calls.append(
                        {"id": call["id"], "name": call["function"]["name"], "arguments": ""}
                    )
                calls[call["index"]]["arguments"] += call["function"]["arguments"]
            finish = _of_chat(choice) if choice["finish_reason"] else finish
    return Said(tuple(texts), tuple(_call(one["id"], one) for one in calls), finish, usage)


def _events(stream: bytes) -> Iterator[str]:
    for event in stream.decode().split("\n\n")[:-1]:
        yield event.partition("data: ")[2]


def _call(id_: str, function: Mapping[str, str]) -> tuple[str, str, dict[str, object]]:
    return (id_, function["name"], json.loads(function["arguments"]))


def _of_chat(choice: Mapping[str, str]) -> Finish:
    names: dict[str, Finish] = {"tool_calls": "tools", "content_filter": "filter"}
    found: dict[str, Finish] = {"stop": "stop", "length": "length", **names}
    return found[choice["finish_reason"]]


def _usage(told: Mapping[str, object]) -> Usage:
    read, written = told["prompt_tokens_details"], told["completion_tokens_details"]
    prompt, completion = told["prompt_tokens"], told["completion_tokens"]
    assert isinstance(read, dict)
    assert isinstance(written, dict)
    assert isinstance(prompt, int)
    assert isinstance(completion, int)
    return Usage(
        input=prompt - read["cached_tokens"],
        cache_read=read["cached_tokens"],
        output=completion - written["reasoning_tokens"],
        reasoning=written["reasoning_tokens"],
        source="provider",
    )


REASONS: Mapping[str, Finish] = {
    "end_turn": "stop",
    "max_tokens": "length",
    "tool_use": "tools",
    "refusal": "filter",
}


def heard_from_message(body: bytes) -> Said:
    """Read a whole message as a client does."""
    whole = json.loads(body)
    texts = tuple(block["text"] for block in whole["content"] if block["type"] == "text")
    calls = tuple(
        (block["id"], block["name"], block["input"])
        for block in whole["content"]
        if block["type"] == "tool_use"
    )
    return Said(texts, calls, REASONS[whole["stop_reason"]], _usage_of_message(whole["usage"]))


def heard_from_events(stream: bytes) -> Said:
    """Read a stream of events as a client does."""
    blocks: list[dict[str, str]] = []
    stopped = 0
    finish: Finish = "stop"
    usage = Usage()
    *events, last = [json.loads(event) for event in _events(stream)]
    assert (events[0]["type"], last["type"]) == ("message_start", "message_stop")
    for event in events:
        match event["type"]:
            case "content_block_start":
                assert event["index"] == len(blocks) == stopped
                blocks.append({**event["content_block"], "json": ""})
            case "content_block_delta":
                delta = event["delta"]
                field = "text" if delta["type"] == "text_delta" else "json"
                blocks[event["index"]][field] += delta.get("text") or delta.get("partial_json")
            case "content_block_stop":
                stopped += 1
            case "message_delta":
                finish = REASONS[event["delta"]["stop_reason"]]
                usage = _usage_of_message(event["usage"])
            case kind:
                assert kind == "message_start"
    assert stopped == len(blocks)
    texts = tuple(block["text"] for block in blocks if block["type"] == "text")
    calls = tuple(
        (block["id"], block["name"], json.loads(block["json"] or "{}"))
        for block in blocks
        if block["type"] == "tool_use"
    )
    return Said(texts, calls, finish, usage)


def _usage_of_message(told: Mapping[str, object]) -> Usage:
    written, details = told["output_tokens"], told["output_tokens_details"]
    read, cached = told["input_tokens"], told["cache_read_input_tokens"]
    assert isinstance(written, int)
    assert isinstance(read, int)
    assert isinstance(cached, int)
    assert isinstance(details, dict)
    thought = details["thinking_tokens"]
    return Usage(
        input=read,
        cache_read=cached,
        output=written - thought,
        reasoning=thought,
        source="provider",
    )
