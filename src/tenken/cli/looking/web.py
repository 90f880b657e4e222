"""Requests to addresses that a person named: bounded in time and size, and never redirected."""

import http.client
import ssl
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from tenken.errors import UsageError

LARGEST = 16 << 20
PART = 1 << 16


class Reply(Struct, frozen=True, kw_only=True):
    """What an address answered; status 0 where it did not."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    why_not: str = ""
    """Where it did not answer, or more than is read: a word for the cause, never an address."""

    @property
    def head(self) -> str:
        """The headers as lines."""
        return "\n".join(f"{name}: {value}" for name, value in self.headers)


class Site:
    """One origin, with the headers that open it. Whatever it redirects to is not asked."""

    def __init__(
        self,
        url: str,
        *,
        clock: Callable[[], float],
        headers: Mapping[str, str] | None = None,
        within_s: float = 30.0,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            raise UsageError("observe.no_url", url=url.rpartition("@")[2])
        self.url = url
        self._tls = parts.scheme == "https"
        self._at = (parts.hostname, parts.port or (443 if self._tls else 80))
        self._prefix = parts.path.rstrip("/")
        self._clock = clock
        self._headers = {"user-agent": "tenken-observe", "accept": "*/*", **(headers or {})}
        self._within_s = within_s

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Reply:
        """Give the whole answer; never raises for what the other side does."""
        until = self._clock() + self._within_s
        connection = self._connection()
        try:
            sent = {**self._headers, **(headers or {})}
            connection.request(method, f"{self._prefix}{path}", body=body, headers=sent)
            reply = connection.getresponse()
            return self._whole(reply, until)
        except TimeoutError:
            return Reply(status=0, why_not="timed out")
        except ssl.SSLError as error:
            return Reply(status=0, why_not=error.reason or "TLS")
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Reply(status=0, why_not=type(error).__name__)
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._at
        if not self._tls:
            return http.client.HTTPConnection(host, port, timeout=self._within_s)
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=self._within_s, context=context)

    def _whole(self, reply: http.client.HTTPResponse, until: float) -> Reply:
        body = bytearray()
        headers = tuple((name.lower(), value) for name, value in reply.getheaders())
        while part := reply.read1(PART):
            body += part
            if len(body) > LARGEST:
                return Reply(status=0, why_not="too large")
            if self._clock() > until:
                return Reply(status=0, why_not="timed out")
        return Reply(status=reply.status, headers=headers, body=bytes(body))
