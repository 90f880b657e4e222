"""Puts a gateway together: the one place that knows all its parts."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from tenken.gateway.admit import Admit
from tenken.gateway.app import APIS, Gateway, Times
from tenken.gateway.calling.alive import KeepAlive
from tenken.gateway.calling.attempt import Attempting, answer_headers
from tenken.gateway.calling.call import Call
from tenken.gateway.calling.last import LastResort
from tenken.gateway.calling.rations import Rations
from tenken.gateway.calling.stream import Relay
from tenken.gateway.choose import Choose
from tenken.gateway.direct.direct import Direct
from tenken.gateway.direct.ends import Ends
from tenken.gateway.direct.lanes import Lanes
from tenken.gateway.direct.parts import Parts
from tenken.gateway.entering.door import Door
from tenken.gateway.flow import Flow
from tenken.gateway.hearing.hand import HandToken
from tenken.gateway.hearing.hear import Hear, Hearing
from tenken.gateway.house import Credentials, House
from tenken.gateway.identify import Authenticate, Inherit
from tenken.gateway.judging.asking import Asking
from tenken.gateway.judging.hearing import AskJudges
from tenken.gateway.judging.jury import Jury
from tenken.gateway.pages.besides import Besides
from tenken.gateway.plan import Plan
from tenken.gateway.read import Read
from tenken.gateway.repeating.cache import Cache
from tenken.gateway.repeating.once import Once, OncePlan
from tenken.gateway.repeating.stage import Again
from tenken.gateway.screening.inward import ScreenIn
from tenken.gateway.screening.keeping import KeepTexts
from tenken.gateway.settle import Bookkeeper, Committer
from tenken.gateway.stage import Stage, under
from tenken.journal.sealing import TextKey
from tenken.messages.speech import Speech
from tenken.policy.admission import AdmissionPlan
from tenken.store.counters.counters import Counters
from tenken.store.repeats.repeats import Repeats
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tenken.wire.asked import BodyLimits


class Outside(Protocol):
    """Time and chance, as they come from outside."""

    def wall(self) -> datetime:
        """Give the moment, in UTC."""
        ...

    def wall_us(self) -> int:
        """Give the same moment in microseconds since 1970."""
        ...

    def monotonic(self) -> float:
        """Give the seconds of a clock that never jumps: the event loop's."""
        ...

    def chance(self) -> float:
        """Give a number from 0 to 1."""
        ...

    def token(self, size: int) -> str:
        """Give random bytes, in hex."""
        ...


class Manner(Struct, frozen=True, kw_only=True):
    """How a gateway behaves, beyond its plan."""

    fingerprint_key: bytes
    body: BodyLimits = BodyLimits()
    serves_when_full: bool = False
    """Serve although nothing can be put on record."""
    admission: AdmissionPlan = AdmissionPlan()
    keep_alive_s: float = 12.0
    """A stream that is silent for so long gets a comment."""
    once: OncePlan = OncePlan()
    hearing: Hearing = Hearing()


class Records(Struct, frozen=True):
    """Where records go, and who is told of those that could not be kept."""

    committer: Committer
    unrecorded: Callable[[str], None]


def no_key() -> None:
    """Give the key of whoever stores no texts."""


