"""`tenken incident`: from the first word to the last action, each one command."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tenken.cli.main import main
from tenken.cli.serving.served import Files, read_overlays
from tenken.store.overlays import Overlays
from tenken.store.watch.effects import Effects
from tenken.store.watch.incidents import Incidents
from tests.cli.alerting.desks import desk_in, standing, store_in
from tests.store.watch.standing import alert


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    return desk_in(tmp_path)


@pytest.fixture
def engine(desk: Path) -> Iterator[Engine]:
    found = store_in(desk)
    yield found
    found.dispose()


def run(desk: Path, *words: str, command: str = "incident") -> int:
    return main(["--lang", "en", command, *words, "--path", str(desk), "--actor", "hana"])


def opened(desk: Path, engine: Engine) -> str:
    assert run(desk, "open", "Answers are slow", "--text", "users complain") == 0
    [one] = Incidents(engine).newest(9)
    return one.id


def test_it_goes_from_opening_to_a_draft(
    desk: Path, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was said stands in it, and what is to be done is listed until it is."""
    name = opened(desk, engine)
    assert run(desk, "note", name, "--text", "it is the provider") == 0
    assert run(desk, "factor", name, "--text", "no fallback") == 0
    assert (
        run(desk, "plan", name, "--text", "add one", "--owner", "ken", "--due", "2026-12-01") == 0
    )
    assert run(desk, "close", name, "--draft-in", "ja") == 0
    assert run(desk, "list") == 0
    listed = capsys.readouterr().out
    assert run(desk, "done", name, "1") == 0
    assert run(desk, "done", name, "1") == 2
    assert run(desk, "note", name, "--text", "later") == 0
    assert run(desk, "close", name) == 2

    [path] = (desk / "postmortems").iterdir()
    draft = path.read_text("utf-8")
    assert path.name.endswith(f"-{name}.md")
    for part in ("# ポストモーテム: Answers are slow", "it is the provider", "- no fallback",
                 "| 1 | add one | ken | 2026-12-01 | - |"):  # fmt: skip
        assert part in draft
    assert f"{name}  #1  ken  2026-12-01  add one" in listed
    assert Incidents(engine).outstanding() == ()
    assert run(desk, "show", name) == 0
    assert capsys.readouterr().out == draft


def test_an_alert_gives_it_its_title(desk: Path, engine: Engine) -> None:
    """And its severity."""
    standing(engine, alert())

    assert run(desk, "open", "--alert", "a1") == 0
    assert run(desk, "open", "--alert", "none") == 2

    [one] = Incidents(engine).newest(9)
    assert (one.alert, one.severity, one.title[:4]) == ("a1", "page", "Test")


@pytest.mark.parametrize(
    ("subject", "change"), [("use_case/answer", "off"), ("target/first", "off")]
)
def test_an_action_is_one_command(desk: Path, engine: Engine, subject: str, change: str) -> None:
    """It holds for workers at once, with an end and a reason; its effect is looked for."""
    name = opened(desk, engine)

    assert run(desk, "act", name, subject, "--for", "30m", "--text", "provider down") == 0

    [one] = Overlays(engine).standing(0)
    assert (one.subject, one.change, one.actor) == (subject, change, "hana")
    assert one.reason == f"incident {name} provider down"
    assert one.expires_at - one.created_at == 1_800_000_000
    [effect] = Effects(engine).of(name)
    assert effect.overlay == one.id
    assert len(effect.versions) == 8
    assert [noted.text for noted in Incidents(engine).notes(name)][1:] == [f"{subject} {change}"]
    assert read_overlays(Files(folder=desk).overlays) in {(), (one,)}


def test_a_route_goes_back_to_an_earlier_version(
    desk: Path, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    """As far as its targets are those of today."""
    name = opened(desk, engine)
    file = desk / "tenken.yaml"
    text = file.read_text()
    assert run(desk, "act", name, "route/desk") == 2
    assert main(["apply", str(desk)]) == 0
    file.write_text(text.replace("targets: [first, second]", "targets: [second, first]"))
    assert main(["apply", str(desk)]) == 0

    assert run(desk, "act", name, "route/desk") == 0

    [one] = Overlays(engine).standing(0)
    assert one.change == "targets=first,second"
    file.write_text(text.replace("targets: [first, second]", "targets: [second]"))
    capsys.readouterr()
    assert run(desk, "act", name, "route/desk") == 2
    assert "names targets that it does not have today" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("open",), "Give a title"),
        (("note", "none", "--text", "x"), "There is no incident none"),
        (("act", "none", "target/first"), "There is no incident none"),
    ],
)
def test_what_is_missing_is_told(
    desk: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    """And nothing is done."""
    assert run(desk, *words) == 2
    assert told in capsys.readouterr().err


def test_an_action_needs_a_subject_that_there_is(
    desk: Path, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is written of one that is not."""
    name = opened(desk, engine)

    for subject in ("", "caller/app", "target/none", "route/none"):
        assert run(desk, "act", name, subject) == 2
    assert Overlays(engine).newest(9) == ()
    assert "Say what: use_case/NAME" in capsys.readouterr().err
