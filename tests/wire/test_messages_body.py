"""Bodies of Anthropic's messages are read by the gateway as by the provider, or refused."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.wire.asked import Asked, BodyLimits, Turn
from tenken.wire.refusal import Refusal
from tenken.wire.requests import messages

GOOD: dict[str, object] = {
    "model": "m",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "hello"}],
}
VERSION = (b"anthropic-version", b"2023-06-01")
USE = {"type": "tool_use", "id": "t1", "name": "f", "input": {}}
USED = {"role": "assistant", "content": [USE]}
RESULT = {"type": "tool_result", "tool_use_id": "t1", "content": "4"}
TEXT = {"type": "text", "text": "a"}
RESULTED = {"role": "user", "content": [RESULT]}


def good(**more: object) -> bytes:
    return json.dumps({**GOOD, **more}).encode()


def read(body: bytes, *headers: tuple[bytes, bytes], allowed: str = "") -> Asked:
    allowing = frozenset({allowed} if allowed else ())
    return messages.read(body, limits=BodyLimits(), headers=headers, pass_through=allowing)


def said(*blocks: object, role: str = "user") -> dict[str, object]:
    return {"role": role, "content": list(blocks)}


def image(**source: object) -> dict[str, object]:
    return {"type": "image", "source": source}


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        pytest.param(b"", "invalid_json", None, id="empty"),
        pytest.param(good()[:-1] + b',"top_k":1e400}', "invalid_number", "top_k", id="1e400"),
        pytest.param(
            good()[:-1] + b',"thinking":{"a":1e400}}', "invalid_number", "thinking.a",
            id="unread 1e400",
        ),
        pytest.param(
            b'{"model":"m","messages":[]}', "missing_required_parameter", "messages",
            id="no message",
        ),
        pytest.param(
            json.dumps({"model": "m", "messages": GOOD["messages"]}).encode(),
            "missing_required_parameter", "max_tokens", id="no max_tokens",
        ),
        pytest.param(good(max_tokens=-1), "invalid_value", "max_tokens", id="max_tokens"),
        pytest.param(good(temperature=1.5), "invalid_value", "temperature", id="temperature"),
        pytest.param(
            good(messages=[{"role": "tool", "content": "x"}]), "invalid_value",
            "messages[0].role", id="role",
        ),
        pytest.param(
            good(messages=[{"role": "user", "content": None}]), "invalid_value",
            "messages[0].content", id="content",
        ),
        pytest.param(good(mcp_servers=[]), "unknown_parameter", "mcp_servers", id="mcp"),
        pytest.param(good(n=2), "unknown_parameter", "n", id="n"),
        pytest.param(
            good(messages=[RESULTED]), "invalid_tool_call", "messages[0].content[0].tool_use_id",
            id="result without use",
        ),
        pytest.param(
            good(messages=[said(USE, USE, role="assistant")]), "invalid_tool_call",
            "messages[0].content[1].id", id="id twice",
        ),
        pytest.param(
            good(tools=[{"name": "f", "input_schema": {"type": "string"}}]), "invalid_tool_call",
            "tools[0].input_schema.type", id="no schema of an object",
        ),
        pytest.param(
            good(tools=[{"name": "f"}]), "invalid_tool_call", "tools[0].input_schema",
            id="no schema",
        ),
        pytest.param(
            good(messages=[said(image(type="url", url="http://10.0.0.1/a"))]), "invalid_image",
            "messages[0].content[0].source.url", id="private image",
        ),
        pytest.param(
            good(messages=[said(image(type="base64", media_type="image/png", data="%%"))]),
            "invalid_image", "messages[0].content[0].source.data", id="no base64",
        ),
        pytest.param(
            good(messages=[USED, said({**RESULT, "content": [
                image(type="url", url="http://localhost/")]})]),
            "invalid_image", "messages[1].content[0].content[0].source.url", id="image of a tool",
        ),
    ],
)  # fmt: skip
def test_a_bad_body_is_refused_with_its_place(body: bytes, code: str, param: str | None) -> None:
    """Always 400, with the path where there is one."""
    with pytest.raises(Refusal) as told:
        read(body)

    one = told.value.refused
    assert (one.status, one.code, one.param) == (400, code, param)


@pytest.mark.parametrize(
    "body",
    [
        b'{"mod\\u0065l":"x",' + good()[1:],
        good().replace(b'"content"', b'"content":"x","content"'),
        good(messages=[said(TEXT)]).replace(b'"text": "a"', b'"text":"","text":"a"'),
        good(messages=[said(image(type="url", url="https://example.com/a"))]).replace(
            b'"url": "h', b'"url": "http://10.0.0.1", "url": "h'
        ),
        good(messages=[USED, said({**RESULT, "content": [TEXT]})]).replace(
            b'"text": "a"', b'"text": "", "text": "a"'
        ),
        good(metadata={"user_id": "a"}).replace(b'"user_id"', b'"user_id":"b","user_id"'),
    ],
)  # fmt: skip
def test_a_field_twice_is_refused(body: bytes) -> None:
    """Which of two values a provider takes nobody knows."""
    with pytest.raises(Refusal) as told:
        read(body)

    assert told.value.refused.code == "duplicate_parameter"


def test_what_is_acted_on_is_read() -> None:
    """Limits, the session's hint, who said what; all else passes unread."""
    asked = read(
        good(
            stream=True,
            system=[{"type": "text", "text": "be brief", "cache_control": {"type": "ephemeral"}}],
            metadata={"user_id": "u"},
            thinking={"type": "enabled", "budget_tokens": 1024},
            tools=[
                {"name": "f", "input_schema": {"type": "object"}},
                {"type": "bash", "name": "b"},
            ],
            messages=[GOOD["messages"][0], USED, RESULTED],  # type: ignore[index]
        )
    )

    assert (asked.stream, asked.output_max, asked.user, asked.tools) == (True, 100, "u", True)
    assert asked.turns[:2] == (Turn("system", ("be brief",)), Turn("user", ("hello",)))
    assert asked.headers == (VERSION,)


def test_headers_of_the_api_go_on() -> None:
    """Betas that only change how an answer is written; others where an operator lets them."""
    beta = b"interleaved-thinking-2025-05-14"

    asked = read(good(), VERSION, (b"anthropic-beta", beta), (b"x-other", b"1"))
    more = read(good(), (b"anthropic-beta", beta + b", own-1"), allowed="own-1")

    assert asked.headers == (VERSION, (b"anthropic-beta", beta))
    assert more.headers == (VERSION, (b"anthropic-beta", beta + b",own-1"))


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        (b"anthropic-beta", b"mcp-client-2025-11-20", "unknown_beta"),
        (b"anthropic-beta", b"a\r\nx: y", "unknown_beta"),
        (b"anthropic-version", b"latest", "invalid_value"),
    ],
)
def test_headers_that_nobody_allowed_are_refused(name: bytes, value: bytes, code: str) -> None:
    """They are never dropped in silence."""
    with pytest.raises(Refusal) as told:
        read(good(), (name, value))

    assert told.value.refused.code == code


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "source", "content", "id", "tool_use_id", "url", "data"]),
            inner | st.sampled_from(["image", "tool_result", "tool_use", "url", "base64"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.lists(JSON, min_size=1, max_size=3), JSON)
def test_no_content_is_a_crash(contents: list[object], tools: object) -> None:
    """Any value is read or refused."""
    body = good(messages=[{"role": "user", "content": one} for one in contents], tools=tools)

    with suppress(Refusal):
        assert isinstance(read(body), Asked)
