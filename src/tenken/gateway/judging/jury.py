"""Asks the judges of a policy about one text, all at once, each for no longer than it may take.

A judge that is slow, away, unreadable, over its budget or asked too much is trouble: the policy's
fail mode decides, and it is on record. One that was spared on purpose (its share, no hint) is not.
"""

import asyncio
from collections.abc import Callable, Sequence
from math import ceil

from msgspec import Struct
from msgspec.structs import replace

from tenken.gateway.flow import Flow, Questioned
from tenken.gateway.judging.asking import Asking, NotAnswered
from tenken.gateway.passage import JUDGE
from tenken.guardrails.guard import Guard
from tenken.guardrails.policy.judges import Judge
from tenken.guardrails.policy.risks import Risk
from tenken.guardrails.screen import closed
from tenken.guardrails.screening import NOTHING, Found, Part, Seen, Trouble
from tenken.guardrails.text import Context
from tenken.guardrails.verdicts import judge as model
from tenken.guardrails.verdicts import llama_guard, moderation
from tenken.guardrails.verdicts.verdict import Opinion, Unusable
from tenken.store.counters.counters import MONEY, NANO, Counters, Held, Over, Unavailable, Want
from tenken.wire.usage import Usage

DAY_US = 86_400 * 1_000_000
MARK_BYTES = 8
BYTES_PER_TOKEN = 4
LONGEST_VERDICT = 64
"""Tokens of a verdict that is one of two words."""


class Case(Struct, frozen=True, kw_only=True, eq=False):
    """A text before the judges."""

    part: Part
    context: Context
    asked: str = ""
    """What an answer is the answer to."""


class Jury:
    """All judges of a gateway."""

    def __init__(
        self,
        asking: Asking,
        counters: Counters,
        *,
        clock: Callable[[], float],
        chance: Callable[[], float],
        token: Callable[[int], str],
    ) -> None:
        self._asking = asking
        self._counters = counters
        self.clock = clock
        self._chance = chance
        self._token = token

    async def hear(self, flow: Flow, guard: Guard, case: Case) -> Seen:
        """Give what they say."""
        asked = [one for one in called(guard, case) if self._is_asked(one, guard, case)]
        async with asyncio.TaskGroup() as group:
            heard = [group.create_task(self._heard(flow, guard, one, case)) for one in asked]
        seen = NOTHING
        for task in heard:
            seen = seen.and_also(task.result())
        return seen

    def _is_asked(self, judge: Judge, guard: Guard, case: Case) -> bool:
        if judge.share < 1 and self._chance() >= judge.share:
            return False
        return not judge.hinted or guard.hints(case.part, case.context, judge.risks)

    async def _heard(self, flow: Flow, guard: Guard, judge: Judge, case: Case) -> Seen:
        if len(case.part.text) > judge.longest:
            return trouble_of(judge, "too_long")
        target = flow.plan.targets.get(judge.target)
        if target is None or target.id in flow.plan.off:
            return trouble_of(judge, "switched_off")
        size = len(case.part.text.encode(errors="replace"))
        one = Questioned(
            judge=judge.name,
            stage=case.context.direction.value,
            target=target,
            began=self.clock(),
            estimate=size // BYTES_PER_TOKEN,
        )
        try:
            held = await self._reserved(judge, one, flow.at)
        except NotAnswered as none:
            return trouble_of(judge, none.why)
        flow.judgings.append(one)
        try:
            opinion = await self._boxed(judge, one, guard, case)
            one.failure = opinion.reason if isinstance(opinion, Unusable) else ""
        finally:
            one.ended = self.clock()
            await self._settle(held, one)
        return seen_by(judge, opinion)

    async def _boxed(self, judge: Judge, one: Questioned, guard: Guard, case: Case) -> Opinion:
        """Give what it says in its time."""
        try:
            return await self._opinion(judge, one, guard, case)
        except NotAnswered as none:
            return Unusable(reason=none.why)
        except Exception as error:  # noqa: BLE001 - boundary: its fail mode decides, and it is recorded
            return Unusable(reason=type(error).__name__)

    async def _opinion(self, judge: Judge, one: Questioned, guard: Guard, case: Case) -> Opinion:
        text, direction = case.part.text, case.context.direction
        name, within_s = one.target.model, judge.timeout_s
        match judge.kind:
            case "moderation":
                body = moderation.request(text, model=name)
                said = await self._asking.post(one, "/moderations", body, within_s=within_s)
                return moderation.read(said.body, text)
            case "llama_guard":
                body = llama_guard.request(text, direction, model=name, asked=case.asked)
                said = await self._asking.chat(one, body, within_s=within_s)
                one.usage = said.usage
                return llama_guard.read(said.body, text)
            case _:
                question = self._question(judge, guard, case)
                bodies = [model.request(question, model=name, form=form) for form in (True, False)]
                one.estimate = len(bodies[0]) // BYTES_PER_TOKEN
                said = await self._asking.chat(one, *bodies, within_s=within_s)
                one.usage = said.usage
                return model.read(said.body, question)

    def _question(self, judge: Judge, guard: Guard, case: Case) -> model.Question:
        return model.Question(
            text=case.part.text,
            direction=case.context.direction,
            risks=tuple(relevant(judge, guard, case)),
            mark=self._token(MARK_BYTES),
            given=case.context.given,
            about=judge.about,
        )

    async def _reserved(self, judge: Judge, one: Questioned, at: int) -> Held | None:
        """Take what it may cost from its budget; raises NotAnswered."""
        if judge.budget_usd is None:
            return None
        prices = one.target.prices
        written = model.LONGEST_ANSWER if judge.kind == "model" else LONGEST_VERDICT
        read = one.estimate + len(model.INSTRUCTIONS) // 2
        most = prices.cost(Usage(input=read, output=written))
        want = Want(
            MONEY,
            f"{JUDGE} {judge.name}",
            ceil(most * NANO),
            int(judge.budget_usd * NANO),
            at // DAY_US,
        )
        try:
            answer = await self._counters.reserve((want,), now=self.clock())
        except Unavailable as error:
            raise NotAnswered("uncounted") from error
        if isinstance(answer, Over):
            raise NotAnswered("over_budget")
        return answer

    async def _settle(self, held: Held | None, one: Questioned) -> None:
        if held is None:
            return
        nano = ceil(one.target.prices.cost(one.spent()) * NANO)
        await self._counters.settle(held, (nano,), now=self.clock())


