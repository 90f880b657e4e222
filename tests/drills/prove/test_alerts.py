"""Alerts are proved where they arrive: a rule that only looks like one tells nobody.

The applications here watch themselves and post as Alertmanager does (webhook version 4,
prometheus.io/docs/alerting/latest/configuration, read 2026-11-23).
"""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest
from msgspec.structs import replace

from tenken.drills.prove.doors import Door, Hearing, Provider, hearing
from tenken.drills.prove.drill import Drill
from tenken.drills.prove.items import alerts, severity
from tenken.drills.prove.receipts import firing, read
from tenken.drills.prove.requests import Brief
from tenken.evidence import Holding
from tests.drills.prove.making import brief
from tests.drills.prove.small import Asked, Model, Said, bench_of

HOLDS, FAILS, UNKNOWN, ERROR = Holding.HOLDS, Holding.FAILS, Holding.UNKNOWN, Holding.ERROR
SOON, LONG = 0.6, 30.0
"""How long is waited for what never comes; and for what comes, on however slow a machine."""
PATIENCE = (
    "alerts: {within_s: %s, clears_within_s: %s, pause_s: 0.02, settles_s: 0.1, "
    "critical: [%s], low: [%s]}\n"
)
GUARDED = """\
  - {name: threat, path: /ask, body: {text: "threat ${mark}"}, statuses: [400]}
  - {name: gossip, path: /ask, body: {text: "gossip ${mark}"}, statuses: [400]}
"""
USUAL_TOKENS = 40
Post = Callable[[str, object], Awaitable[None]]


class Watchman:
    """An application that alerts on what happens to it; a test spoils one thing."""

    provider: Provider

    def __init__(self, **spoilt: object) -> None:
        self.tells = True
        self.clears = True
        self.hides_errors = False
        self.watches_tokens = True
        self.name = "ManyErrors"
        self.critical_at = "/page"
        self.low_at: str | None = "/ticket"
        for name, value in spoilt.items():
            setattr(self, name, value)
        self._failed = 0
        self._is_firing = False
        self.post: Post

    async def __call__(self, asked: Asked, model: Model) -> Said:
        """Answer, or be stopped by a guard."""
        if "threat" in asked.text:
            return await self._stopped(self.critical_at, "Threats")
        if "gossip" in asked.text:
            return await self._stopped(self.low_at, "Gossip")
        told = await model.call([("user", asked.text)])
        dear = (await self.provider.seen())[-1].output_tokens > USUAL_TOKENS
        self._failed = self._failed + 1 if told.status != 200 else 0
        if dear and self.watches_tokens:
            await self._alert("TokenSpike")
        elif self._failed >= 5:
            await self._alert(self.name)
        elif self._is_firing and self.clears and not dear:
            self._is_firing = False
            await self.post("/page", alert(self.name, status="resolved"))
        is_fine = told.status == 200 or self.hides_errors
        return Said(200, told.text or "fake provider") if is_fine else Said(502)

    async def _alert(self, name: str) -> None:
        if self.tells and not self._is_firing:
            self._is_firing = True
            await self.post("/page", alert(name))

    async def _stopped(self, path: str | None, name: str) -> Said:
        if path and self.tells:
            await self.post(path, alert(name))
        return Said(400)


def alert(name: str, *, status: str = "firing") -> dict[str, object]:
    """One group of alerts."""
    one = {"status": status, "labels": {"alertname": name}, "annotations": {},
           "startsAt": "2026-11-23T12:00:00Z", "endsAt": "0001-01-01T00:00:00Z",
           "generatorURL": "", "fingerprint": f"print-of-{name}"}  # fmt: skip
    return {"version": "4", "status": status, "receiver": "team", "alerts": [one]}


def told(drill: Drill, watchman: Watchman, *, guarded: bool = False) -> list[str]:
    """Run a drill; gives what it says of each of its questions."""
    within = LONG if watchman.tells and drill is alerts.ERRORS else SOON
    clears = LONG if watchman.clears else SOON
    names = ("threat", "gossip") if guarded else ("", "")
    patience = PATIENCE % (within, clears, *names)
    return asyncio.run(_told(drill, watchman, brief((GUARDED if guarded else "") + patience)))


