"""Answers chat completions from the embedded model, in OpenAI's words, bounded and unhurried.

One thread computes (llama.cpp's threads wait for each other by spinning, which a shared machine
cannot bear), and no answer is longer than `TOKENS_MAX`.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from tenken.transport.message import Request
from tenken.transport.reply import Reply

TOKENS_MAX = 256
AT_ONCE = 2
JSON = (b"content-type", b"application/json")
EVENTS = (b"content-type", b"text/event-stream")
CHAT = "/v1/chat/completions"
Said = Mapping[str, Any]
"""What the model's library says: JSON of an answer, or of an event."""


class Model(Protocol):
    """A model that answers in this process; blocks until it has."""

    def chat(self, asked: Said, hear: Callable[[Said], bool] | None) -> Said | None:
        """Answer whole, or piece by piece to `hear`, which gives True to be spared the rest.

        Raises ValueError for what it cannot be asked.
        """
        ...


class _Asked(Struct):
    """The fields that we act on; the others go on as they are."""

    stream: bool = False
    max_tokens: int | None = None
    max_completion_tokens: int | None = None


class Answering:
    """A handler of the transport's server."""

    def __init__(self, model: Model, *, name: str) -> None:
        self._model = model
        self._name = name
        self._places = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, request: Request, reply: Reply) -> None:
        """Answer one request."""
        if request.method == "GET":
            self._page(request.path, reply)
            return
        if request.path != CHAT or request.method != "POST":
            _refuse(reply, 404, "There is only POST /v1/chat/completions and GET /v1/models")
            return
        try:
            asked, given = ASKED.decode(request.body), GIVEN.decode(request.body)
        except msgspec.DecodeError as error:
            _refuse(reply, 400, str(error))
            return
        given |= {"model": self._name, "max_tokens": _bounded(asked)}
        given.pop("max_completion_tokens", None)
        async with self._places:
            if asked.stream:
                await self._stream(given, reply)
            else:
                await self._whole(given, reply)

    def _page(self, path: str, reply: Reply) -> None:
        if path == "/v1/models":
            listed = {"id": self._name, "object": "model", "created": 0, "owned_by": "tenken"}
            reply.send(200, (JSON,), msgspec.json.encode({"object": "list", "data": [listed]}))
        elif path == "/healthz":
            reply.send(200, (JSON,), b"{}")
        else:
            _refuse(reply, 404, "There is only GET /v1/models and /healthz")

    async def _whole(self, given: dict[str, Any], reply: Reply) -> None:
        try:
            said = await asyncio.to_thread(self._model.chat, given, None)
        except ValueError as error:
            _refuse(reply, 400, str(error))
            return
        if said is None or "error" in said:
            _refuse(reply, 400, str((said or {}).get("error", {}).get("message", "")))
            return
        reply.send(200, (JSON,), msgspec.json.encode({**said, "model": self._name}))

    async def _stream(self, given: dict[str, Any], reply: Reply) -> None:
        loop, heard = asyncio.get_running_loop(), asyncio.Queue[Said | None]()
        left = False

        def hear(said: Said) -> bool:
            if not left:
                loop.call_soon_threadsafe(heard.put_nowait, said)
            return left

        def speak() -> None:
            try:
                if refused := self._model.chat(given, hear):
                    hear(refused)
            except ValueError as error:
                hear({"error": {"message": str(error)}})
            finally:
                loop.call_soon_threadsafe(heard.put_nowait, None)

        speaking = loop.run_in_executor(None, speak)
        try:
            await self._hand_on(heard, reply)
        finally:
            left = True
            await asyncio.shield(speaking)

    async def _hand_on(self, heard: "asyncio.Queue[Said | None]", reply: Reply) -> None:
        while (said := await heard.get()) is not None:
            if not reply.started:
                if "error" in said:
                    _refuse(reply, 400, str(said["error"].get("message", "")))
                    return
                reply.start(200, (EVENTS,))
            event = msgspec.json.encode({**said, "model": self._name})
            await reply.write(b"data: %b\n\n" % event)
        if reply.started:
            await reply.write(b"data: [DONE]\n\n")
            reply.end()
        else:
            _refuse(reply, 500, "The model said nothing")


def _bounded(asked: _Asked) -> int:
    wanted = asked.max_completion_tokens or asked.max_tokens or TOKENS_MAX
    return max(1, min(wanted, TOKENS_MAX))


def _refuse(reply: Reply, status: int, message: str) -> None:
    kind = "server_error" if status >= 500 else "invalid_request_error"
    body = {"error": {"message": message, "type": kind, "param": None, "code": None}}
    reply.send(status, (JSON,), msgspec.json.encode(body))


ASKED = msgspec.json.Decoder(_Asked)
GIVEN = msgspec.json.Decoder(dict[str, Any])
