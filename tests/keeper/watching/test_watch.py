"""Signals become messages at receivers, through the store, whoever fails on the way."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tenken.config.operating.alerting import AlertRoute, AlertSettings, Receiver, receivers
from tenken.keeper.alerts.deliver import Deliver
from tenken.keeper.alerts.message import Writer
from tenken.keeper.alerts.receivers.reach import Reach
from tenken.keeper.alerts.settings import policy_of
from tenken.keeper.alerts.signal import Signal
from tenken.keeper.watching.watch import REST_S, Told, Watch, Watcher
from tenken.messages.speech import Language
from tenken.store.engine import opened
from tenken.store.faults import Away
from tenken.store.migration import migrate
from tenken.store.watch.alert import State
from tenken.store.watch.alerts import Alerts
from tenken.store.watch.leases import Leases
from tenken.store.watch.outbox import Delivery, Outbox, Progress
from tests.keeper.alerts.playing import signal
from tests.keeper.alerts.vendors import Vendor, always

S = 1_000_000
SETTINGS = AlertSettings(
    receivers=(
        Receiver(name="chat", kind="webhook", url_env="CHAT", allow_private=True, language="ja"),
        Receiver(name="pager", kind="webhook", url_env="PAGER", allow_private=True),
    ),
    routes={
        "page": AlertRoute(receivers=("pager", "chat")),
        "ticket": AlertRoute(receivers=("chat",)),
    },
    group_wait_seconds=0,
)


class AtOnce(Executor):
    """Works when asked to, in the same thread."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - as an executor does
            done.set_exception(error)
        return done


class Ground:
    """A store, a watch and what is heard."""

    def __init__(
        self, engine: Engine, environment: Mapping[str, str], *, holder: str = "a"
    ) -> None:
        self.engine = engine
        self.settings = SETTINGS
        self.signals: list[Signal] = []
        self.watchers: dict[str, Watcher] = {"test": lambda _: tuple(self.signals)}
        self.reach = Reach(environment)
        self.watch = self.watching(holder)
        self.deliver = Deliver(
            Outbox(engine), Leases(engine), holder=holder, send=self.sent, works=AtOnce()
        )

    def watching(self, holder: str) -> Watch:
        return Watch(
            self.engine, holder=holder, watchers=lambda: self.watchers, settings=self.told
        )

    def told(self) -> Told:
        known = receivers(self.settings)
        return Told(
            policy=policy_of(self.settings, known),
            receivers=known,
            writer=Writer(application="desk"),
            language=Language.EN,
        )

    def sent(self, one: Delivery, now: int) -> str:
        receiver = receivers(self.settings)[one.receiver]
        return self.reach.hand_over(receiver, one.body, id_=one.id, now=now)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/store.db")
    migrate(found)
    yield found
    found.dispose()


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with Vendor(always(200, "ok")).serving() as found:
        yield found


@pytest.fixture
def ground(engine: Engine, vendor: Vendor) -> Ground:
    return Ground(engine, {"CHAT": f"{vendor.url}/chat", "PAGER": f"{vendor.url}/pager"})


def test_an_alert_arrives_and_its_end_does(ground: Ground, vendor: Vendor) -> None:
    """At each receiver once, in its language; the store knows of both."""
    ground.signals = [signal()]
    ground.watch.step(0)
    ground.deliver.step(1 * S)
    ground.signals = [signal(firing=False)]
    ground.watch.step(10 * S)
    ground.watch.step(70 * S)
    ground.deliver.step(71 * S)

    came = [(one.path, one.body["reason"], one.body["title"][:6]) for one in vendor.came]
    assert sorted(came) == [
        ("/chat", "fired", "[緊急] d"), ("/chat", "resolved", "[解消] d"),
        ("/pager", "fired", "[PAGE]"), ("/pager", "resolved", "[OVER]"),
    ]  # fmt: skip
    assert {one.state for one in Outbox(ground.engine).newest(9)} == {Progress.SENT}
    assert Alerts(ground.engine).open() == ()


def test_two_keepers_tell_once(ground: Ground) -> None:
    """Only who holds the lease looks."""
    ground.signals = [signal()]
    other = ground.watching("b")

    ground.watch.step(0)
    other.step(1)

    assert len(Outbox(ground.engine).newest(9)) == 2
    ground.watch.close()
    other.step(2 * S)
    assert len(Outbox(ground.engine).newest(9)) == 2


