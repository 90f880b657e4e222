"""A store as it looks after a week of work, the same each time: for pages and their pictures.

A provider has been slow to answer for some minutes, three hours ago; somebody has taken that in
hand. Nothing here is of anybody: names are made up.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random  # noqa: TID251 - seeded: the same store each time

from msgspec.structs import replace

from tenken.config.temporary import Overlay
from tenken.gateway.settings.keyring import Entry as Key
from tenken.journal.exchange import Attempt, Exchange, Identity, Match, Outcome, Timings
from tenken.journal.reader import Position
from tenken.messages.speech import Language, Speech
from tenken.readiness.report.json_report import render
from tenken.sentence import say
from tenken.store.ledger import Batch, Ledger
from tenken.store.overlays import Overlays
from tenken.store.people.audit import Audit, Entry
from tenken.store.versions import Version, Versions
from tenken.store.watch.alert import Alert, State, Step, Subject
from tenken.store.watch.alerts import Alerts, Taken, Turn
from tenken.store.watch.incidents import FollowUp, Incident, Incidents, Noted
from tenken.store.watch.leases import Leases
from tenken.store.watch.outbox import Delivery, Progress
from tenken.store.watch.silences import Silence, Silences
from tenken.wire.api import Api
from tenken.wire.failure import Failure
from tenken.wire.usage import Usage
from tests.console.ground import Ground
from tests.readiness.report.build import full_report

MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US
DAYS = 8
BY_HOUR = (2, 1, 1, 1, 1, 2, 3, 6, 12, 17, 19, 18, 14, 17, 18, 17, 15, 13, 10, 8, 6, 5, 4, 3)
"""Requests at each hour of the day in Tokyo."""
RELEASES = ("4f1c9a72d0b3", "9be05d31c7aa")
RULES = (
    Match(rule="pii.email", risk="pii", action="mask", stage="inward", severity="low"),
    Match(rule="pii.phone", risk="pii", action="mask", stage="inward", severity="low"),
    Match(rule="injection.override", risk="injection", action="block", stage="inward",
          severity="high", score=0.93, origin="document"),
    Match(rule="topic.medical", risk="off_topic", action="flag", stage="outward",
          severity="medium", score=0.62),
)  # fmt: skip


def seeded(ground: Ground, *, report: Language = Language.EN) -> None:
    """Fill a store."""
    chance = Random(20261119)  # noqa: S311 - the same store each time
    made = tuple(_week(ground.now, chance))
    position = Position(segment=1, offset=10, sequence=1, previous=b"x" * 16)
    Ledger(ground.engine).apply(
        Batch(journal="w0", boot="b1", after=Position(), position=position, exchanges=made)
    )
    _watched(ground)
    _incident(ground)
    _changed(ground)
    _keys(ground)
    speech = Speech(report)
    ground.reports = (render(full_report(), speech).encode(),)


def _week(now: int, chance: Random) -> Iterator[Exchange]:
    number = 0
    for hour in range(DAYS * 24):
        at = now - (DAYS * 24 - hour) * HOUR_US
        local = (at // HOUR_US + 9) % 24
        weekend = (at // (24 * HOUR_US) + 4) % 7 in {0, 6}
        for _ in range(max(1, BY_HOUR[local] // (4 if weekend else 1))):
            number += 1
            yield _one(number, at + chance.randrange(HOUR_US), now, chance)


def _one(number: int, at: int, now: int, chance: Random) -> Exchange:
    reply = chance.random() < 0.62
    slow = now - 3.4 * HOUR_US < at < now - 2.9 * HOUR_US
    read, written = chance.randrange(400, 3800), chance.randrange(60, 900 if reply else 120)
    usage = Usage(
        input=read, cache_read=read // 3 if chance.random() < 0.4 else 0, output=written,
        source="provider",
    )  # fmt: skip
    model, price = ("gpt-4o", Decimal("0.0000025")) if reply else (
        "gpt-4.1-mini", Decimal("0.0000004")
    )  # fmt: skip
    first = "gpt-4o-openai" if reply else "mini-openai"
    cost = price * read + 4 * price * written
    took = round((chance.lognormvariate(0.5, 0.5) if reply else 0.7) * 1_000_000)
    matches = tuple(one for one in RULES if chance.random() < 0.015)
    blocked = any(one.action == "block" for one in matches)
    plain = Exchange(
        id=f"req-{number:06d}", at=at, trace=f"{number:032x}", span=f"{number:016x}", parent="",
        sampled=True,
        identity=Identity(
            caller="desk" if chance.random() < 0.8 else "night-batch",
            use_case="answer" if reply else "classify", use_case_known="derived",
            route="reply" if reply else "sort", session=f"s{number % 400:04d}",
            session_known="stated",
            release=RELEASES[at > now - 70 * HOUR_US], settings="5c7e01d9",
        ),
        api=Api.CHAT, stream=reply, outcome=Outcome.ANSWERED, status=200, finish="stop",
        attempts=(
            Attempt(
                target=first, provider="openai", model=model, credential="openai", status=200,
                began=1500, connected=32_000, first_byte=took // 4, first_token=took // 3,
                ended=took, usage=usage, cost=cost, upstream_id=f"chatcmpl-{number:08x}",
            ),
        ),
        usage=usage, cost=cost, matches=matches,
        timings=Timings(connected=32_000, first_byte=took // 4, first_token=took // 3,
                        last=took + 2_000, guarded=90_000 if reply else 0),
    )  # fmt: skip
    if blocked:
        return replace(plain, outcome=Outcome.BLOCKED, status=400, attempts=(), cost=Decimal(0),
                       usage=Usage(), code="blocked", timings=Timings(last=40_000))  # fmt: skip
    if slow or chance.random() < 0.01:
        return _failed(plain, took, chance, lost=slow and chance.random() < 0.5)
    return _left(plain, chance)


def _failed(plain: Exchange, took: int, chance: Random, *, lost: bool) -> Exchange:
    """The first target does not answer in time; the second does, or nobody."""
    (good,) = plain.attempts
    waited = 2_500_000
    failure = chance.choice((Failure.TIMEOUT_TTFT, Failure.OVERLOADED))
    bad = replace(
        good, failure=failure, status=503,
        usage=Usage(), cost=Decimal(0), first_byte=0, first_token=0, ended=waited,
        reason=f"{failure} at {good.target}", upstream_id="",
    )  # fmt: skip
    if lost:
        return replace(plain, outcome=Outcome.FAILED, status=503, code="no_answer",
                       cost=Decimal(0), attempts=(bad,), usage=Usage(),
                       timings=Timings(last=waited))  # fmt: skip
    second = replace(
        good, target="gpt-4o-azure", provider="azure", credential="azure", region="japaneast",
        began=waited + 60_000, connected=waited + 90_000, first_byte=waited + took // 4,
        first_token=waited + took // 3, ended=waited + took,
    )  # fmt: skip
    times = replace(plain.timings, first_token=waited + took // 3, last=waited + took + 2_000)
    return replace(plain, attempts=(bad, second), timings=times)


def _left(plain: Exchange, chance: Random) -> Exchange:
    drawn = chance.random()
    if drawn < 0.006:
        return replace(plain, outcome=Outcome.CANCELLED, status=0)
    if drawn < 0.02:
        return replace(plain, outcome=Outcome.REFUSED, status=429, code="rate_limited",
                       attempts=(), usage=Usage(), cost=Decimal(0), limits=("caller: rpm",),
                       timings=Timings(last=3_000))  # fmt: skip
    return plain


def _watched(ground: Ground) -> None:
    burning, over = _alerts(ground.now)
    _written(ground, burning, over)


def _alerts(now: int) -> tuple[Alert, Alert]:
    burning = Alert(
        id="a1b2c3d4e5f60718", key="slo/answers/14.4x", kind="burn", severity="page",
        state=State.FIRING, since=now - 205 * MINUTE_US, changed_at=now - 190 * MINUTE_US,
        heard_at=now, fired_at=now - 204 * MINUTE_US, told=("oncall",), steps=3, unit="x",
        what=say(
            "slo.burns", slo="answers", times="21.4", long="wording.span_hours=1",
            now="23.8", short="wording.span_minutes=5",
            target="99.5", days="28",
        ),
        subject=Subject(use_case="answer", route="reply", target="gpt-4o-openai", slo="answers"),
        value=21.4, threshold=14.4, budget_left=0.41, runbook="docs/runbooks/llm.md",
        cause=say(
            "slo.cause", dimension="wording.dimension_release", name=RELEASES[1], bad=93,
            traffic=41,
        ),
    )  # fmt: skip
    over = Alert(
        id="b7b7b7b7c0c0c0c0", key="slo/quick-replies/6x", kind="burn", severity="ticket",
        state=State.RESOLVED, since=now - 30 * HOUR_US, changed_at=now - 29 * HOUR_US,
        heard_at=now - 29 * HOUR_US, resolved_at=now - 29 * HOUR_US, steps=2,
        what=say(
            "slo.burns", slo="quick-replies", times="6.4", long="wording.span_hours=6",
            now="6.1", short="wording.span_minutes=30",
            target="95", days="28",
        ),
        subject=Subject(caller="night-batch"),
    )  # fmt: skip
    return burning, over


def _written(ground: Ground, burning: Alert, over: Alert) -> None:
    now = ground.now
    steps = (
        (burning, 1, Step(at=now - 204 * MINUTE_US, what="fired")),
        (burning, 2, Step(at=now - 204 * MINUTE_US, what="told", note="oncall")),
        (burning, 3, Step(at=now - 190 * MINUTE_US, what="escalated", note="platform-team")),
        (over, 1, Step(at=now - 30 * HOUR_US, what="fired")),
        (over, 2, Step(at=now - 29 * HOUR_US, what="resolved")),
    )
    sent = Delivery(
        id="d1", receiver="oncall", reason="fired", alerts=burning.id, body="{}",
        state=Progress.SENT, created_at=now - 204 * MINUTE_US, due_at=now - 204 * MINUTE_US,
        attempts=1, ended_at=now - 204 * MINUTE_US, answer="200",
    )  # fmt: skip
    term = Leases(ground.engine).term("alerts", "seed", now, 60)
    assert term is not None
    Alerts(ground.engine).write(
        Turn(
            lease="alerts", term=term, alerts=(burning, over), deliveries=(sent,),
            steps=tuple(
                Taken(alert=one.id, number=number, step=step) for one, number, step in steps
            ),
        )
    )  # fmt: skip
    Silences(ground.engine).add(
        Silence(
            id="s1", pattern="spike/cost/night-batch", owner="hana", created_at=now - HOUR_US,
            reason="The monthly batch runs today", expires_at=now + 5 * HOUR_US,
        )
    )  # fmt: skip


def _incident(ground: Ground) -> None:
    now, known = ground.now, Incidents(ground.engine)
    known.open(
        Incident(
            id="i-a1b2c3d4", title="gpt-4o answers too late", severity="page", opened_by="tenken",
            opened_at=now - 200 * MINUTE_US, lead="hana", alert="a1b2c3d4e5f60718",
        )
    )  # fmt: skip
    said = (
        ("note", 195, "Calls to gpt-4o-openai wait for their first token; Azure answers"),
        ("factor", 120, "The time limit of the first token is longer than callers wait"),
    )
    for kind, minutes, text in said:
        noted = Noted(
            at=now - minutes * MINUTE_US, kind="factor" if kind == "factor" else "note",
            actor="hana", text=text,
        )  # fmt: skip
        known.note("i-a1b2c3d4", noted)
    known.plan(
        FollowUp(
            incident="i-a1b2c3d4", what="Shorten the limit of the first token to 4 s",
            owner="hana", due="2026-11-27",
        )
    )  # fmt: skip


def _changed(ground: Ground) -> None:
    now = ground.now
    Overlays(ground.engine).add(
        Overlay(
            id="o1a2b3", subject="caller/night-batch", change="rpm=30", actor="hana",
            reason="The batch takes the places of the desk", created_at=now - HOUR_US,
            expires_at=now + 3 * HOUR_US,
        )
    )  # fmt: skip
    Versions(ground.engine).publish(
        Version(version="5c7e01d9", content="{}", published_by="serve", published_at=now - HOUR_US)
    )
    audit = Audit(ground.engine)
    entry = Entry(
        at=now - HOUR_US, actor="hana", application="shift-desk", action="overlay_set",
        subject="caller/night-batch", detail='{"change":"rpm=30","for":"4h"}',
    )  # fmt: skip
    audit.end(audit.begin(entry), "done")


def _keys(ground: Ground) -> None:
    now = datetime.fromtimestamp(ground.now / 1e6, UTC)
    ground.keys = tuple(
        Key(
            prefix=prefix,
            caller=caller,
            sha256="0" * 64,
            created_at=now - timedelta(days=days),
            expires_at=now + timedelta(days=90 - days),
            revoked_at=now - timedelta(days=20) if prefix == "tk-77ab19c0" else None,
        )
        for prefix, caller, days in (
            ("tk-77ab19c0", "desk", 60),
            ("tk-be71c3aa", "desk", 21),
            ("tk-04d9f2e1", "night-batch", 40),
        )
    )
