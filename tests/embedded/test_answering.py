"""The embedded model answers in OpenAI's words: bounded, whole or streamed, errors as errors."""

import asyncio
import http.client
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from tenken.embedded.answering import TOKENS_MAX, Answering, Said
from tests.transport.wires import serving

ASKED = {"model": "any", "messages": [{"role": "user", "content": "hello"}]}


class Scripted:
    """A model that says the same each time, and remembers what it was asked."""

    def __init__(self, *pieces: Said) -> None:
        self.pieces = pieces
        self.asked: list[Said] = []
        self.spared = False

    def chat(self, asked: Said, hear: Callable[[Said], bool] | None) -> Said | None:
        self.asked.append(asked)
        if asked["messages"] == "bad":
            raise ValueError("Expected 'messages' to be an array")
        if hear is None:
            return self.pieces[0]
        for piece in self.pieces:
            if hear(piece):
                self.spared = True
                break
        return None


def ask(
    model: Scripted, given: object, *, path: str = "/v1/chat/completions"
) -> tuple[int, bytes]:
    async def asking() -> tuple[int, bytes]:
        async with serving(Answering(model, name="small")) as server:
            return await asyncio.to_thread(_post, server.address, path, given)

    return asyncio.run(asking())


def _post(address: tuple[str, int], path: str, given: object) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(*address, timeout=30)
    body = given if isinstance(given, bytes) else msgspec.json.encode(given)
    connection.request("GET" if given is None else "POST", path, body)
    answer = connection.getresponse()
    said = answer.status, answer.read()
    connection.close()
    return said


def test_an_answer_names_the_model_that_gave_it() -> None:
    """Whatever name it was asked under."""
    status, body = ask(Scripted({"choices": [1], "model": "path/of/file"}), ASKED)

    assert status == 200
    assert msgspec.json.decode(body) == {"choices": [1], "model": "small"}


@pytest.mark.parametrize(
    ("given", "bound"),
    [
        ({}, TOKENS_MAX),
        ({"max_tokens": 7}, 7),
        ({"max_completion_tokens": 9, "max_tokens": 7}, 9),
        ({"max_tokens": 10**9}, TOKENS_MAX),
        ({"max_tokens": -1}, 1),
    ],
)
def test_no_answer_is_longer_than_the_bound(given: dict[str, int], bound: int) -> None:
    """Whatever a caller asks for."""
    model = Scripted({"choices": []})

    ask(model, ASKED | given)

    assert model.asked[0]["max_tokens"] == bound
    assert "max_completion_tokens" not in model.asked[0]


def test_a_stream_is_events_with_an_end() -> None:
    """Each under the model's own name."""
    status, body = ask(Scripted({"n": 1}, {"n": 2}), ASKED | {"stream": True})

    assert status == 200
    events = [event.removeprefix(b"data: ") for event in body.split(b"\n\n")[:-1]]
    assert [msgspec.json.decode(event)["n"] for event in events[:-1]] == [1, 2]
    assert events[-1] == b"[DONE]"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "model", [Scripted({"error": {"message": "too long"}}), Scripted()], ids=["refused", "silent"]
)
def test_what_cannot_be_answered_is_an_error(model: Scripted, *, stream: bool) -> None:
    """With a status, before any stream has begun."""
    given: dict[str, Any] = ASKED | {"stream": stream, "messages": "bad"}
    status, body = ask(model, given)
    assert (status, msgspec.json.decode(body)["error"]["type"]) == (400, "invalid_request_error")

    if stream or model.pieces:
        status, body = ask(model, ASKED | {"stream": stream})
        assert status in {400, 500}
        assert "error" in msgspec.json.decode(body)


@pytest.mark.parametrize(
    ("path", "given", "status"),
    [
        ("/v1/models", None, 200),
        ("/healthz", None, 200),
        ("/", None, 404),
        ("/v1/embeddings", {}, 404),
        ("/v1/chat/completions", b"no json", 400),
        ("/v1/chat/completions", b"[]", 400),
        ("/v1/chat/completions", {"stream": "yes"}, 400),
    ],
)
def test_everything_else_is_told(path: str, given: object, status: int) -> None:
    """In the shape of the API."""
    found, body = ask(Scripted({}), given, path=path)

    assert found == status
    assert ("error" in msgspec.json.decode(body)) == (status >= 400)


def test_a_client_that_leaves_spares_the_model_the_rest() -> None:
    """And the next one finds its place free."""

    class Endless(Scripted):
        def chat(self, asked: Said, hear: Callable[[Said], bool] | None) -> Said | None:
            assert hear is not None
            self.asked.append(asked)
            while not hear({"content": "x" * 1000}):
                pass
            self.spared = True
            return None

    async def leaving() -> Endless:
        model = Endless()
        async with serving(Answering(model, name="small")) as server:
            reader, writer = await asyncio.open_connection(*server.address)
            body = msgspec.json.encode(ASKED | {"stream": True})
            writer.write(
                b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%b"
                % (len(body), body)
            )
            await reader.readuntil(b"data: ")
            writer.close()
        return model

    assert asyncio.run(leaving()).spared
