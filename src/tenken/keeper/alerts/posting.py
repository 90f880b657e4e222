"""Sends one request to a receiver: to an address that was checked, and to no other.

Encrypted, or on a network of one's own where the settings allow that. Nothing is followed: an
answer that points elsewhere is a failure. What is noted of an answer is short and holds no key.
"""

import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from ssl import SSLSocket
from threading import Event, Timer
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct, field

from tenken.transport.addresses import is_public
from tenken.transport.tls import client_context

CONNECT_S = 5.0
STEP_S = 10.0
WHOLE_S = 20.0
"""A receiver that answers byte by byte is cut off after this."""
SENT_MOST = 256 * 1024
READ_MOST = 4096
NOTED = 120
TELLING = 6
"""Shorter parts of an address give nothing away."""
NEVER = frozenset({400, 405, 406, 411, 413, 414, 415, 422})
"""What the same bytes will be answered with again; the others may be mended by somebody."""


class NotSent(Exception):
    """It has not arrived; `final` where trying again changes nothing."""

    def __init__(self, why: str, *, final: bool = False, after_s: float | None = None) -> None:
        """`after_s` is when to try again, where the receiver says so."""
        super().__init__(why)
        self.why = why
        self.final = final
        self.after_s = after_s


class Post(Struct, frozen=True, kw_only=True):
    """A request to a receiver."""

    url: str
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    """What may stand in no note, whatever the receiver answers."""
    allow_private: bool = False
    heard: Callable[[str], str] | None = None
    """Gives what is noted of an answer of 200, or raises NotSent: to some that says nothing."""
    read_most: int = READ_MOST


def post(request: Post) -> str:
    """Send it; gives what is noted of the answer, raises NotSent."""
    if len(request.content) > SENT_MOST:
        raise NotSent("too_large", final=True)
    place = _place(request.url)
    _checked(place, allow_private=request.allow_private)
    try:
        return _sent(request, place)
    except TimeoutError as error:
        raise NotSent("timeout") from error
    except (OSError, HTTPException) as error:
        raise NotSent(type(error).__name__) from error


def checked_addresses(
    host: str, port: int, *, allow_private: bool, encrypted: bool = True
) -> tuple[str, ...]:
    """Give the addresses of a host that may be connected to; raises NotSent.

    What is not encrypted stays on a network of one's own.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotSent("unknown_host") from error
    addresses = dict.fromkeys(str(one[4][0]) for one in found)
    allowed = tuple(one for one in addresses if allow_private or is_public(one))
    if not allowed:
        raise NotSent("forbidden_address")
    if encrypted:
        return allowed
    near = tuple(one for one in allowed if not is_public(one))
    if not near:
        raise NotSent("unencrypted")
    return near


def _place(url: str) -> SplitResult:
    try:
        place = urlsplit(url)
        _ = place.port  # read here, where what is no port is told as such
    except ValueError as error:
        raise NotSent("not_an_address") from error
    return place


def _checked(place: SplitResult, *, allow_private: bool) -> None:
    if not place.hostname or place.scheme not in {"http", "https"}:
        raise NotSent("not_an_address")
    if place.scheme == "http" and not allow_private:
        raise NotSent("unencrypted")  # before anything is looked up


def _sent(request: Post, place: SplitResult) -> str:
    tls = place.scheme == "https"
    host, port = place.hostname or "", place.port or (443 if tls else 80)
    addresses = checked_addresses(host, port, allow_private=request.allow_private, encrypted=tls)
    stream = _connected(addresses, port)
    connection = HTTPConnection(host, port)
    try:
        if tls:
            # Its handshake is part of the time that is measured below.
            stream = client_context().wrap_socket(
                stream, server_hostname=host, do_handshake_on_connect=False
            )
        connection.sock = stream
        with _for_so_long(stream, WHOLE_S):
            if isinstance(stream, SSLSocket):
                stream.do_handshake()
            return _answered(request, place, connection)
    finally:
        connection.close()
        stream.close()


def _connected(addresses: Sequence[str], port: int) -> socket.socket:
    """Connect to the first that answers."""
    for address in addresses[:-1]:
        with suppress(OSError):
            return _opened(address, port)
    return _opened(addresses[-1], port)


def _opened(address: str, port: int) -> socket.socket:
    stream = socket.create_connection((address, port), timeout=CONNECT_S)
    stream.settimeout(STEP_S)
    return stream


@contextmanager
def _for_so_long(stream: socket.socket, seconds: float) -> Iterator[None]:
    """Cut a connection off after a time, however busy it is."""
    over = Event()

    def cut_off() -> None:
        over.set()
        with suppress(OSError):
            stream.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, cut_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, HTTPException) as error:
        raise (TimeoutError() if over.is_set() else error) from error
    finally:
        timer.cancel()
    if over.is_set():  # what was cut off in its head looks like an answer with nothing behind it
        raise TimeoutError


def _answered(request: Post, place: SplitResult, connection: HTTPConnection) -> str:
    target = f"{place.path or '/'}{'?' + place.query if place.query else ''}"
    headers = {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "tenken",
        "connection": "close",
        **request.headers,
    }
    connection.request("POST", target, request.content, headers)
    answer = connection.getresponse()
    said = answer.read(request.read_most).decode("utf-8", "replace")
    note = _note(answer.status, said, (*request.secrets, *_hidden(request, place)))
    if 200 <= answer.status < 300:
        return note if request.heard is None else f"{answer.status} {request.heard(said)}"
    raise NotSent(
        note, final=answer.status in NEVER, after_s=_seconds(answer.getheader("retry-after"))
    )


def _hidden(request: Post, place: SplitResult) -> Iterator[str]:
    """Give the parts of an address that is a secret: an answer may name the path it was asked."""
    if request.url in request.secrets:
        parts = (*place.path.split("/"), *place.query.replace("=", "&").split("&"))
        whole = (place.path, place.query, place.password or "")
        yield from (part for part in (*whole, *parts) if len(part) >= TELLING)


def _note(status: int, said: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        if secret:
            said = said.replace(secret, "***")
    plain = "".join(char if char.isprintable() else " " for char in said)
    return f"{status} {' '.join(plain.split())[:NOTED]}".strip()


def _seconds(said: str | None) -> float | None:
    return float(said) if said and said.isascii() and said.isdigit() else None
