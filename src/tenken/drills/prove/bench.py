"""An application with the fake provider behind it: asks the one under the faults of the other."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from time import monotonic
from uuid import uuid4

from msgspec import Struct
from msgspec.structs import replace

from tenken.drills.prove.doors import Application, Provider
from tenken.drills.prove.receipts import Inbox
from tenken.drills.prove.record import Driven, marks_in
from tenken.drills.prove.requests import MARK, Asking, Brief, ProviderAnswers
from tenken.drills.provider.fault import HEALTHY, Fault, Wrong
from tenken.drills.provider.hearing import CANARY
from tenken.drills.provider.plan import Course, FaultPlan, Rates
from tenken.drills.provider.seen import Seen
from tenken.sentence import Sentence, say

LETTERS = str.maketrans("0123456789", "ghkmnprtvw")
"""A mark without digits: a guard that masks long numbers leaves it as it is."""


class Burst(Struct, frozen=True, kw_only=True):
    """Requests that were sent side by side, and the calls that all of them caused."""

    driven: tuple[Driven, ...]
    calls: tuple[Seen, ...]


class Bench(Struct, frozen=True, kw_only=True):
    """All that a drill works with."""

    application: Application
    provider: Provider
    brief: Brief
    seed: int = 0
    """Of the texts that are planted."""
    automated: bool = False
    """Whether a pipeline runs this, rather than a person."""
    inbox: Inbox | None = None
    """Where alerts arrive, for drills that hear them."""
    clock: Callable[[], float] = monotonic
    told: Callable[[Sentence], None] = lambda _sentence: None
    """Called as a drill goes on, for a progress line."""

    async def healthy(self) -> None:
        """Let the provider answer everything."""
        await self.provider.obey(healthy_plan(self.brief.provider))

    async def ask(self, asking: Asking, *, within_s: float = 0.0) -> Driven:
        """Send one request, and give the calls that the provider saw meanwhile."""
        before = len(await self.provider.seen())
        driven = await self._send(asking, within_s or self.brief.tolerances.answer_within_s)
        return replace(driven, calls=_own(driven, (await self.provider.seen())[before:]))

    async def ask_at_once(self, askings: Iterable[Asking]) -> Burst:
        """Send requests side by side, each from a client of its own.

        Which call belongs to which of them is not known.
        """
        before = len(await self.provider.seen())
        within_s = self.brief.tolerances.answer_within_s
        async with asyncio.TaskGroup() as group:
            sent = [
                group.create_task(self._send(one, within_s, visitor))
                for visitor, one in enumerate(askings, 1)
            ]
        calls = (await self.provider.seen())[before:]
        return Burst(driven=tuple(one.result() for one in sent), calls=calls)

    async def _send(self, asking: Asking, within_s: float, visitor: int = 0) -> Driven:
        mark = CANARY + uuid4().hex[:12].translate(LETTERS)
        ready = replace(asking, body=asking.body.replace(MARK, mark))
        answered = await self.application.ask(ready, within_s=within_s, visitor=visitor)
        return Driven(asking=asking, answered=answered, mark=mark)

    async def ask_each(self, askings: Iterable[Asking], times: int = 1) -> tuple[Driven, ...]:
        """Send requests one after the other, so that each call belongs to one of them."""
        return tuple([await self.ask(one) for one in askings for _ in range(times)])

    async def pause(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


def _own(driven: Driven, calls: tuple[Seen, ...]) -> tuple[Seen, ...]:
    """Leave out what an earlier request still asks: its mark tells."""
    return tuple(
        call
        for call in calls
        if not (marks := marks_in(call)) or any(one.startswith(driven.mark) for one in marks)
    )


def healthy_plan(answers: ProviderAnswers, *, rates: Rates | None = None) -> FaultPlan:
    """A provider in good health that says what the request file wants."""
    courses = {model: Course(then=_saying(text)) for model, text in answers.answers.items()}
    return FaultPlan(then=_saying(answers.answer), models=courses, rates=rates or Rates())


def down_plan(fault: Fault) -> FaultPlan:
    """Every call meets the fault."""
    return FaultPlan(then=fault)


def scripted_plan(
    answers: ProviderAnswers, script: tuple[Fault, ...], models: Iterable[str]
) -> FaultPlan:
    """Each of these models meets the faults in turn, then is in good health."""
    said: Mapping[str, str] = answers.answers
    courses = {
        model: Course(script=script, then=_saying(said.get(model, answers.answer)))
        for model in models
    }
    healthy = healthy_plan(answers)
    return replace(healthy, models={**healthy.models, **courses})


def status(code: int, retry_after_s: float | None = None) -> Fault:
    """An error of the provider."""
    return Fault(kind=Wrong.STATUS, status=code, retry_after_s=retry_after_s)


def unfit(driven: Iterable[Driven]) -> Sentence | None:
    """Why nothing can be exercised here: found before any fault is given."""
    for one in driven:
        if one.answered.status == 0:
            return say("prove.no_answer", route=one.asking.route, why=one.answered.why_not)
        if not one.calls:
            return say("prove.no_call", route=one.asking.route)
        if not one.is_served:
            return say("prove.not_healthy", route=one.asking.route, status=one.answered.status)
    return None


def _saying(text: str) -> Fault:
    return Fault(kind=Wrong.TEXT, text=text) if text else HEALTHY
