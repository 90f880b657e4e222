"""The stage that asks judges about a request, and what an answer is asked about later.

Where the silence of a judge would stop the text, the provider is called when it has spoken. Where
silence lets the text pass, the two are asked at once, and nothing is shown before the judge spoke.
"""

import asyncio
from collections.abc import Awaitable, Sequence

from tenken.gateway.flow import Flow
from tenken.gateway.judging.jury import Case, Jury, called, fails_closed
from tenken.gateway.judging.ratings import rated, raters
from tenken.gateway.passage import Passage
from tenken.gateway.plan import Plan
from tenken.gateway.screening.inward import GIVEN, stopped
from tenken.gateway.stage import Stage
from tenken.guardrails.screening import Part, Seen
from tenken.guardrails.text import Context, Direction, Origin
from tenken.wire.refusal import Refusal

BETWEEN = "\n\n"
OURS = frozenset({Origin.SYSTEM, Origin.ASSISTANT})
"""Whose texts are not judged on the way in: the application's own, and what was judged before."""


class AskJudges:
    """Asks judges, where a policy has some; then, or meanwhile, goes on."""

    def __init__(self, jury: Jury, then: Stage) -> None:
        self._jury = jury
        self._then = then

    def under(self, plan: Plan) -> Stage:
        """Ask where there is somebody to ask."""
        return self._then if plan.guard is None or not plan.guard.policy.judges else self

    def __call__(self, flow: Flow) -> Awaitable[None] | None:
        """Go on; raises Refusal where a judge stops the request."""
        passage = flow.passage
        if passage is None or not passage.guard.policy.judges:
            return self._then(flow)
        hearing = passage.judges = Hearing(self._jury, flow, passage)
        return (
            self._first(flow, hearing) if hearing.comes_first else self._meanwhile(flow, hearing)
        )

    async def _first(self, flow: Flow, hearing: "Hearing") -> None:
        began = self._jury.clock()
        try:
            await hearing.first()
        finally:
            flow.guarded_s += self._jury.clock() - began
        await self._goes_on(flow)

    async def _goes_on(self, flow: Flow) -> None:
        waiting = self._then(flow)
        if waiting is not None:
            await waiting

    async def _meanwhile(self, flow: Flow, hearing: "Hearing") -> None:
        refusal = None
        async with asyncio.TaskGroup() as group:
            hearing.begin(group)
            try:
                await self._goes_on(flow)
            except Refusal as error:
                refusal = error
            finally:
                hearing.leave()
        if refusal is not None:
            raise refusal


class Hearing:
    """The judges of one request."""

    def __init__(self, jury: Jury, flow: Flow, passage: Passage) -> None:
        self._jury = jury
        self._flow = flow
        self._passage = passage
        self._case = _asked(passage)
        self._pending: asyncio.Task[Seen] | None = None
        answer = _answered(passage, ("",), self._case)
        self._raters = raters(passage.guard, answer)
        judges = (*called(passage.guard, answer), *self._raters)
        self.listens = bool(judges)
        self.holds = any(one.holds for one in judges)
        case = self._case
        self.comes_first = case is not None and fails_closed(passage.guard, case)

    def begin(self, group: asyncio.TaskGroup) -> None:
        """Ask about the request, and go on."""
        case, guard = self._case, self._passage.guard
        if case is not None and called(guard, case):
            self._pending = group.create_task(self._jury.hear(self._flow, guard, case))

    def leave(self) -> None:
        """Ask no further: the request is over."""
        if self._pending is not None:
            self._pending.cancel()

    async def first(self) -> None:
        """Ask about the request; raises Refusal where that stops it."""
        if self._case is not None:
            self._decide(
                self._case, await self._jury.hear(self._flow, self._passage.guard, self._case)
            )

    async def settled(self) -> None:
        """Wait for what is said of the request; raises Refusal where that stops it."""
        pending, case = self._pending, self._case
        if pending is not None and case is not None:
            seen = await pending
            if self._pending is not None:
                self._pending = None
                self._decide(case, seen)

    def _decide(self, case: Case, seen: Seen) -> None:
        passage = self._passage
        passage.note(passage.guard.judged(case.part, seen, case.context))
        if passage.stopped:
            raise stopped(passage)

    async def judge(self, texts: Sequence[str]) -> None:
        """Ask about an answer, masked as it came."""
        if not self.listens or not any(texts):
            return
        passage = self._passage
        case = _answered(passage, texts, self._case)
        seen = await self._jury.hear(self._flow, passage.guard, case)
        if self._raters:
            side = self._flow.attempts[-1].target.dialect
            seen = seen.and_also(rated(self._raters, passage.raw, side=side, case=case))
        passage.note(passage.guard.judged(case.part, seen, case.context, passage.masks))


def _asked(passage: Passage) -> Case | None:
    """Give what has come since the last answer; what came before was judged when it came."""
    parts = passage.asked
    last = max((at for at, one in enumerate(parts) if one.origin is Origin.ASSISTANT), default=-1)
    new = [one for one in parts[last + 1 :] if one.origin not in OURS and one.text]
    new = new or [one for one in parts if one.origin not in OURS and one.text]
    if not new:
        return None
    by_user = any(one.origin is Origin.USER for one in new)
    origin = Origin.USER if by_user else new[-1].origin
    context = Context(direction=Direction.INWARD, origin=origin, use_case=passage.answer.use_case)
    text = BETWEEN.join([one.text for one in new])
    return Case(part=Part(text=text, origin=origin), context=context)


def _answered(passage: Passage, texts: Sequence[str], asked: Case | None) -> Case:
    given = tuple([one.text for one in passage.asked if one.origin in GIVEN])
    context = Context(
        direction=Direction.OUTWARD,
        origin=Origin.ASSISTANT,
        use_case=passage.answer.use_case,
        given=given,
    )
    part = Part(text=BETWEEN.join([text for text in texts if text]), origin=Origin.ASSISTANT)
    return Case(part=part, context=context, asked=asked.part.text if asked else "")