def test_what_is_not_taken_is_brought_later_and_in_order(ground: Ground, vendor: Vendor) -> None:
    """Ten minutes away: all arrives after, the beginning before the end."""
    vendor.answer = always(503)
    ground.signals = [signal()]
    ground.watch.step(0)
    ground.deliver.step(0)
    ground.signals = [signal(firing=False)]
    for at in range(10, 600, 10):
        ground.watch.step(at * S)
        ground.deliver.step(at * S)
    tried = len(vendor.came)
    vendor.answer = always(200)
    for at in range(600, 1200, 10):
        ground.deliver.step(at * S)

    taken = [(one.path, one.body["reason"]) for one in vendor.came[tried:]]
    assert sorted(taken) == [
        ("/chat", "fired"), ("/chat", "resolved"), ("/pager", "fired"), ("/pager", "resolved"),
    ]  # fmt: skip
    assert taken.index(("/chat", "fired")) < taken.index(("/chat", "resolved"))
    assert tried < 30
    assert Outbox(ground.engine).waiting(9) == ()


def test_a_watcher_that_fails_is_told_of(ground: Ground) -> None:
    """The others are heard all the same."""

    def fails(_: int) -> tuple[Signal, ...]:
        raise ValueError

    ground.signals = [signal()]
    ground.watchers = {"broken": fails, **ground.watchers}
    ground.watch.step(0)
    ground.watch.step(60 * S)

    found = {one.key: one.state for one in Alerts(ground.engine).open()}
    assert found == {"slo/answers": State.FIRING, "watch/broken": State.FIRING}


def test_a_question_that_the_store_does_not_answer_stops_no_other(ground: Ground) -> None:
    """One that takes too long is no reason not to page for what is known."""

    def slow(_: int) -> tuple[Signal, ...]:
        raise Away("canceling statement due to statement timeout")

    ground.signals = [signal()]
    ground.watchers = {"objectives": slow, **ground.watchers}
    ground.watch.step(0)

    assert [one.key for one in Alerts(ground.engine).open() if one.fired_at == 0] == [
        "slo/answers"
    ]
    assert {one.receiver for one in Outbox(ground.engine).newest(9)} == {"pager", "chat"}


def test_where_somebody_else_pages_nobody_is_told(ground: Ground) -> None:
    """The alert stands all the same."""
    ground.settings = AlertSettings(
        by="prometheus", receivers=SETTINGS.receivers, routes=SETTINGS.routes
    )
    ground.signals = [signal()]

    assert ground.watch.step(0) == REST_S

    assert [one.key for one in Alerts(ground.engine).open()] == ["slo/answers"]
    assert Outbox(ground.engine).newest(9) == ()


def test_a_message_that_cannot_be_handed_over_blocks_no_other(ground: Ground) -> None:
    """Nor does it raise: it is tried again later, and what is behind it goes."""

    def fails(one: Delivery, now: int) -> str:
        if one.receiver == "chat":
            raise KeyError("https://hooks.example.com/key")
        return ground.sent(one, now)

    ground.deliver = Deliver(
        Outbox(ground.engine), Leases(ground.engine), holder="a", send=fails, works=AtOnce()
    )
    ground.signals = [signal()]
    ground.watch.step(0)
    ground.deliver.step(0)
    ground.deliver.step(1 * S)

    found = {one.receiver: one for one in Outbox(ground.engine).newest(9)}
    assert found["pager"].state is Progress.SENT
    chat = found["chat"]
    assert (chat.state, chat.attempts, chat.answer) == (Progress.DUE, 1, "KeyError")


def test_a_receiver_that_is_gone_holds_nothing_up(ground: Ground) -> None:
    """What it was to hear is noted as given up."""
    ground.signals = [signal()]
    ground.watch.step(0)
    ground.settings = AlertSettings(receivers=SETTINGS.receivers[:1], group_wait_seconds=0)
    ground.signals = [signal(firing=False)]
    ground.watch.step(1 * S)
    ground.watch.step(61 * S)

    ended = {
        one.receiver: one.state
        for one in Outbox(ground.engine).newest(9)
        if one.reason == "resolved"
    }
    assert ended == {"pager": Progress.GIVEN_UP, "chat": Progress.DUE}
