"""A body is read by the gateway as by the provider, or refused with the place of the fault."""

import json
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.wire.asked import Asked, BodyLimits
from tenken.wire.refusal import Refusal
from tenken.wire.requests import chat
from tenken.wire.splice import LARGE

LIMITS = BodyLimits()
GOOD = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}


def read(body: bytes, *, pass_through: frozenset[str] = frozenset()) -> Asked:
    return chat.read(body, limits=LIMITS, pass_through=pass_through)


def good(**more: object) -> bytes:
    return json.dumps({**GOOD, **more}).encode()


def refused(body: bytes) -> tuple[int, str, str | None]:
    with pytest.raises(Refusal) as told:
        read(body)
    one = told.value.refused
    return one.status, one.code, one.param


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        pytest.param(b"", "invalid_json", None, id="empty"),
        pytest.param(b"hello", "invalid_json", None, id="no JSON"),
        pytest.param(b"[]", "invalid_json", None, id="array"),
        pytest.param(b"\xef\xbb\xbf" + good(), "invalid_json", None, id="BOM"),
        pytest.param('{"model":"m"}'.encode("utf-16"), "invalid_json", None, id="UTF-16"),
        pytest.param(good() + b"{}", "invalid_json", None, id="two objects"),
        pytest.param(good(temperature=float("nan")), "invalid_number", "temperature", id="NaN"),
        pytest.param(
            good(logit_bias={"1": float("inf")}), "invalid_number", "logit_bias.1", id="Infinity"
        ),
        pytest.param(good()[:-1] + b', "seed": 1e400}', "invalid_number", "seed", id="1e400"),
        pytest.param(
            good()[:-1] + b', "metadata": {"a": 1e400}}', "invalid_number", "metadata.a",
            id="unread 1e400",
        ),
        pytest.param(
            good()[:-1] + b', "seed": ' + b"9" * 5000 + b"}", "invalid_number", "seed", id="digits"
        ),
        pytest.param(good(user="\ud800"), "invalid_unicode", "user", id="lone surrogate"),
        pytest.param(
            good().replace(b"hello", b"\xff"), "invalid_unicode", "messages[0].content",
            id="no UTF-8",
        ),
        pytest.param(
            good()[:-1] + b', "metadata": ' + b"[" * 65 + b"]" * 65 + b"}", "too_deep", None,
            id="deep",
        ),
        pytest.param(
            b"[" * 100_000, "too_deep", None, id="very deep"
        ),
        pytest.param(b'{"model": "m"}', "missing_required_parameter", "messages", id="none"),
        pytest.param(good(messages=[]), "missing_required_parameter", "messages", id="no message"),
        pytest.param(good(messages={}), "missing_required_parameter", "messages", id="no list"),
        pytest.param(
            good(messages=[{"content": "x"}]), "missing_required_parameter", "messages[0].role",
            id="no role",
        ),
        pytest.param(
            good(messages=[*GOOD["messages"], {"role": "boss", "content": "x"}]),
            "invalid_value", "messages[1].role", id="unknown role",
        ),
        pytest.param(
            good(messages=[{"role": "user"}]), "missing_required_parameter",
            "messages[0].content", id="no content",
        ),
        pytest.param(good(api_base="http://a"), "unknown_parameter", "api_base", id="unknown"),
        pytest.param(good(temperature=5), "invalid_value", "temperature", id="temperature"),
        pytest.param(good(top_p=-1), "invalid_value", "top_p", id="top_p"),
        pytest.param(good(n=10**6), "invalid_value", "n", id="n"),
        pytest.param(good(max_tokens=0), "invalid_value", "max_tokens", id="max_tokens 0"),
        pytest.param(good(max_tokens="100"), "invalid_value", "max_tokens", id="max_tokens text"),
        pytest.param(good(tools=[{}] * 10_000), "invalid_value", "tools", id="tools"),
        pytest.param(
            good(messages=[{"role": "user", "content": 3}]), "invalid_value",
            "messages[0].content", id="content is a number",
        ),
        pytest.param(
            good(messages=[{"role": "user", "content": None}]), "invalid_value",
            "messages[0].content", id="content is null",
        ),
        pytest.param(
            good(messages=[{"role": "user", "content": [{"type": "text", "text": 3}]}]),
            "invalid_value", "messages[0].content[0].text", id="text is a number",
        ),
        pytest.param(
            good(messages=[{"role": "user", "content": [{"type": "text", "text": "a", "x": 1}]}])
            .replace(b'"x": 1', b'"x": 1e400'), "invalid_number",
            "messages[0].content[0].x", id="1e400 in a part",
        ),
    ],
)  # fmt: skip
def test_a_bad_body_is_refused_with_its_place(body: bytes, code: str, param: str | None) -> None:
    """Always 400, always a code, and the path where there is one."""
    assert refused(body) == (400, code, param)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"model":"a","model":"b",' + good()[1:], id="model twice"),
        pytest.param(b'{"mod\\u0065l":"a",' + good()[1:], id="model escaped"),
        pytest.param(good().replace(b'"role"', b'"role": "system", "role"'), id="role twice"),
        pytest.param(
            good().replace(b'"content"', b'"content": "x", "cont\\u0065nt"'), id="content escaped"
        ),
        pytest.param(good(stream=True)[:-1] + b', "stream": false}', id="stream twice"),
        pytest.param(good(user="a")[:-1] + b', "user": "b"}', id="user twice"),
    ],
)
def test_a_field_that_is_there_twice_is_refused(body: bytes) -> None:
    """Which of two values a provider takes nobody knows."""
    assert refused(body)[:2] == (400, "duplicate_parameter")


