"""`Idempotency-Key`: a request that comes again is answered as the first time, by no second call.

A key is the caller's own and stands for one request of it. While that goes on, a repetition is
asked to come again in a second; another request under the same key is refused. What failed gave no
answer: its key is free again.
"""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn, Protocol, assert_never

import msgspec
from msgspec import Struct

from tenken.gateway.flow import Flow
from tenken.gateway.repeating.again import Settle, copied, say_again
from tenken.gateway.repeating.copied import Copied, Said
from tenken.sentence import say
from tenken.store.repeats.repeats import (
    Claim,
    Done,
    Going,
    New,
    Other,
    Repeats,
    Unavailable,
)
from tenken.transport.message import every
from tenken.wire.refusal import Refusal, Refused

HEADER = b"idempotency-key"
LONGEST = 255
SPARE_US = 5_000_000
"""Beyond its deadline a request is surely over."""
MARK = ((b"idempotent-replayed", b"true"),)
DECODER = msgspec.msgpack.Decoder(Said)


class OncePlan(Struct, frozen=True, kw_only=True):
    """How long answers are kept, and how large ones."""

    kept_us: int = 86_400 * 1_000_000
    answer_max: int = 1 << 20


class Sealing(Protocol):
    """Makes an answer readable for its own request only."""

    def seal(self, answer: bytes, *, nonce: bytes) -> bytes:
        """Give what can be kept."""
        ...

    def open(self, kept: bytes) -> bytes | None:
        """Give the answer."""
        ...


class _First(Struct, eq=False, kw_only=True):
    """Ends the claim of a request that is served."""

    claim: Claim
    sealed: Sealing
    reply: Copied
    repeats: Repeats
    plan: OncePlan
    nonce: bytes
    mine: bool = True
    """As far as is known."""

    async def answered(self, flow: Flow, last: bytes) -> None:
        """Keep the answer before anybody has all of it: whoever has it may ask for it again."""
        if not self.mine:
            return
        stream = flow.asked is not None and flow.asked.stream
        said = self.reply.with_last(last, stream=stream)
        answer = b""
        if said is not None:
            answer = self.sealed.seal(msgspec.msgpack.encode(said), nonce=self.nonce)
        self.mine = False
        with suppress(Unavailable):  # the claim ends by itself
            until = self.claim.now + self.plan.kept_us
            await self.repeats.keep(self.claim, answer, until=until)

    async def over(self, flow: Flow) -> None:  # noqa: ARG002 - a `Closing`
        """Free the key where there was no answer."""
        if self.mine:
            with suppress(Unavailable):
                await self.repeats.release(self.claim)


class Once:
    """Finds repetitions."""

    def __init__(
        self,
        repeats: Repeats,
        plan: OncePlan,
        *,
        token: Callable[[int], str],
        settle: Settle,
    ) -> None:
        self._repeats = repeats
        self._plan = plan
        self._token = token
        self._settle = settle

    async def __call__(self, flow: Flow) -> None:
        """Claim the key, or answer as before; raises Refusal and Answered."""
        key = plain(every(flow.request.headers, HEADER))
        body, caller = flow.request.body, flow.caller.id
        claim = Claim(
            key=_digest(caller.encode(), key),
            request=_digest(flow.request.path.encode(), body),
            now=flow.at,
            until=flow.at + round((flow.deadline.at - flow.began) * 1_000_000) + SPARE_US,
        )
        # Here, not above: a cipher's library is seven megabytes, and few callers send a key.
        from tenken.gateway.repeating.sealed import NONCE, Sealed  # noqa: PLC0415

        sealed = Sealed(caller, key, body)
        first = _First(
            claim=claim,
            sealed=sealed,
            reply=copied(flow, most=self._plan.answer_max),
            repeats=self._repeats,
            plan=self._plan,
            nonce=bytes.fromhex(self._token(NONCE)),
        )
        # Before it is asked: who leaves meanwhile, or hears nothing, may have claimed it.
        flow.closing = (*flow.closing, first)
        try:
            found = await self._repeats.claim(claim)
        except Unavailable as error:
            raise Refusal(UNKNOWN) from error
        if isinstance(found, New):
            return
        first.mine = False
        await self._again(flow, found, sealed)

    async def _again(self, flow: Flow, found: Going | Other | Done, sealed: Sealing) -> NoReturn:
        match found:
            case Going():
                raise Refusal(IN_PROGRESS)
            case Other():
                raise Refusal(MISMATCH)
            case Done(answer=answer):
                opened = sealed.open(answer) if answer else None
                if opened is None:
                    raise Refusal(NOT_KEPT)
                await say_again(flow, DECODER.decode(opened), MARK, settle=self._settle)
            case _:
                assert_never(found)


def plain(said: tuple[bytes, ...]) -> bytes:
    """Give the key; raises Refusal where it is none."""
    [key, *more] = said
    if more or not 0 < len(key) <= LONGEST or not key.isascii():
        raise Refusal(BAD)
    return key


def _digest(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(hashlib.sha256(one).digest() for one in parts)).digest()


NAME = "Idempotency-Key"
BAD = Refused(
    status=400,
    code="invalid_value",
    param=NAME,
    sentence=say("gateway.bad_repeat_key", most=LONGEST),
)
MISMATCH = Refused(
    status=422,
    code="idempotency_mismatch",
    param=NAME,
    sentence=say("gateway.other_request"),
    should_retry=False,
)
IN_PROGRESS = Refused(
    status=409,
    code="idempotency_in_progress",
    param=NAME,
    sentence=say("gateway.in_progress"),
    retry_after_s=1.0,
    should_retry=True,
)
NOT_KEPT = Refused(
    status=409,
    code="idempotency_not_kept",
    param=NAME,
    sentence=say("gateway.not_kept"),
    should_retry=False,
)
UNKNOWN = Refused(
    status=503,
    code="idempotency_unavailable",
    kind="server_error",
    sentence=say("gateway.repeats_unknown"),
    retry_after_s=1.0,
)
