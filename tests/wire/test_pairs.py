"""The table of pairs is complete, and what it says is what happens."""

import re
from itertools import product
from types import ModuleType

import msgspec
import pytest
from msgspec import Struct
from msgspec.structs import fields

from tenken.wire.api import Api
from tenken.wire.asked import Asked, BodyLimits
from tenken.wire.pairs import DIALECTS, PAIRS, STORED, Pair, speaks
from tenken.wire.refusal import Refusal
from tenken.wire.requests import chat, embeddings, messages, responses
from tenken.wire.translate import chat_caller, messages_caller
from tests.wire.translate import golden

KNOWN = {
    Api.CHAT: chat.KNOWN | {"image_url"},
    Api.RESPONSES: responses.KNOWN,
    Api.EMBEDDINGS: embeddings.KNOWN,
    Api.MESSAGES: messages.KNOWN | {"source"},
}
ASKED = [{"role": "user", "content": "a"}]
PICTURE = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{golden.PNG}"}}
IMAGE = {"type": "base64", "media_type": "image/png", "data": golden.PNG}
USE = {"type": "tool_use", "id": "c1", "name": "weather", "input": {}}
IN_RESULTS: dict[Api, object] = {
    Api.CHAT: [
        {"role": "assistant", "tool_calls": golden.CALLS},
        {"role": "tool", "tool_call_id": "c1", "content": [PICTURE]},
    ],
    Api.MESSAGES: [
        {"role": "assistant", "content": [USE]},
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "c1",
                    "content": [{"type": "image", "source": IMAGE}],
                }
            ],
        },
    ],
}
"""An image that a tool has given, by the API of the caller."""
VALUES: dict[str, object] = {
    "audio": {"voice": "alloy"},
    "context_management": {"edits": []},
    "frequency_penalty": 1,
    "function_call": "auto",
    "functions": [{"name": "f"}],
    "image_url (an address)": [
        {
            "role": "user",
            "content": [{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}],
        }
    ],
    "logit_bias": {"1": 1},
    "logprobs": True,
    "max_tokens (0)": 0,
    "messages.audio": [*ASKED, {"role": "assistant", "audio": {"id": "a"}}],
    "messages.content (audio, files)": [
        {"role": "user", "content": [{"type": "file", "file": {"file_id": "a"}}]}
    ],
    "messages.content (documents)": [
        {"role": "user", "content": [{"type": "document", "source": None}]}
    ],
    "messages.function_call": [
        *ASKED,
        {"role": "assistant", "function_call": {"name": "f", "arguments": "{}"}},
    ],
    "messages.role (system)": [*ASKED, {"role": "system", "content": "a"}],
    "messages.role (system, not at the beginning)": [*ASKED, {"role": "system", "content": "a"}],
    "messages.tool_calls.function.arguments (no object)": [
        *ASKED,
        {
            "role": "assistant",
            "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": "["}}],
        },
    ],
    "modalities": ["text", "audio"],
    "moderation": {"model": "m"},
    "n": 2,
    "output_format": {"type": "json_schema"},
    "parallel_tool_calls (false)": False,
    "prediction": {"type": "content", "content": "a"},
    "presence_penalty": 1,
    "response_format (json_object)": {"type": "json_object"},
    "response_format (no JSON)": {"type": "grammar"},
    "source (an address)": [
        {
            "role": "user",
            "content": [
                {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
            ],
        }
    ],
    "stop (more than 5)": list("abcdef"),
    "stop_sequences (more than 4)": list("abcdef"),
    "stop_sequences (more than 5)": list("abcdef"),
    "store": True,
    "temperature (above 1)": 1.5,
    "tool_choice (allowed_tools)": {"type": "allowed_tools", "allowed_tools": {}},
    "tool_choice (none)": "none",
    "tool_choice.disable_parallel_tool_use": {"type": "auto", "disable_parallel_tool_use": True},
    "tools (custom)": [{"type": "custom", "custom": {"name": "f"}}],
    "tools (none, after calls)": None,
    "tools (server tools)": [{"type": "bash_20250124", "name": "bash"}],
    "top_k": 3,
    "top_logprobs": 2,
    "web_search_options": {},
}
"""A value of each field that the table says is refused."""
IMAGES_IN_RESULTS = "messages.content (images in results)"
IN_MESSAGES = {"image_url (an address)", "source (an address)"}
TRANSLATED = [pair for pair in PAIRS if pair.how == "approximate"]


