"""`tenken overlay`: set, read back, taken back; with a reason and an end, or not at all."""

import json
from pathlib import Path

import pytest

from tenken.cli.main import main
from tenken.cli.operating.overlay import seconds_of
from tenken.cli.serving.served import Files, read_overlays
from tenken.errors import UsageError
from tests.cli.serving.test_gateway import DESK, PLATFORM

WHY = ("--for", "2h", "--reason", "an incident")


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "platform.yaml").write_text(PLATFORM.format(url="http://127.0.0.1:9/v1"))
    (tmp_path / "tenken.yaml").write_text(DESK)
    return tmp_path


def run(desk: Path, *words: str) -> int:
    return main(["--lang", "en", "overlay", *words, "--path", str(desk)])


def test_an_overlay_is_set_read_back_and_taken_back(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With who, why and until when; the file of the workers holds what holds."""
    files = Files(folder=desk)
    assert run(desk, "set", "route/desk", "targets=second", *WHY, "--actor", "hana") == 0
    [one] = read_overlays(files.overlays)
    assert run(desk, "list") == 0
    listed = capsys.readouterr().out
    assert run(desk, "clear", one.id) == 0
    assert read_overlays(files.overlays) == ()
    assert run(desk, "list") == 0

    assert one.expires_at - one.created_at == 7_200_000_000
    assert f"{one.id}  route/desk  targets=second" in listed
    assert "holds  hana: an incident" in listed
    assert "cleared  hana: an incident" in capsys.readouterr().out
    assert run(desk, "clear", one.id) == 2


def test_one_that_fits_nothing_any_more_is_told_so(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The files are served without it."""
    assert run(desk, "set", "route/desk", "off", *WHY) == 0
    (desk / "tenken.yaml").write_text(DESK.replace("name: desk, use", "name: front, use")
                                      .replace("routes: [desk]", "routes: [front]"))  # fmt: skip
    assert run(desk, "list") == 0

    assert "fits-nothing" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("set", "route/none", "off", *WHY), "Known: desk"),
        (("set", "route/desk", "guards=off", *WHY), "is no change of that"),
        (("set", "route/desk", "off", "--for", "2h"), "--reason"),
        (("set", "route/desk", "off", "--reason", "x"), "no length of time"),
        (("set", "route/desk", "off", "--reason", "x", "--for", "31d"), "no length of time"),
        (("clear", "abcd"), "No overlay abcd holds"),
    ],
)
def test_what_cannot_be_is_told_and_kept_nowhere(
    desk: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    """Nothing that nobody can explain later, and nothing without an end."""
    assert run(desk, *words) == 2
    assert told in capsys.readouterr().err
    assert run(desk, "list") == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("said", "seconds"), [("30m", 1800), ("2h", 7200), ("30d", 2_592_000)])
def test_lengths_are_read(said: str, seconds: int) -> None:
    """Minutes, hours, days."""
    assert seconds_of(said) == seconds


@pytest.mark.parametrize("said", ["", "h", "2", "0h", "-1h", "1.5h", "2w", "٢h", "9999999m"])
def test_other_lengths_are_none(said: str) -> None:
    """Each with what to write."""
    with pytest.raises(UsageError):
        seconds_of(said)


def test_a_file_of_overlays_that_is_none_is_told(desk: Path) -> None:
    """What serves goes on as before."""
    files = Files(folder=desk)
    files.state.mkdir()
    files.overlays.write_text(json.dumps([{"id": 3}]))

    with pytest.raises(UsageError):
        read_overlays(files.overlays)
