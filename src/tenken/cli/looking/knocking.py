"""Knocks at a running service's doors from outside: with TLS, without, and as a stranger."""

import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from tenken.cli.looking.old_tls import Old, old_tls
from tenken.cli.looking.web import Reply, Site
from tenken.drills.prove.requests import Asking, Brief
from tenken.readiness.facts.observed.doors import DoorFacts, Listener, Stranger
from tenken.readiness.facts.observed.records import Kept

WITHIN_S = 10.0
CONNECT_S = 3.0
ANONYMOUS = (("POST", "/v1/chat/completions"), ("GET", "/v1/models"))
"""Routes of tenken's gateway that nobody may use without showing who they are."""
ABSENT = frozenset({404, 405})
REDIRECTS = frozenset({301, 302, 307, 308})


def knock(
    url: str, brief: Brief | None, *, now: datetime, clock: Callable[[], float]
) -> DoorFacts:
    """Look at one address; `brief` says which requests there are, else those of a gateway."""
    site = Site(url, clock=clock, within_s=WITHIN_S)
    strangers = tuple(_strangers(site, brief))
    listeners = (listener(url, clock),) if urlsplit(url).scheme == "https" else ()
    reached = any(one.status for one in strangers) or any(one.version for one in listeners)
    kept = Kept(latest=now, earliest=now) if reached else Kept()
    return DoorFacts(kept=kept, listeners=listeners, strangers=strangers)


def listener(url: str, clock: Callable[[], float]) -> Listener:
    """How an address of https takes TLS, and plain HTTP."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    version, why_not = _handshake(host, port)
    old = old_tls(host, port, WITHIN_S) if version else Old()
    return Listener(
        address=f"{host}:{port}",
        version=version,
        why_not=why_not,
        old=old.met,
        why_not_old=old.why_not,
        plain=_plain(host, port, clock),
    )


def _handshake(host: str, port: int) -> tuple[str, str]:
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((host, port), WITHIN_S) as raw,
            context.wrap_socket(raw, server_hostname=host) as wrapped,
        ):
            return wrapped.version() or "", ""
    except ssl.SSLError as error:
        return "", error.reason or "TLS"
    except OSError as error:
        return "", type(error).__name__


def _plain(host: str, port: int, clock: Callable[[], float]) -> str:
    """Whether anybody is answered without TLS, at this port or at that of plain HTTP.

    Empty where somebody listens and is too slow to tell.
    """
    met = [
        _met(Site(f"http://{host}:{each}", clock=clock, within_s=WITHIN_S).ask("/"), host, each)
        for each in dict.fromkeys((port, 80))
    ]
    return next((one for one in ("answered", "redirected", "") if one in met), "refused")


def _met(reply: Reply, host: str, port: int) -> str:
    if reply.why_not == "timed out" and _listens(host, port):
        return ""
    location = dict(reply.headers).get("location", "")
    if reply.status in REDIRECTS and location.startswith("https://"):
        return "redirected"
    # A server of TLS that says 400 to plain HTTP has answered nothing.
    return "answered" if reply.status and reply.status != 400 else "refused"


def _listens(host: str, port: int) -> bool:
    """Tell a port that a firewall keeps silent from one where somebody takes his time."""
    with suppress(OSError), socket.create_connection((host, port), CONNECT_S):
        return True
    return False


def _strangers(site: Site, brief: Brief | None) -> Iterator[Stranger]:
    if brief is None:
        for method, path in ANONYMOUS:
            body = b"{}" if method == "POST" else None
            reply = site.ask(path, method=method, body=body)
            if reply.status not in ABSENT:
                yield _stranger("anonymous", f"{method} {path}", reply)
        return
    header = brief.access.header.lower()
    for asking in _closed(brief):
        yield _stranger("anonymous", asking.route, _asked(site, asking, header, ""))
        for wrong in brief.access.wrong:
            yield _stranger(wrong.kind, asking.route, _asked(site, asking, header, wrong.value))


def _closed(brief: Brief) -> Iterable[Asking]:
    return (one for one in brief.requests if not one.public)


def _asked(site: Site, asking: Asking, header: str, value: str) -> Reply:
    headers = {name: each for name, each in asking.headers if name != header}
    shown = {header: value} if value else {}
    return site.ask(
        asking.path,
        method=asking.method,
        headers={"content-type": "application/json", **headers, **shown},
        body=asking.body.encode() or None,
    )


def _stranger(kind: str, route: str, reply: Reply) -> Stranger:
    return Stranger(
        kind=kind, route=route, status=reply.status, is_structured=_is_structured(reply.body)
    )


def _is_structured(body: bytes) -> bool:
    try:
        return "error" in msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, RecursionError):
        return False