@pytest.mark.parametrize(
    "body",
    [
        good(user="model", stop=["messages"], seed=1),
        good(messages=[{"role": "user", "content": 'role, "role" and \\u0041'}]),
        json.dumps({**GOOD, "user": "日本"}, ensure_ascii=True).encode(),
        good(tools=[{"type": "function", "function": {"name": "f", "parameters": {}}}]),
        good(messages=[{"role": "assistant", "tool_calls": []}, *GOOD["messages"]]),
        good(temperature=None, stream=None, max_tokens=None),
    ],
)
def test_what_only_looks_odd_is_read(body: bytes) -> None:
    """Names as values and escapes in text are no fault."""
    assert read(body).model == "m"


def test_fields_that_an_operator_allows_pass() -> None:
    """They are kept as bytes, and read by nobody."""
    asked = read(good(guided_json={"a": 1}), pass_through=frozenset({"guided_json"}))

    assert dict(asked.extra) == {"guided_json": msgspec.Raw(b'{"a":1}')} or list(asked.extra) == [
        "guided_json"
    ]
    assert b"guided_json" in asked.body


def test_what_is_acted_on_is_read() -> None:
    """Limits, the stream, the session's hint."""
    asked = read(
        good(stream=True, stream_options={"include_usage": True}, max_tokens=9, n=2, user="u")
    )

    assert (asked.stream, asked.wants_usage, asked.output_max) == (True, True, 9)
    assert (asked.choices, asked.user, asked.turns[0].role) == (2, "u", "user")


CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
CALLED = {"role": "assistant", "content": None, "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "c1", "content": "4"}


def tool(**function: object) -> dict[str, object]:
    return {"type": "function", "function": {"name": "f", **function}}


@pytest.mark.parametrize(
    ("more", "param"),
    [
        pytest.param({"messages": [RESULT]}, "messages[0].tool_call_id", id="no call"),
        pytest.param({"messages": [RESULT, CALLED]}, "messages[0].tool_call_id", id="too early"),
        pytest.param(
            {"messages": [CALLED, {**RESULT, "tool_call_id": "c2"}]}, "messages[1].tool_call_id",
            id="another call",
        ),
        pytest.param(
            {"messages": [CALLED, {"role": "tool", "content": "4"}]}, "messages[1].tool_call_id",
            id="no id",
        ),
        pytest.param(
            {"messages": [{**CALLED, "tool_calls": [CALL, CALL]}]},
            "messages[0].tool_calls[1].id", id="id twice",
        ),
        pytest.param(
            {"tools": [tool(), tool(parameters=[])]}, "tools[1].function.parameters", id="array"
        ),
        pytest.param(
            {"tools": [tool(parameters={"type": "string"})]},
            "tools[0].function.parameters.type", id="no object",
        ),
        pytest.param({"tools": [{"type": "function", "function": {}}]}, "tools[0].function",
                     id="no name"),
    ],
)  # fmt: skip
def test_tools_fit_together(more: dict[str, object], param: str) -> None:
    """A result answers a call, ids differ, a schema is one of an object."""
    assert refused(good(**more)) == (400, "invalid_tool_call", param)


def test_a_tool_s_turn_is_read() -> None:
    """Also where a model counts its calls anew in every turn."""
    turns = [CALLED, RESULT, CALLED, RESULT]

    assert len(read(good(messages=turns, tools=[tool(parameters={"type": "object"})])).turns) == 4


def picture(url: object) -> dict[str, object]:
    return {
        "role": "user",
        "content": [
            {"type": "text", "text": "what is it?"},
            {"type": "image_url", "image_url": {"url": url}},
        ],
    }


URL = "messages[0].content[1].image_url.url"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a.png", "http://localhost/a.png", "http://10.0.0.1:8080/", "http://[::1]/",
        "http://169.254.169.254/latest/meta-data", "http://2130706433/", "http://0x7f.1/",
        "http://0177.0.0.1/", "http://127.1/", "http://[::ffff:10.0.0.1]/", "http://[fe80::1]/",
        "http://metadata.google.internal/", "http://db.local/a", "http://db/a.png",
        "http://a@example.com/", "http://example.com\\@10.0.0.1/", "http://example.com%00.org/",
        "file:///etc/passwd", "ftp://example.com/a", "//example.com/a", "", "http://１２７.0.0.1/",
        "http://224.0.0.1/", "http://[2002:a00:1::]/", "http://0/", "gopher://example.com",
        "data:image/png;base64,@@@", "data:image/png;base64,iVBOR", "data:image/png;base64,",
        "data:text/html;base64,AAAA", "data:image/png,AAAA", "data:image/png;base64,AAAA\n",
    ],
)  # fmt: skip
def test_images_are_public_or_whole(url: str) -> None:
    """Whatever an address of our own network is spelt like."""
    assert refused(good(messages=[picture(url)])) == (400, "invalid_image", URL)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a.png?x=1#y", "http://8.8.8.8/a.png", "https://example.com:8443/a",
        "https://[2001:4860:4860::8888]/a", "data:image/png;base64,iVBORw0KGgo=",
    ],
)  # fmt: skip
def test_an_image_passes(url: str) -> None:
    """By a public address, or as data."""
    assert read(good(messages=[picture(url)])).turns[0].texts == ("what is it?",)


def test_images_are_counted() -> None:
    """In all messages together."""
    many = [picture("https://example.com/a.png")] * 501

    assert refused(good(messages=many))[:2] == (400, "invalid_image")


@pytest.mark.parametrize(
    "body",
    [
        good(messages=[picture("https://example.com")]).replace(
            b'"url"', b'"url": "http://10.0.0.1", "url"'
        ),
        good(messages=[picture("https://example.com")]).replace(
            b'"type": "text"', b'"type": "text", "typ\\u0065": "x"'
        ),
        good(messages=[CALLED, RESULT]).replace(b'"id"', b'"id": "c2", "id"'),
    ],
)
def test_a_field_within_a_message_is_there_once(body: bytes) -> None:
    """Images and calls are looked at, so nobody may read another value."""
    assert refused(body)[:2] == (400, "duplicate_parameter")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(sorted(chat.KNOWN)) | st.text(max_size=6), JSON))
