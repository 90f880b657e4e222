"""`tenken alerts`: seen, acknowledged, silenced; and a receiver is proved, or is not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tenken.cli.main import main
from tenken.store.watch.alert import State
from tenken.store.watch.alerts import Alerts
from tenken.store.watch.outbox import Outbox, Progress
from tenken.store.watch.silences import Silences
from tests.cli.alerting.desks import desk_in, standing, store_in
from tests.keeper.alerts.vendors import SLACK_PATH, Vendor, always, slack
from tests.store.watch.standing import alert


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with Vendor(slack).serving() as found:
        yield found


@pytest.fixture
def desk(tmp_path: Path, vendor: Vendor) -> Path:
    return desk_in(tmp_path, url=vendor.url)


@pytest.fixture
def hooked(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> Vendor:
    monkeypatch.setenv("CHAT_HOOK", vendor.url + SLACK_PATH)
    return vendor


@pytest.fixture
def engine(desk: Path) -> Iterator[Engine]:
    found = store_in(desk)
    yield found
    found.dispose()


def run(desk: Path, *words: str) -> int:
    return main(["--lang", "en", "alerts", *words, "--path", str(desk)])


def test_a_receiver_is_proved_by_a_number_of_its_own(
    desk: Path, hooked: Vendor, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    """What came there is what is told here and kept as a receipt."""
    assert run(desk, "test", "chat") == 0
    told = capsys.readouterr().err
    assert run(desk, "receipts") == 0

    nonce = told.partition("number ")[2].partition(":")[0]
    assert len(nonce) == 8
    assert nonce in str(hooked.came[0].body)
    assert "テスト" in str(hooked.came[0].body)
    [kept] = Outbox(engine).newest(9)
    assert (kept.id, kept.state, kept.answer) == (f"test-{nonce}", Progress.SENT, "200 ok")
    assert hooked.url not in kept.body
    assert f"test-{nonce}  200 ok" in capsys.readouterr().out


def test_a_receiver_that_takes_nothing_fails(
    desk: Path, vendor: Vendor, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what it said; nothing is tried again behind the person's back."""
    vendor.answer = always(500, "boom")

    assert run(desk, "test", "pager") == 1
    assert run(desk, "test", "chat") == 1

    told = capsys.readouterr().err
    assert "500 boom" in told
    assert "no_variable CHAT_HOOK" in told
    assert Outbox(engine).waiting(9) == ()


def test_an_alert_is_seen_and_acknowledged(
    desk: Path, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once; by whom is kept."""
    standing(engine, alert())

    assert run(desk, "list") == 0
    assert run(desk, "ack", "a1", "--actor", "hana") == 0
    assert run(desk, "ack", "a1") == 2

    said = capsys.readouterr()
    assert "a1  page    firing" in said.out
    assert "is acknowledged: there is nothing" in said.err
    [found] = Alerts(engine).open()
    assert (found.state, found.acknowledged_by) == (State.ACKNOWLEDGED, "hana")


def test_a_silence_has_an_owner_a_reason_and_an_end(
    desk: Path, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    """Or is none."""
    assert run(desk, "silence", "slo/*", "--for", "2h") == 2
    assert run(desk, "silence", "slo/*", "--for", "2h", "--reason", "known", "--actor", "ken") == 0

    [one] = Silences(engine).newest(9)
    assert (one.pattern, one.owner, one.reason) == ("slo/*", "ken", "known")
    assert one.expires_at - one.created_at == 7_200_000_000
    assert run(desk, "list") == 0
    assert "ken: known" in capsys.readouterr().out
    assert run(desk, "unsilence", one.id) == 0
    assert run(desk, "unsilence", one.id) == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("ack",), "tenken alerts ack ID"),
        (("ack", "none"), "There is no alert none"),
        (("test",), "known: chat, pager"),
        (("test", "none"), "There is no receiver none; known: chat, pager"),
    ],
)
def test_what_is_missing_is_told(
    desk: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    """With what is known."""
    assert run(desk, *words) == 2
    assert told in capsys.readouterr().err


def test_nothing_is_told_as_such(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty list is a sentence."""
    assert run(desk) == 0
    assert run(desk, "receipts") == 0
    assert "No alert is open" in capsys.readouterr().err