def called(guard: Guard, case: Case) -> tuple[Judge, ...]:
    """Give the judges who may speak of a text."""
    way = case.context.direction
    return tuple(
        one
        for one in guard.policy.judges
        if one.target and way in one.directions and relevant(one, guard, case)
    )


def relevant(judge: Judge, guard: Guard, case: Case) -> Sequence[Risk]:
    """Give its risks that a rule answers for such a text, and that it may speak of there."""
    policy, way, use_case = guard.policy, case.context.direction, case.context.use_case
    found = []
    for id_ in judge.risks:
        rule = policy.rule(id_, way, use_case)
        risk = policy.risk(id_)
        if rule is None or risk is None or way not in risk.directions:
            continue
        if case.part.origin in rule.thresholds and judge.name in (rule.detectors or {judge.name}):
            found.append(risk)
    return found


def fails_closed(guard: Guard, case: Case) -> bool:
    """Whether the silence of any of the judges would stop the text."""
    return any(
        closed(_told(one, ""), case.part, case.context, guard.policy)
        for one in called(guard, case)
    )


def _told(judge: Judge, why: str) -> Trouble:
    return Trouble(detector=judge.name, risks=judge.risks, error=why)


def trouble_of(judge: Judge, why: str) -> Seen:
    """Say that a judge could not answer."""
    return Seen(troubles=(_told(judge, why),))


def seen_by(judge: Judge, opinion: Opinion) -> Seen:
    """Give what a judge said, in the name that the policy calls it by."""
    if isinstance(opinion, Unusable):
        return trouble_of(judge, opinion.reason)
    return Seen(
        found=tuple(
            Found(match=replace(match, rule=_rule(judge, match.rule)), detector=judge.name)
            for match in opinion
            if match.risk in judge.risks
        )
    )


def _rule(judge: Judge, rule: str) -> str:
    return f"{JUDGE}.{judge.name}.{rule.partition('.')[2]}"
