"""What workers are given when files change, also where the disk takes no file."""

import errno
from pathlib import Path

import pytest

from tenken.cli.rim import Rim, SystemClock
from tenken.cli.serving.published import read_settings as published
from tenken.cli.serving.served import Files
from tenken.cli.serving.supervising import publisher as module
from tenken.cli.serving.supervising.at_start import APPLICATION, GATEWAY
from tenken.cli.serving.supervising.publisher import Publisher
from tenken.cli.serving.worker import begun, read_from
from tenken.config.application import Application
from tenken.config.environment import read_settings
from tenken.config.serving import GatewaySettings
from tenken.errors import UsageError
from tenken.messages.speech import Language, Speech
from tests.cli.serving.test_gateway import DESK, PLATFORM


def rim() -> Rim:
    return Rim(speech=Speech(Language.EN), settings=read_settings({}), clock=SystemClock())


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """An application with its platform."""
    monkeypatch.setenv("UP_KEY", "any")
    (tmp_path / "platform.yaml").write_text(PLATFORM.format(url="http://127.0.0.1:9/v1"))
    (tmp_path / "tenken.yaml").write_text(DESK)
    return Files(folder=tmp_path)


def published_by(files: Files) -> Publisher:
    return Publisher(rim(), files, read_from(files, SystemClock().now()))


def no_room(*_given: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_settings_wait_for_a_disk_that_takes_them(
    files: Files, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those before stay in effect, it is told once, and nobody ends for it."""
    here = published_by(files)
    before = here.version
    (files.folder / "tenken.yaml").write_text(DESK.replace("owner: team", "owner: others"))
    with monkeypatch.context() as full:
        full.setattr(module, "publish", no_room)
        for _ in range(4):
            here.look()
        assert (here.version, published(files.state).version) == (before, before)
    here.look()

    assert published(files.state).version == here.version != before
    assert capsys.readouterr().err.count("can be written") == 1


def test_what_waits_is_forgotten_when_the_files_are_as_before(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is given settings that no file says any more."""
    here = published_by(files)
    before = here.version
    (files.folder / "tenken.yaml").write_text(DESK.replace("owner: team", "owner: others"))
    with monkeypatch.context() as full:
        full.setattr(module, "publish", no_room)
        here.look()
        here.look()
        (files.folder / "tenken.yaml").write_text(DESK)
        here.look()
        here.look()
    here.look()

    assert published(files.state).version == here.version == before


def test_a_start_without_room_says_where(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the folder, and no traceback."""
    monkeypatch.setattr(module, "publish", no_room)

    with pytest.raises(UsageError) as told:
        published_by(files)

    assert told.value.sentence.id == "cli.cannot_write"


def test_what_is_taken_up_at_the_next_start_is_told(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    """An answer names the new version at once: that these are not in effect has to be said."""
    here = published_by(files)
    changed = "admission: {in_flight_max: 1}, keep_alive_s: 3, idempotency: {keep: off}, "
    text = DESK.replace("gateway: {", "gateway: {" + changed) + "telemetry: {service: desk}\n"
    (files.folder / "tenken.yaml").write_text(text.replace("keep: off", "keep: memory"))
    here.look()
    here.look()

    told = capsys.readouterr().err
    assert "gateway.admission, gateway.keep_alive_s, gateway.idempotency, telemetry" in told


def test_every_setting_of_a_gateway_is_told_or_served_by_its_plan() -> None:
    """A new one has to be sorted: what no plan holds is taken up at the next start."""
    planned = {"pass_through", "issuers", "texts"}

    assert {*GATEWAY, *planned} == set(GatewaySettings.__struct_fields__)
    assert set(APPLICATION) <= set(Application.__struct_fields__)


def test_a_log_that_takes_no_line_stops_nobody(
    monkeypatch: pytest.MonkeyPatch, files: Files
) -> None:
    """A full disk behind standard error, or a pipe that nobody reads any more."""

    class Full:
        def write(self, _text: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("sys.stderr", Full())
    rim().tell("a line")

    assert begun(files, SystemClock().now()).plan.version