def test_no_object_is_a_crash(value: dict[str, object]) -> None:
    """Any object is read or refused."""
    with suppress(Refusal):
        assert isinstance(read(json.dumps(value).encode()), Asked)


NAMES = st.sampled_from(["model", "user", "messages", "stream", "n", "seed", "stop"])


@given(
    st.lists(NAMES, max_size=5),
    st.booleans(),
    st.sampled_from([-1, 0, 1]),
    st.sampled_from([b"", b"\n", b" \r\n\t"]),
)
def test_no_name_is_read_twice(names: list[str], escaped: bool, indent: int, end: bytes) -> None:
    """Whatever spaces stand between: a body is read exactly where each name is there once."""
    values = {"model": "m", "messages": GOOD["messages"], "stream": False, "n": 1, "seed": 1}
    pairs: list[tuple[str, object]] = [("model", "m"), ("messages", GOOD["messages"])]
    pairs += [(name, values.get(name, "x")) for name in names]
    written = [(json.dumps(name), json.dumps(value)) for name, value in pairs]
    if escaped:
        written[-1] = (f'"\\u{ord(pairs[-1][0][0]):04x}{pairs[-1][0][1:]}"', written[-1][1])
    body = ("{" + ",".join(f"{name}:{value}" for name, value in written) + "}").encode()
    body = msgspec.json.format(body, indent=indent) + end

    if len({name for name, _ in pairs}) == len(pairs):
        assert read(body).model == "m"
    else:
        assert refused(body)[1] == "duplicate_parameter"


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_no_bytes_are_a_crash(body: bytes) -> None:
    """Neither are any bytes."""
    with pytest.raises(Refusal):
        read(body)


@given(
    st.sampled_from(["model", "messages", "stream", "user", "temperature", "seed", "role"]),
    st.sampled_from(['"x"', "null", "1", "true", '"say \\"x\\""', '"\\u0022\\u0022"']),
    st.sampled_from(["plain", "日本", 'quoted "text"', "\\", '"":"']),
    st.booleans(),
)
def test_a_plain_body_that_says_more_than_is_read_is_refused(
    name: str, value: str, text: str, escaped: bool
) -> None:
    """A name that stands there twice, wherever, and whatever marks stand in texts beside it."""
    fields = {
        "model": "m", "messages": [{"role": "user", "content": text}], "stream": False,
        "user": "u", "temperature": 0.5, "seed": 1,
    }  # fmt: skip
    body = json.dumps(fields, ensure_ascii=False)
    assert read(body.encode()).turns[0].texts == (text,)
    written = name[:-1] + f"\\u{ord(name[-1]):04x}" if escaped else name
    twice = f'"{written}": {value},'
    at = body.index("{", 1) + 1 if name == "role" else 1
    assert refused((body[:at] + twice + body[at:]).encode())[0] == 400


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4), st.text(), st.booleans())
def test_marks_of_a_large_body_are_those_that_its_texts_have_and_the_rest(
    texts: list[str], user: str, marked: bool
) -> None:
    """Nobody writes it again to count them."""
    said = [{"role": "user", "content": text + '"' * marked} for text in texts]
    body = json.dumps({"model": "m", "messages": said, "user": user}, ensure_ascii=False)
    read_in_it = chat.PLAIN.decode(body.encode("utf-8", "replace"))

    large = chat.marks(read_in_it, LARGE + 1)

    assert large == chat.marks(read_in_it, 0) == body.count('"')


def test_a_large_body_with_a_name_twice_is_refused() -> None:
    """However much stands between the two."""
    body = good(messages=[{"role": "user", "content": 'say "x" ' * (LARGE // 8)}])

    assert read(body).model == "m"
    assert refused(body[:-1] + b', "model": "other"}')[1] == "duplicate_parameter"
