"""`tenken apply` and `tenken journal`, over the store of a machine."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from tenken.cli.main import main
from tenken.journal.frame import Kind
from tenken.journal.writer import Writer
from tenken.store.engine import opened
from tenken.store.ledger import Ledger
from tenken.store.parking import Parked, park
from tests.cli.serving.test_gateway import DESK, PLATFORM
from tests.journal.making import AT, exchange, intent


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "platform.yaml").write_text(PLATFORM.format(url="http://127.0.0.1:9/v1"))
    (tmp_path / "tenken.yaml").write_text(DESK)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    """Run a command that does its work; gives what it prints and says."""
    assert main(["--lang", "en", *command]) == 0
    said = capsys.readouterr()
    return said.out + said.err


def test_versions_are_kept_and_read_back(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each once, word for word, the platform's file with it."""
    first = told(capsys, "apply", str(desk)).split()[1]
    again = told(capsys, "apply", str(desk))
    (desk / "tenken.yaml").write_text(DESK.replace("targets: [first, second]", "targets: [first]"))
    second = told(capsys, "apply", str(desk)).split()[1]

    listed = told(capsys, "apply", str(desk), "--versions").splitlines()
    shown = told(capsys, "apply", str(desk), "--show", first)

    assert "already" in again
    assert [line.split()[0] for line in listed] == [second, first]
    assert DESK in shown
    assert "base_url" in shown


def test_a_version_that_is_not_there_is_told(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With those that are."""
    version = told(capsys, "apply", str(desk)).split()[1]

    assert main(["--lang", "en", "apply", str(desk), "--show", "0000"]) == 2
    assert version in capsys.readouterr().err


def test_bad_settings_are_not_kept(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The mistake is told with its line."""
    (desk / "tenken.yaml").write_text(DESK.replace("[first, second]", "[frist]"))

    assert main(["apply", str(desk)]) == 2
    assert "frist" in capsys.readouterr().err


def test_a_store_that_does_not_answer_is_told_without_its_address(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address may hold a password."""
    text = DESK.replace("{port: 0,", "{port: 0, store: {url_env: STORE_URL},")
    (desk / "tenken.yaml").write_text(text)
    monkeypatch.setenv("STORE_URL", "postgresql://user:hidden@127.0.0.1:9/none")

    assert main(["--lang", "en", "apply", str(desk)]) == 2
    assert "does not answer" in (said := capsys.readouterr().err)
    assert "hidden" not in said


def test_journals_are_proved_and_what_waits_is_told(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a byte is another one the command fails."""
    writer = Writer(desk / ".tenken" / "journal" / "0", worker=0, boot="b", at=AT)
    writer.intent(intent(1))
    writer.settle(exchange(1))
    writer.close()

    whole = told(capsys, "journal", str(desk))
    [segment] = (desk / ".tenken" / "journal" / "0").glob("*.journal")
    content = bytearray(segment.read_bytes())
    content[-10] ^= 1
    segment.write_bytes(content)

    assert "3 frames in 1 segment(s)" in whole
    assert "3 frames wait" in whole
    assert main(["--lang", "en", "journal", str(desk)]) == 1
    assert "damaged" in capsys.readouterr().err


def test_no_journals_are_told(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the place."""
    assert main(["--lang", "en", "journal", str(desk)]) == 2
    assert "journal" in capsys.readouterr().err


def test_what_the_ledger_refused_is_told_and_can_be_brought_again(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command fails as long as something is parked."""
    told(capsys, "apply", str(desk))
    Writer(desk / ".tenken" / "journal" / "0", worker=0, boot="b", at=AT).close()
    parked = Parked(
        journal="here/0", boot="b", kind=Kind.SETTLEMENT, why="smallint out of range", at=AT,
        payload=msgspec.msgpack.encode(exchange(1)),
    )  # fmt: skip
    engine = opened(f"sqlite:///{desk}/.tenken/store.db")
    with engine.begin() as connection:
        park(connection, (parked,))
    engine.dispose()

    code = main(["--lang", "en", "journal", str(desk)])
    said = capsys.readouterr().out
    after = told(capsys, "journal", str(desk), "--again")

    assert code == 1
    assert "1 records that the ledger did not take are parked" in said
    assert "smallint out of range" in said
    assert "1 parked records are in the ledger now, 0 are not taken still" in after


TELEMETRY = """
telemetry:
  logs: [{name: lines, path: requests.jsonl}]
"""


def test_a_journal_says_how_far_each_sink_is_behind(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And gives it again what the ledger has, when asked to."""
    (desk / "tenken.yaml").write_text(DESK + TELEMETRY)
    writer = Writer(desk / ".tenken" / "journal" / "0", worker=0, boot="b", at=AT)
    writer.settle(exchange(1))
    writer.close()

    said = told(capsys, "journal", str(desk))
    assert "Sink lines: 2 frames" in said
    engine = opened(f"sqlite:///{desk}/.tenken/store.db")
    Ledger(engine).record([exchange(number) for number in range(1, 4)])
    engine.dispose()
    moment = datetime.fromtimestamp(AT / 1e6, tz=UTC) + timedelta(microseconds=2)

    again = told(capsys, "journal", str(desk), "--replay", "lines", "--from", moment.isoformat())

    assert "owed 2 requests" in again
    assert "and 2 others wait" in told(capsys, "journal", str(desk))
    for wrong in (["--replay", "no"], ["--replay", "lines", "--from", "soon"]):
        assert main(["--lang", "en", "journal", str(desk), *wrong]) == 2