def gateway(
    plan: Callable[[], Plan],
    *,
    house: House,
    credentials: Credentials,
    records: Records,
    counters: Counters,
    outside: Outside,
    manner: Manner,
    speech: Speech,
    pages: Callable[[Request, Reply], bool],
    on_fault: Callable[[Flow, Exception], None],
    authenticate: Authenticate | None = None,
    repeats: Repeats | None = None,
    text_key: Callable[[], TextKey | None] = no_key,
) -> Gateway:
    """Give the handler of requests; its stages stand in the order in which they are passed."""
    clock, key = outside.monotonic, manner.fingerprint_key
    parts = _parts(records, counters, credentials, outside=outside, manner=manner)
    known = authenticate or Authenticate()
    read = Read(limits=manner.body, fingerprint_key=key)
    call = _call(house, credentials=credentials, books=parts.books, outside=outside, manner=manner)
    stages: tuple[Stage, ...] = (
        Inherit(outside.token),
        known,
        read,
        parts.door,
        _again(repeats, manner, books=parts.books, outside=outside),
        parts.admit,
        *_handing(manner.hearing),
        KeepTexts(text_key, chance=outside.chance, token=outside.token),
        ScreenIn(key=key, limits=manner.body, clock=clock),
        *_chosen(counters, clock),
        AskJudges(_jury(house, credentials, counters, outside), call),
    )
    hear = _hear(manner, records.committer, plan, known, outside=outside, speech=speech)
    handler = Gateway(
        stages=stages,
        door=parts.door,
        books=parts.books,
        plan=plan,
        times=Times(outside.wall_us, clock),
        speech=speech,
        besides=Besides(APIS, hear=hear, pages=pages, chance=outside.token, speech=speech),
        on_fault=on_fault,
    )
    lanes = Lanes(lambda given: under(given, stages), house=house, read=read, books=parts.books)
    ends = Ends(handler, parts, call, limits=manner.body, outside=outside)
    handler.direct = Direct(parts, lanes, ends, plan, outside=outside, key=key)
    return handler


def _parts(
    records: Records,
    counters: Counters,
    credentials: Credentials,
    *,
    outside: Outside,
    manner: Manner,
) -> Parts:
    clock = outside.monotonic
    admit = Admit(counters, clock=clock, waiting=manner.admission)
    books = Bookkeeper(
        records.committer,
        limits=admit,
        clock=clock,
        serves_when_full=manner.serves_when_full,
        unrecorded=records.unrecorded,
    )
    door = Door(manner.admission, clock=clock)
    soon = asyncio.get_running_loop().call_soon
    return Parts(credentials=credentials, books=books, admit=admit, door=door, soon=soon)


def _hear(
    manner: Manner,
    committer: Committer,
    plan: Callable[[], Plan],
    known: Authenticate,
    *,
    outside: Outside,
    speech: Speech,
) -> Hear:
    return Hear(
        manner.hearing,
        records=committer,
        plan=plan,
        authenticate=known,
        wall_us=outside.wall_us,
        key=manner.fingerprint_key,
        chance=outside.token,
        speech=speech,
    )


def _handing(hearing: Hearing) -> tuple[Stage, ...]:
    return (HandToken(hearing.tokens),) if hearing.tokens else ()


def _chosen(counters: Counters, clock: Callable[[], float]) -> tuple[Stage, ...]:
    return (Choose(), Rations(counters, clock=clock))


def _again(
    repeats: Repeats | None, manner: Manner, *, books: Bookkeeper, outside: Outside
) -> Again:
    settle = books.answered
    once = None
    if repeats is not None:
        once = Once(repeats, manner.once, token=outside.token, settle=settle)
    return Again(once, Cache(clock=outside.monotonic, settle=settle))


def _call(
    house: House,
    *,
    credentials: Credentials,
    books: Bookkeeper,
    outside: Outside,
    manner: Manner,
) -> Call:
    clock = outside.monotonic
    attempt = Attempting(
        clock=clock,
        wall=outside.wall,
        credentials=credentials,
        settle=books.answer,
        relay=Relay(clock=clock, settle=books.answered, headers=answer_headers),
    )
    return Call(
        house,
        attempt=attempt,
        alive=KeepAlive(manner.keep_alive_s, headers=answer_headers),
        last=LastResort(settle=books.answered, headers=answer_headers),
        intent=books.intend,
        clock=clock,
        chance=outside.chance,
    )


def _jury(house: House, credentials: Credentials, counters: Counters, outside: Outside) -> Jury:
    clock = outside.monotonic
    asking = Asking(house, credentials, clock=clock, wall=outside.wall)
    return Jury(asking, counters, clock=clock, chance=outside.chance, token=outside.token)
