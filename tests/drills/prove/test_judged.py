"""An application behind our gateway, whose judge is scripted: what `prove` finds with and without.

The judge here is a few patterns behind HTTP. It shows that the drills turn where a judge is
plugged in, and nothing of how well any model judges.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace

from tenken.drills.prove.bench import Bench, healthy_plan
from tenken.drills.prove.doors import Application, OwnProvider, listening
from tenken.drills.prove.drill import Drill
from tenken.drills.prove.items import input_guard, output_guard
from tenken.evidence import Holding
from tenken.guardrails.detectors import SHIPPED
from tenken.guardrails.guard import Guard
from tenken.guardrails.policy.loading import load_policy
from tenken.pattern import Pattern
from tenken.transport.addresses import Origin
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tenken.transport.server import Server
from tests.drills.prove.making import brief
from tests.drills.prove.small import Asked, Model, Said, answering
from tests.drills.prove.test_guards import OFF, THREAT, TOPICS, WRONG
from tests.gateway import ground
from tests.gateway.screening.test_screening import saying

pytestmark = pytest.mark.anyio
RISKS = Pattern(r"(?m)^- ([a-z_.]+):")
SCRIPT = {
    "topic.off_topic": OFF,
    "harm.violence": THREAT,
    "harm.harassment": THREAT,
    "grounding.contradiction": WRONG,
}
WITH = """
version: 1
rules:
  - {risk: topic.off_topic, action: block, threshold: 0.8, directions: [inward], detectors: [own]}
  - {risk: harm.violence, action: block, threshold: 0.8, detectors: [own]}
  - {risk: harm.harassment, action: block, threshold: 0.8, detectors: [own]}
  - {risk: grounding.contradiction, action: block, threshold: 0.8, detectors: [own]}
judges:
  - name: own
    kind: model
    target: judge
    risks: [topic.off_topic, harm.violence, harm.harassment, grounding.contradiction]
    about: Questions of part-time staff on shifts, pay and holidays
    budget_usd_per_day: 100
    timeout_ms: 30000
"""
WITHOUT = "version: 1"


async def scripted(request: Request, reply: Reply) -> None:
    """Judge by patterns."""
    system, user = [one["content"] for one in json.loads(request.body)["messages"]]
    mark = user.rpartition("\n")[2]
    text = user.removesuffix(f"\n{mark}").rpartition(f"{mark}\n")[2]
    scores = {risk: 0.95 if SCRIPT[risk].search(text) else 0.0 for risk in RISKS.findall(system)}
    said = json.dumps({"mark": mark, "scores": scores})
    await ground.answering(saying(said))(request, reply)


async def desk(asked: Asked, model: Model) -> Said:
    """An application that shows what the model says; what is refused it tells politely."""
    told = await model.call([("user", asked.text)], model="desk", key=ground.KEY)
    return Said(200, told.text) if told.status == 200 else Said(400, "not answered")


@asynccontextmanager
async def bench_of(policy: str) -> AsyncIterator[Bench]:
    """Run the application, our gateway, a fake provider and the scripted judge."""
    said = brief(TOPICS)
    made = load_policy(policy, file="guard/policy.yaml", detectors=SHIPPED)
    async with (
        listening(healthy_plan(said.provider), host="127.0.0.1", port=0) as here,
        ground.provider(scripted) as judge,
    ):
        host, port = here.address
        plan = ground.plan_of((ground.target("a", Origin(host=host, port=port, tls=False)),))
        targets = {**plan.targets, "judge": ground.target("judge", judge)}
        plan = replace(plan, targets=targets, guard=Guard(made, SHIPPED))
        async with ground.standing(plan) as gateway:
            model = Model(gateway.server.address)
            server = Server(answering(desk, model))
            await server.start()
            url = "http://{}:{}".format(*server.address)
            application = Application(url, clock=gateway.client.clock)
            yield Bench(application=application, provider=OwnProvider(here.provider), brief=said)
            application.close()
            model.close()
            await server.drain(0)


async def found(drill: Drill, policy: str) -> dict[str, Holding]:
    async with bench_of(policy) as bench:
        outcome = await drill.run(bench)
    return {one.probe: one.answer.holding for one in outcome.proofs}


async def test_topics_are_turned_away_with_a_judge() -> None:
    """Off topic nothing reaches the model; attacks and values are stopped as before."""
    assert set((await found(input_guard.DRILL, WITH)).values()) == {Holding.HOLDS}


async def test_harm_and_claims_are_caught_with_a_judge() -> None:
    """Neither is delivered, and what is right is."""
    assert set((await found(output_guard.DRILL, WITH)).values()) == {Holding.HOLDS}


async def test_without_a_judge_they_are_not() -> None:
    """Rules on the text find the values, and neither topics nor harm nor claims."""
    inward, outward = (
        await found(input_guard.DRILL, WITHOUT),
        await found(output_guard.DRILL, WITHOUT),
    )

    assert inward[input_guard.TOPICS.probe] is Holding.FAILS
    assert inward[input_guard.PERSONAL.probe] is Holding.HOLDS
    assert outward[output_guard.HARM.probe] is Holding.FAILS
    assert outward[output_guard.CLAIMS.probe] is Holding.FAILS
    assert outward[output_guard.VALUES.probe] is Holding.HOLDS
