"""A browser's manners without a browser: requests to an ASGI application, with its cookies."""

import asyncio
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct
from starlette.types import ASGIApp, Message, Scope

HOST = "127.0.0.1:8090"


class Answer(Struct, frozen=True, kw_only=True):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    set_cookies: tuple[str, ...]
    body: bytes

    @property
    def text(self) -> str:
        """Give the body as text."""
        return self.body.decode()


class Client:
    """Somebody at a browser."""

    def __init__(self, app: ASGIApp, *, host: str = HOST, scheme: str = "http") -> None:
        self._app = app
        self.host = host
        self.scheme = scheme
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page."""
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, fields: Mapping[str, str], **headers: str) -> Answer:
        """Send a form as a browser does."""
        own = {
            "content-type": "application/x-www-form-urlencoded",
            "origin": f"{self.scheme}://{self.host}",
            "sec-fetch-site": "same-origin",
        }
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", path, headers={**own, **named}, body=urlencode(fields).encode())

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """Ask for anything."""
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        said = {"host": self.host, "content-length": str(len(body)), **(headers or {})}
        said |= {"cookie": jar} if jar else {}
        said = {name.replace("_", "-"): value for name, value in said.items() if value}
        answer = asyncio.run(self._asked(method, path, said, body))
        for text in answer.set_cookies:
            for name, morsel in SimpleCookie(text).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.cookies[name]
        return answer

    async def _asked(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        where, _, query = path.partition("#")[0].partition("?")
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        scope: Scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
            "path": where, "raw_path": where.encode(), "query_string": query.encode(),
            "root_path": "", "scheme": self.scheme, "client": ("127.0.0.1", 5000),
            "server": ("127.0.0.1", 8090),
            "headers": raw,
        }  # fmt: skip
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        return _answer(sent)


def _answer(sent: list[Message]) -> Answer:
    start: Any = next(one for one in sent if one["type"] == "http.response.start")
    pairs = [(name.decode(), value.decode()) for name, value in start["headers"]]
    return Answer(
        status=start["status"],
        headers=dict(pairs),
        set_cookies=tuple(value for name, value in pairs if name == "set-cookie"),
        body=b"".join(one.get("body", b"") for one in sent),
    )
