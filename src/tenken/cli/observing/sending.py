"""Sends an application its owner's requests, each with ids and made-up data to be found again."""

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from tenken.cli.inspecting.manifests import LONGEST_FILE
from tenken.cli.looking.web import Site
from tenken.cli.writing import read_text
from tenken.config.environment import process_environment
from tenken.drills.prove.planted import Planted, personal
from tenken.drills.prove.requests import MARK, Asking, Brief, brief_from
from tenken.drills.provider.hearing import CANARY
from tenken.readiness.facts.observed.records import Kept
from tenken.readiness.facts.observed.sent import Sent, SentFacts

LONGEST_ANSWER = 100_000
SEED_BITS = 31
PLANTED = frozenset({"email", "phone"})
"""What users really write; keys and card numbers would be turned away by many a guard."""


class Sending(Struct, frozen=True, kw_only=True):
    """What is sent, where, and how often."""

    app: str
    requests: Path
    times: int = 5


def brief_of(requests: Path) -> Brief:
    """The request file; raises Malformed with every problem in it."""
    text = read_text(requests, limit=LONGEST_FILE)
    return brief_from(text, file=str(requests), environment=process_environment())


def send(
    sending: Sending, *, now: Callable[[], datetime], clock: Callable[[], float]
) -> SentFacts:
    """Send every request that asks the model, one after the other."""
    brief = brief_of(sending.requests)
    site = Site(sending.app, clock=clock, within_s=brief.tolerances.answer_within_s)
    named = {*brief.alerts.critical, *brief.alerts.low}
    attacks = tuple(one for one in brief.requests if one.name in named)
    sent = tuple(
        _sent(site, asking, now, is_attack=asking.name in named)
        for _ in range(sending.times)
        for asking in (*brief.asking_the_model, *attacks)
    )
    times = [one.at for one in sent]
    return SentFacts(
        kept=Kept(latest=max(times, default=None), earliest=min(times, default=None)), sent=sent
    )


def _sent(
    site: Site, asking: Asking, now: Callable[[], datetime], *, is_attack: bool = False
) -> Sent:
    trace, span = secrets.token_hex(16), secrets.token_hex(8)
    request_id = f"tenken-{secrets.token_hex(8)}"
    mark = f"{CANARY}{secrets.token_hex(6)}" if MARK in asking.body else ""
    planted = tuple(_planted()) if mark and not is_attack else ()
    at = now()
    reply = site.ask(
        asking.path,
        method=asking.method,
        headers={
            "content-type": "application/json",
            **dict(asking.headers),
            "traceparent": f"00-{trace}-{span}-01",
            "x-request-id": request_id,
        },
        body=_saying(asking.body, mark, planted).encode(),
    )
    answer = reply.body[:LONGEST_ANSWER].decode("utf-8", "replace")
    return Sent(
        name=asking.name, at=at, trace=trace, span=span, request_id=request_id, mark=mark,
        canaries=tuple(one.value for one in planted),
        status=reply.status, headers=reply.head, answer=answer,
        is_attack=is_attack,
        served=reply.status in asking.statuses and asking.contains in answer,
    )  # fmt: skip


def _planted() -> Iterator[Planted]:
    """Made-up personal data, drawn anew: found again, it was stored from this very request."""
    drawn = personal(secrets.randbits(SEED_BITS))
    return (one for one in drawn if one.kind in PLANTED)


def _saying(body: str, mark: str, planted: tuple[Planted, ...]) -> str:
    """Put the mark where a user's text stands, and the made-up data beside it."""
    if not mark:
        return body
    text = " ".join([mark, *(one.text for one in planted)])
    return body.replace(MARK, msgspec.json.encode(text).decode()[1:-1])
