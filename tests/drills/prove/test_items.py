"""Each drill tells an application that does it right from one that only looks so."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from tenken.drills.prove.drill import Drill
from tenken.drills.prove.items import (
    access,
    allowed,
    failover,
    happy_path,
    rates,
    roles,
    timeouts,
)
from tenken.drills.prove.registry import DRILLS
from tenken.readiness.catalogue import shipped
from tests.drills.prove.making import brief, call, driven
from tests.drills.prove.small import Asked, Behaviour, Model, Said, Turns, bench_of, proofs_of
from tests.drills.prove.test_retries import deaf
from tests.shape.test_messages import messages

pytestmark = pytest.mark.anyio


async def plain(asked: Asked, model: Model) -> Said:
    """One call, its answer or an error."""
    told = await model.call([("user", asked.text)], within_s=0.3)
    return Said(200, told.text) if told.status == 200 else Said(502)


def over(*targets: tuple[str, str]) -> Behaviour:
    """Try these targets (model and key) in turn."""

    async def behave(asked: Asked, model: Model) -> Said:
        for name, key in targets:
            told = await model.call([("user", asked.text)], model=name, key=key)
            if told.status == 200:
                return Said(200, told.text)
        return Said(502)

    return behave


async def patient(asked: Asked, model: Model) -> Said:
    """Wait as long as it takes."""
    told = await model.call([("user", asked.text)], within_s=60)
    return Said(told.status or 504, told.text)


class Limited:
    """A limiter of its own; too many are refused before the provider sees them."""

    def __init__(self, most: int, *, per: str = "") -> None:
        self._most = most
        self._per = per
        self._passed: dict[str, int] = {}

    async def __call__(self, asked: Asked, model: Model) -> Said:
        """Answer while there is room."""
        client = {"client": asked.client, "peer": asked.peer}.get(self._per, "")
        self._passed[client] = self._passed.get(client, 0) + 1
        return Said(429) if self._passed[client] > self._most else await plain(asked, model)


async def stormy(asked: Asked, model: Model) -> Said:
    """Ask again at once."""
    for _ in range(4):
        told = await model.call([("user", asked.text)])
        if told.status == 200:
            return Said(200, told.text)
    return Said(502)


class Lazy:
    """Answers the healthy request, and hardly asks the model under load."""

    def __init__(self) -> None:
        self._asked = 0

    async def __call__(self, asked: Asked, model: Model) -> Said:
        """Ask every tenth time."""
        self._asked += 1
        return await plain(asked, model) if self._asked % 10 == 1 else Said(503)


def saying(*turns: tuple[str, str]) -> Behaviour:
    """Put the text of the user into these turns."""

    async def behave(asked: Asked, model: Model) -> Said:
        said: Turns = [(role, text.replace("TEXT", asked.text)) for role, text in turns]
        return Said(200, (await model.call(said)).text)

    return behave


def enforcing(*models: str) -> Behaviour:
    """Call the model that is asked for, if it is one of these (no models: any)."""

    async def behave(asked: Asked, model: Model) -> Said:
        name = asked.text.split()[-1] if "model" in asked.text else "first"
        if models and name not in models:
            return Said(403, "not on the list")
        return Said(200, (await model.call([("user", asked.text)], model=name)).text)

    return behave


def guarded(*accepted: str, open_routes: Sequence[str] = ()) -> Behaviour:
    """Serve who shows one of these, and everybody on some routes."""

    async def behave(asked: Asked, model: Model) -> Said:
        if asked.route == "GET /openapi.json":
            return Said(200, '{"paths": {"/ask": {"post": {}}, "/status/{id}": {"get": {}}}}')
        if asked.authorization not in accepted and asked.route not in open_routes:
            return Said(401)
        if asked.route.startswith("GET"):
            return Said(200, "fake provider")
        return await plain(asked, model)

    return behave


RPM = "tolerances: {rpm: 6, answer_within_s: 10}\n"
SILENT = "tolerances: {timeout_s: 1.5}\n"
LISTED = """\
  - {name: other, path: /ask, body: {text: "model second"}}
allowed_models: [first]
unlisted: [other]
"""
ONLY_LISTED = "allowed_models: [first]\n"
DOORS = """\
    headers: {authorization: Bearer good}
  - {name: status, method: GET, path: /status/7, headers: {authorization: Bearer good}}
access:
  wrong:
    - {kind: expired, value: Bearer old}
    - {kind: other_audience, value: Bearer theirs}
"""
ONE_DOOR = """\
    headers: {authorization: Bearer good}
access: {wrong: [{kind: expired, value: Bearer old}, {kind: other_audience, value: Bearer b}]}
"""
NOTHING_WRONG = """\
    headers: {authorization: Bearer good}
  - {name: status, method: GET, path: /status/7, headers: {authorization: Bearer good}}
