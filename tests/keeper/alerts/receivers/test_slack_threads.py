"""A bot's messages on one alert stand below the first; the server is written after Slack's pages.

docs.slack.dev, "chat.postMessage" and "Sending and scheduling messages" (read 2026-11); nothing
here was recorded from Slack.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from tenken.config.operating.alerting import Receiver
from tenken.keeper.alerts.deliver import arrived
from tenken.keeper.alerts.posting import NotSent
from tenken.keeper.alerts.receivers.reach import Reach, stored
from tenken.keeper.alerts.receivers.slack import Below, heard
from tenken.keeper.alerts.receivers.threads import TRIES, Threads
from tenken.keeper.alerts.telling import Reason
from tenken.store.engine import opened
from tenken.store.migration import migrate
from tenken.store.watch.outbox import Delivery, Outbox, Progress
from tests.keeper.alerts.receivers.test_reach import NOW, message
from tests.keeper.alerts.vendors import Answer, Came, Vendor, always

TOKEN = "xoxb-planted-token"
CHANNEL = "C0123ABCD"


class Slack:
    """Answers as `chat.postMessage` does: 200, with the time stamp of what it was given."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, came: Came) -> Answer:
        if came.headers["authorization"] != f"Bearer {TOKEN}":
            return 200, json.dumps({"ok": False, "error": "invalid_auth"}), {}
        if came.body["channel"] != CHANNEL:
            return 200, json.dumps({"ok": False, "error": "channel_not_found"}), {}
        self.count += 1
        said = {"ok": True, "channel": CHANNEL, "ts": f"1795000000.{self.count:06}"}
        return 200, json.dumps({**said, "message": came.body}), {}


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with Vendor(Slack()).serving() as one:
        yield one


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/store.db")
    migrate(found)
    yield found
    found.dispose()


class Channel:
    """A channel, and what was told there so far."""

    def __init__(self, vendor: Vendor, engine: Engine) -> None:
        self.outbox = Outbox(engine)
        self.threads = Threads(self.outbox)
        self.vendor = vendor
        self.told = 0
        self.receiver = Receiver(
            name="chat", kind="slack", key_env="BOT", channel=CHANNEL, allow_private=True,
            url=f"{vendor.url}/api/chat.postMessage",
        )  # fmt: skip

    def tell(self, reason: Reason, *alerts: str, attempts: int = 0) -> dict[str, object]:
        """Have a delivery sent as the keeper does; gives what came there."""
        self.told += 1
        one = Delivery(
            id=f"d{self.told}", receiver="chat", reason=reason, alerts=" ".join(alerts),
            body=stored(self.receiver, message(reason)), state=Progress.DUE,
            created_at=NOW + self.told, due_at=NOW, attempts=attempts,
        )  # fmt: skip
        self.outbox.put(one)
        below = self.threads.below(self.receiver, one)
        reach = Reach({"BOT": TOKEN})
        answer = reach.hand_over(self.receiver, one.body, id_=one.id, now=NOW, below=below)
        self.outbox.note(arrived(one, answer, NOW))
        return self.vendor.came[-1].body


@pytest.fixture
def channel(vendor: Vendor, engine: Engine) -> Channel:
    return Channel(vendor, engine)


def place(body: dict[str, object]) -> tuple[object, object]:
    return body.get("thread_ts"), body.get("reply_broadcast")


def test_what_follows_on_an_alert_stands_below_its_first_message(channel: Channel) -> None:
    """Shown in the channel too, where somebody has to look; its end, and who has it, are not."""
    first = channel.tell("fired", "a1")
    steps: tuple[Reason, ...] = ("repeated", "escalated", "acknowledged", "resolved")
    later = [channel.tell(reason, "a1") for reason in steps]

    assert place(first) == (None, None)
    assert (first["channel"], first["unfurl_links"]) == (CHANNEL, False)
    thread = "1795000000.000001"
    assert [place(one) for one in later] == [
        (thread, True), (thread, True), (thread, False), (thread, False),
    ]  # fmt: skip


def test_alerts_that_were_told_apart_have_no_thread_in_common(channel: Channel) -> None:
    """Those that were told together have."""
    channel.tell("fired", "a1")
    channel.tell("fired", "b1", "b2")

    assert place(channel.tell("resolved", "a1", "b1")) == (None, None)
    assert place(channel.tell("resolved", "b2")) == ("1795000000.000002", False)
    assert place(channel.tell("fired", "c1")) == (None, None)


def test_a_thread_that_is_gone_keeps_nobody_from_being_told(channel: Channel) -> None:
    """After some tries it is a message of its own."""
    channel.tell("fired", "a1")

    assert place(channel.tell("resolved", "a1", attempts=TRIES)) == (None, None)


def test_a_webhook_makes_no_thread(channel: Channel) -> None:
    """It could not name one."""
    channel.tell("fired", "a1")
    hook = Receiver(name="chat", kind="slack", url_env="HOOK")
    one = replace(channel.outbox.newest(1)[0], id="later")

    assert channel.threads.below(hook, one) is None
    assert channel.threads.below(channel.receiver, one) == Below("1795000000.000001", loud=True)


def test_200_says_nothing_until_it_is_read(channel: Channel, vendor: Vendor) -> None:
    """Why not is told; the token is in no note and in no store."""
    with pytest.raises(NotSent, match="invalid_auth") as refused:
        Reach({"BOT": "wrong"}).hand_over(channel.receiver, "{}", id_="n", now=NOW)
    assert not refused.value.final

    channel.tell("fired", "a1")
    assert TOKEN not in str(channel.outbox.newest(9))
    vendor.answer = always(200, json.dumps({"ok": False, "error": "invalid_blocks"}))
    with pytest.raises(NotSent, match="invalid_blocks") as refused:
        Reach({"BOT": TOKEN}).hand_over(channel.receiver, "{}", id_="n", now=NOW)
    assert refused.value.final


@pytest.mark.parametrize(
    "said", ["", "<html>", "[]", '{"ok": false}', '{"ok": false, "error": "<x> xoxb-1"}']
)
def test_an_answer_that_is_none_of_slacks_is_no_success(said: str) -> None:
    """A page of a proxy is none, and what a stranger writes is in no note."""
    with pytest.raises(NotSent, match=r"^not_understood$") as refused:
        heard(said)

    assert not refused.value.final


def test_a_stamp_is_noted_only_where_it_is_one() -> None:
    """It is sent again later, in a field of its own."""
    assert heard('{"ok": true, "ts": "1503435956.000247"}') == "ok ts=1503435956.000247"
    assert heard('{"ok": true, "ts": "now"}') == "ok"


def test_the_answer_to_the_largest_message_is_read_whole(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds the message, each letter as six: one half of it would be sent again and again."""
    one = message("fired")
    long = replace(one.parts[0], what="遅延" * 900, runbook="https://例え.jp/" + "手順" * 400)
    largest = replace(one, title="多数の警報" * 200, parts=(long,) * 40)
    monkeypatch.setattr(f"{__name__}.message", lambda _reason: largest)

    told = channel.tell("fired", "a1")
    channel.tell("resolved", "a1")

    assert len(json.dumps(told)) > 1 << 16
    assert place(channel.vendor.came[-1].body)[0] == "1795000000.000001"