def test_every_pair_is_in_the_table_once() -> None:
    """Also those that are refused."""
    sides = dict.fromkeys(pair.side for pair in PAIRS)

    assert sorted((pair.side, pair.api) for pair in PAIRS) == sorted(product(sides, Api))
    assert set(sides) == set(DIALECTS) > STORED


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.api} at {pair.side}")
def test_a_pair_says_what_it_is(pair: Pair) -> None:
    """What is exact loses nothing, what is refused has no dialect, and all fields exist."""
    named = {name.partition(" (")[0].partition(".")[0] for name in (*pair.lost, *pair.refused)}

    assert (pair.dialect is None) is (pair.how == "refused")
    assert not (pair.lost and pair.how == "exact")
    assert named <= KNOWN[pair.api] | {"prompt"}


@pytest.mark.parametrize(
    ("known", "caller", "read"),
    [
        (chat.KNOWN, chat_caller, chat_caller.DECODER),
        (messages.KNOWN, messages_caller, messages_caller.DECODER),
    ],
)
def test_no_field_is_forgotten(
    known: frozenset[str], caller: ModuleType, read: "msgspec.json.Decoder[Struct]"
) -> None:
    """Every field of an API is said on, listed as lost, or refused."""
    said = {field.name for field in fields(read.type)}

    assert known - said - {*caller.LOST, *caller.UNSAYABLE} == {"model"} | (
        {"stream_options"} if caller is chat_caller else {"stream"}
    )


@pytest.mark.parametrize(
    ("pair", "name"),
    [
        pytest.param(pair, name, id=f"{pair.api} at {pair.side}: {name}")
        for pair in TRANSLATED
        for name in pair.refused
    ],
)
def test_what_is_listed_as_refused_is_refused(pair: Pair, name: str) -> None:
    """With the field's own name."""
    field = name.partition(" (")[0]
    value = IN_RESULTS[pair.api] if name == IMAGES_IN_RESULTS else VALUES[name]
    if name == "tool_choice (none)" and pair.api is Api.MESSAGES:
        value = {"type": "none"}
    body = "messages" if name in IN_MESSAGES else field.partition(".")[0]

    with pytest.raises(Refusal) as told:
        _said(pair, {body: value})

    assert told.value.refused.code == "unsupported_parameter"
    param = re.sub(r"\[\d+\]", "", told.value.refused.param or "")
    assert field in param or param.startswith(("tools", "tool_choice"))


@pytest.mark.parametrize(
    ("pair", "name"),
    [
        pytest.param(pair, name, id=f"{pair.api} at {pair.side}: {name}")
        for pair in TRANSLATED
        for name in pair.lost
        if "." not in name
    ],
)
def test_what_is_listed_as_lost_reaches_no_provider(pair: Pair, name: str) -> None:
    """And stops no request."""
    values: dict[str, object] = {
        "cache_control": {"type": "mark"}, "metadata": {"user_id": "mark"}, "seed": 424242,
        "thinking": {"type": "mark"},
    }  # fmt: skip
    value = values.get(name, "mark")
    others = {"user": None, "metadata": None, "seed": None}

    sent = _said(pair, {**{one: None for one in others if one in KNOWN[pair.api]}, name: value})

    assert b"mark" not in sent
    assert b"424242" not in sent


def _said(pair: Pair, more: dict[str, object]) -> bytes:
    dialect = DIALECTS[pair.side][pair.api]
    return dialect.outgoing(_asked(pair.api, more), model="m").written


def _asked(api: Api, more: dict[str, object]) -> Asked:
    if api is Api.CHAT:
        return chat.read(golden.body({**golden.CHAT, **more}), limits=BodyLimits())
    return messages.read(golden.body({**golden.MESSAGES, **more}), limits=BodyLimits())


@pytest.mark.parametrize(
    ("side", "body", "able"),
    [
        ("openai", {"model": "m", "input": "a"}, True),
        ("openai", {"model": "m", "input": "a", "store": True}, False),
        ("openai-stored", {"model": "m", "input": "a", "store": True}, True),
        ("gemini", {"model": "m", "input": "a"}, False),
    ],
)
def test_who_can_be_asked(side: str, body: dict[str, object], able: bool) -> None:
    """Those that have the API, and keep what must be kept."""
    asked = responses.read(golden.body(body), limits=BodyLimits())

    assert speaks(side, asked) is able