"""
DOWN = "tolerances: {failover_requests: 6}\n"


@pytest.mark.parametrize(
    ("drill", "behaviour", "more", "holdings"),
    [
        (failover.DRILL, over(("first", "k"), ("second", "k")), DOWN, ["holds"]),
        (failover.DRILL, over(("first", "k"), ("first", "l")), DOWN, ["holds"]),
        (failover.DRILL, over(("first", "k"), ("first", "k")), DOWN, ["fails"]),
        (failover.DRILL, plain, DOWN, ["fails"]),
        (failover.DRILL, deaf, DOWN, ["error"]),
        (timeouts.DRILL, plain, SILENT, ["holds"]),
        (timeouts.DRILL, patient, SILENT, ["fails"]),
        (timeouts.DRILL, deaf, SILENT, ["error"]),
        (rates.DRILL, Limited(5), RPM, ["holds"]),
        (rates.DRILL, Limited(5, per="client"), RPM, ["fails"]),
        (rates.DRILL, Limited(5, per="peer"), RPM, ["fails"]),
        (rates.DRILL, plain, RPM, ["fails"]),
        (rates.DRILL, stormy, RPM, ["fails"]),
        (rates.DRILL, Lazy(), RPM, ["unknown"]),
        (rates.DRILL, deaf, RPM, ["error"]),
        (roles.DRILL, saying(("system", "Help."), ("user", "TEXT")), "", ["holds"]),
        (roles.DRILL, saying(("system", "Help: TEXT"), ("user", "TEXT")), "", ["fails"]),
        (roles.DRILL, saying(("user", "Hi"), ("developer", "TEXT")), "", ["fails"]),
        (roles.DRILL, saying(("user", "always the same")), "", ["error"]),
        (roles.DRILL, deaf, "", ["error"]),
        (allowed.DRILL, enforcing("first"), LISTED, ["holds"]),
        (allowed.DRILL, enforcing(), LISTED, ["fails"]),
        (allowed.DRILL, enforcing("first"), ONLY_LISTED, ["unknown"]),
        (allowed.DRILL, over(("third", "k")), ONLY_LISTED, ["fails"]),
        (allowed.DRILL, deaf, ONLY_LISTED, ["error"]),
        (happy_path.DRILL, plain, "", ["unknown"]),
        (happy_path.DRILL, deaf, "", ["error"]),
        (happy_path.DRILL, saying(("user", "TEXT")), "provider: {answer: no}\n", ["fails"]),
        (access.DRILL, guarded("Bearer good"), DOORS, ["holds", "holds"]),
        (access.DRILL, guarded("Bearer good", "Bearer old"), DOORS, ["fails", "holds"]),
        (access.DRILL, guarded("Bearer good", "Bearer theirs"), DOORS, ["holds", "fails"]),
        (access.DRILL, guarded("Bearer good", ""), DOORS, ["fails", "fails"]),
        (
            access.DRILL,
            guarded("Bearer good", open_routes=["GET /status/7"]),
            DOORS,
            ["fails", "fails"],
        ),
        (access.DRILL, guarded("Bearer good"), ONE_DOOR, ["unknown", "holds"]),
        (access.DRILL, guarded("Bearer good"), NOTHING_WRONG, ["unknown", "unknown"]),
        (access.DRILL, guarded("nobody"), DOORS, ["error", "error"]),
    ],
)
async def test_drills(drill: Drill, behaviour: Behaviour, more: str, holdings: list[str]) -> None:
    """Right, a cheat, and a drill without effect, for every item."""
    found = await proofs_of(drill, behaviour, brief(more))
    figures = {f"prove.measured_{it.name}" for one in found.values() for it in one.measurements}

    assert [proof.answer.holding for proof in found.values()] == holdings
    assert list(found) == [question.probe for question in drill.questions]
    assert figures <= messages("en").keys()


async def test_in_a_pipeline_the_happy_path_is_a_test() -> None:
    """By hand it shows less: the same run leaves it unknown."""
    async with bench_of(plain, brief()) as bench:
        outcome = await happy_path.run(replace(bench, automated=True))

    assert [proof.answer.holding for proof in outcome.proofs] == ["holds"]


async def test_waiting_as_told_is_half_a_limiter() -> None:
    """The provider had to refuse, and in the end everybody was answered."""
    calls = [*(call(n) for n in range(6)), *(call(n, status=429) for n in range(6))]
    proof = rates.judge(tuple(driven() for _ in range(6)), tuple(calls), 6)

    assert proof.answer.holding == "partly"


async def test_the_busiest_minute_is_found() -> None:
    """Wherever it begins, and per target."""
    times = [0, 10, 59, 61, 62, 63, 121]

    assert rates.peak(tuple(call(at) for at in times)) == 5
    assert rates.peak(tuple(call(at, model=str(at)) for at in times)) == 1


async def test_every_drill_answers_probes_of_the_catalogue() -> None:
    """A proof under a name that nobody asks would count for nothing."""
    catalogue = shipped()
    for item, drill in DRILLS.items():
        asked = catalogue.item(item)
        assert asked is not None
        known = {use.probe: use.subs for use in asked.probes.drill}
        assert {one.probe: one.subs for one in drill.questions}.items() <= known.items()