async def _told(drill: Drill, watchman: Watchman, asked: Brief) -> list[str]:
    async with (
        hearing("127.0.0.1", 0) as heard,
        bench_of(watchman, asked) as bench,
    ):
        door, watchman.provider = _door(heard), bench.provider

        async def post(path: str, body: object) -> None:
            said = json.dumps(body).encode()
            await door.call("POST", path, (), body=said, within_s=5, most=1000)

        watchman.post = post
        clock = asyncio.get_running_loop().time
        outcome = await drill.run(replace(bench, inbox=heard.inbox, clock=clock))
        door.close()
    return [str(proof.answer.holding) for proof in outcome.proofs]


def _door(heard: Hearing) -> Door:
    return Door("http://{}:{}".format(*heard.address))


@pytest.mark.parametrize(
    ("spoilt", "holdings"),
    [
        ({}, [HOLDS, HOLDS]),
        ({"tells": False}, [FAILS, ERROR]),
        ({"clears": False}, [HOLDS, FAILS]),
        ({"tells": False, "hides_errors": True}, [ERROR, ERROR]),
    ],
    ids=["true", "silent", "never-ends", "hidden"],
)
def test_errors_are_heard_and_cleared(spoilt: dict[str, object], holdings: list[Holding]) -> None:
    """At the receiver's end, and only where users saw errors at all."""
    assert told(alerts.ERRORS, Watchman(**spoilt)) == holdings


@pytest.mark.parametrize(
    ("spoilt", "holding"),
    [({}, HOLDS), ({"watches_tokens": False}, FAILS), ({"tells": False}, FAILS)],
    ids=["true", "nobody-watches", "silent"],
)
def test_a_spike_is_heard(spoilt: dict[str, object], holding: Holding) -> None:
    """While it lasts."""
    assert told(alerts.COST, Watchman(**spoilt)) == [holding]


def test_an_alert_on_errors_is_none_on_spending() -> None:
    """It may well fire in the same minute."""
    spending, other = (
        next(read("/page", json.dumps(alert(name)).encode(), at_s=0))
        for name in ("TokenSpike", "ManyErrors")
    )

    assert alerts.about_spending(spending)
    assert not alerts.about_spending(other)


@pytest.mark.parametrize(
    ("spoilt", "holdings"),
    [
        ({}, [HOLDS, HOLDS]),
        ({"low_at": "/page"}, [HOLDS, FAILS]),
        ({"critical_at": "/ticket"}, [FAILS, UNKNOWN]),
        ({"low_at": None}, [HOLDS, UNKNOWN]),
        ({"tells": False}, [FAILS, UNKNOWN]),
    ],
    ids=["true", "low-pages", "all-to-one", "low-unheard", "silent"],
)
def test_severity_decides_who_is_woken(spoilt: dict[str, object], holdings: list[Holding]) -> None:
    """A receiver that nothing ever reaches is no proof of good routing."""
    assert told(severity.DRILL, Watchman(**spoilt), guarded=True) == holdings


@pytest.mark.parametrize(
    ("body", "name", "is_resolved"),
    [
        ({"routing_key": "k", "event_action": "resolve", "dedup_key": "a",
          "payload": {"summary": "Many errors", "severity": "critical"}}, "Many errors", True),
        ({"routing_key": "k", "event_action": "trigger", "dedup_key": "a",
          "payload": {"summary": "Many errors", "severity": "critical"}}, "Many errors", False),
        ({"title": "Many errors", "alert_id": "7", "alert_transition": "Recovered"},
         "Many errors", True),
        ({"text": "Many errors"}, "Many errors", False),
        ("no object", '"no object"', False),
    ],
    ids=["pagerduty-resolve", "pagerduty", "datadog", "chat", "text"],
)  # fmt: skip
def test_messages_of_others_are_understood(body: object, name: str, is_resolved: bool) -> None:
    """PagerDuty Events v2, Datadog's webhook variables, a chat message (read 2026-11-23)."""
    (receipt,) = read("/x?key=1", json.dumps(body).encode(), at_s=0)

    assert (receipt.name, receipt.is_resolved, receipt.receiver) == (name, is_resolved, "/x")


def test_what_was_taken_back_is_not_firing() -> None:
    """Until it is told again."""
    both = [*read("/", json.dumps(alert("A")).encode(), at_s=0),
            *read("/", json.dumps(alert("B")).encode(), at_s=1),
            *read("/", json.dumps(alert("A", status="resolved")).encode(), at_s=2)]  # fmt: skip

    assert firing(both) == {"print-of-B"}
