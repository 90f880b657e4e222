"""The stage that looks at what goes in: masked, stopped, or let pass, and on record.

What was masked comes back in the answer. So a conversation that its caller sends whole each time
keeps its placeholders: they are numbered in the order in which values first appear in it. Where
the provider keeps the conversation nothing could be put back, and labels take the place of values.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tenken.gateway.flow import Flow
from tenken.gateway.passage import Passage
from tenken.gateway.plan import Plan
from tenken.gateway.prompting.provenance import marked
from tenken.gateway.screening.looking import looked_at
from tenken.gateway.screening.marking import chance_of, marked_out, token_of
from tenken.gateway.screening.masking import keep_asked
from tenken.guardrails.guard import Guard
from tenken.guardrails.masking.masks import Masks
from tenken.guardrails.policy.written import PromptsEntry
from tenken.guardrails.screening import Part
from tenken.guardrails.text import Context, Direction, Origin
from tenken.sentence import say
from tenken.wire.api import Api
from tenken.wire.asked import Asked, BodyLimits
from tenken.wire.refusal import Refusal, Refused
from tenken.wire.requests import chat, embeddings, messages, responses
from tenken.wire.words.agreed import agreed
from tenken.wire.words.asked import words_asked
from tenken.wire.words.words import Who, Words

BLOCKED = "content_blocked"
ORIGINS = {who: Origin(who.value) for who in Who}
GIVEN = frozenset({Origin.TOOL, Origin.RETRIEVED, Origin.FILE})
LARGE = 64 << 10
NOTHING_MORE = PromptsEntry()
Made = TypeVar("Made")


class ScreenIn:
    """Looks at a request's texts, where its plan has a guard."""

    def __init__(self, *, key: bytes, limits: BodyLimits, clock: Callable[[], float]) -> None:
        """`key` is for the marks of values: one for all of a service."""
        self._clock = clock
        self._key = key
        self._limits = limits

    def under(self, plan: Plan) -> "ScreenIn | None":
        """Look where there is something to look for."""
        return None if plan.guard is None else self

    def __call__(self, flow: Flow) -> Awaitable[None] | None:
        """Mask, or raise Refusal."""
        guard, asked = flow.plan.guard, flow.asked
        if guard is None or asked is None:
            return None
        return self._timed(flow, guard, asked)

    async def _timed(self, flow: Flow, guard: Guard, asked: Asked) -> None:
        began = self._clock()
        try:
            await self._look(flow, guard, asked)
        finally:
            flow.guarded_s += self._clock() - began

    async def _look(self, flow: Flow, guard: Guard, asked: Asked) -> None:
        small = len(asked.body) <= LARGE
        read = _read(asked) if small else await asyncio.to_thread(_read, asked)
        parts = read.parts
        if flow.prompted is not None:
            parts = marked(parts, flow.prompted.said)
        masks = None if asked.stored else Masks(self._key)
        use_case = flow.identity.use_case
        flow.passage = passage = Passage(
            guard, masks=masks, answer=held_against(parts, use_case), matches=flow.matches
        )
        passage.agreed, passage.kept = agreed(asked.api, read.body), flow.kept
        screening = await looked_at(guard, parts, asked_in(parts, use_case), masks)
        passage.note(screening)
        if screening.blocked:
            raise stopped(passage)
        if flow.kept is not None:
            await keep_asked(flow.kept, parts, asked_in(parts, use_case), masks)
        texts = self._marked(flow, passage, parts, screening.texts)
        if guard.policy.judges:
            passed = zip(parts, screening.texts, strict=True)
            passage.asked = tuple([replace(part, text=text) for part, text in passed])
        if texts != tuple([part.text for part in parts]):
            flow.asked = await beside(
                len(asked.body), lambda: again(asked, read.written(texts), self._limits)
            )

    def _marked(
        self, flow: Flow, passage: Passage, parts: tuple[Part, ...], texts: tuple[str, ...]
    ) -> tuple[str, ...]:
        """Put into the prompt what the policy wants in it."""
        policy = passage.guard.policy
        if policy.prompts == NOTHING_MORE or flow.api is Api.EMBEDDINGS:
            return texts
        request = f"{flow.id}\0{flow.trace.span}"  # a caller may send one id twice
        token = token_of(policy, parts, self._key, request)
        passage.answer = replace(passage.answer, canary=token)
        chance = chance_of(self._key, request)
        return marked_out(policy, parts, texts, token=token, chance=chance)


class _Reading(Struct, frozen=True, eq=False):
    """A body, and the texts in it."""

    body: Any
    words: Words
    parts: tuple[Part, ...]

    def written(self, texts: tuple[str, ...]) -> bytes:
        """Give the body with other texts in their places."""
        self.words.put(texts)
        return msgspec.json.encode(self.body)


def _read(asked: Asked) -> _Reading:
    body = msgspec.json.decode(asked.body)
    words = words_asked(asked.api, body)
    return _Reading(body, words, parts_of(words))


def parts_of(words: Words) -> tuple[Part, ...]:
    """Give texts as a guard takes them."""
    return tuple([Part(text=text, origin=ORIGINS[who]) for text, who in words])


async def beside(size: int, work: Callable[[], Made]) -> Made:
    """Do it now, or beside the others' requests where it is large."""
    return work() if size <= LARGE else await asyncio.to_thread(work)


def asked_in(parts: tuple[Part, ...], use_case: str) -> Context:
    """Give what a request is held against: what its user said before."""
    said = [part.text for part in parts if part.origin is Origin.USER]
    return Context(
        direction=Direction.INWARD,
        origin=Origin.USER,
        use_case=use_case,
        history=tuple(said[:-1]),
    )


def held_against(parts: tuple[Part, ...], use_case: str) -> Context:
    """Give what an answer is held against: the system's text, and what it is to rest on."""
    return Context(
        direction=Direction.OUTWARD,
        origin=Origin.ASSISTANT,
        use_case=use_case,
        system="\n".join([part.text for part in parts if part.origin is Origin.SYSTEM]),
        given=tuple([part.text for part in parts if part.origin in GIVEN]),
    )


def again(asked: Asked, body: bytes, limits: BodyLimits) -> Asked:
    """Read a body of ours as the caller's was read."""
    passing = frozenset(asked.extra)
    match asked.api:
        case Api.CHAT:
            return chat.read(body, limits=limits, pass_through=passing)
        case Api.RESPONSES:
            return responses.read(body, limits=limits, pass_through=passing)
        case Api.EMBEDDINGS:
            return embeddings.read(body, limits=limits, pass_through=passing)
        case Api.MESSAGES:
            # Its headers have been found good.
            read = messages.read(body, limits=limits, pass_through=passing)
            return replace(read, headers=asked.headers)


def stopped(passage: Passage) -> Refusal:
    """Tell the user what the policy says."""
    return Refusal(
        Refused(
            status=400,
            code=BLOCKED,
            sentence=say("gateway.stopped", told=passage.stopped),
            should_retry=False,
        )
    )
