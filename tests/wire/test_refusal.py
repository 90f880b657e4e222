"""A refusal is said in the shape of the API that was called."""

import json

import pytest

from tenken.sentence import say
from tenken.wire.api import Api
from tenken.wire.refusal import Kind, Refused, body_of, event_of, headers_of
from tenken.wire.sse import Events


def refused(status: int, kind: Kind = "invalid_request_error") -> Refused:
    return Refused(status=status, code="c", kind=kind, param="p", sentence=say("gateway.no_api"))


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (400, "invalid_request_error", "invalid_request_error"),
        (401, "authentication_error", "authentication_error"),
        (403, "permission_error", "permission_error"),
        (404, "not_found_error", "not_found_error"),
        (405, "invalid_request_error", "invalid_request_error"),
        (413, "invalid_request_error", "request_too_large"),
        (415, "invalid_request_error", "invalid_request_error"),
        (429, "requests", "rate_limit_error"),
        (429, "insufficient_quota", "billing_error"),
        (500, "server_error", "api_error"),
        (502, "server_error", "api_error"),
        (503, "server_error", "overloaded_error"),
        (504, "timeout_error", "timeout_error"),
    ],
)
def test_anthropic_s_types_follow_from_the_status(status: int, kind: Kind, said: str) -> None:
    """Its clients choose their error by the status, people read the type."""
    body = json.loads(
        body_of(refused(status, kind), api=Api.MESSAGES, message="no", request_id="r")
    )

    assert body == {
        "type": "error",
        "error": {"type": said, "message": "no"},
        "request_id": "r",
    }


@pytest.mark.parametrize("api", [Api.CHAT, Api.RESPONSES, Api.EMBEDDINGS])
def test_openai_s_shape_names_the_field(api: Api) -> None:
    """Type, code and parameter."""
    body = json.loads(body_of(refused(400), api=api, message="no", request_id="r"))

    assert body["error"] == {
        "message": "no",
        "type": "invalid_request_error",
        "param": "p",
        "code": "c",
    }


@pytest.mark.parametrize("api", list(Api))
def test_an_error_within_a_stream_is_one_event(api: Api) -> None:
    """Whatever the message holds."""
    sent = event_of(refused(502), api=api, message="a\n\ndata: [DONE]\r\r", request_id="r")

    [event] = Events().feed(sent)
    assert "a\n\ndata: [DONE]\r\r" in json.dumps(json.loads(event.data)).encode().decode(
        "unicode_escape"
    )


@pytest.mark.parametrize(("wait", "said"), [(0.0, b"1"), (0.2, b"1"), (1.2, b"2"), (30.0, b"30")])
def test_a_wait_is_whole_seconds(wait: float, said: bytes) -> None:
    """Never 0: who comes back too early is refused again."""
    one = Refused(status=429, code="c", sentence=say("gateway.no_api"), retry_after_s=wait)

    assert headers_of(one) == ((b"retry-after", said),)
