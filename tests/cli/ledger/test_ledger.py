"""`tenken ledger`: deletes what it is told, tells what it would, and notes who asked."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from tenken.cli.main import main
from tenken.cli.serving.machine import session_key
from tenken.gateway.read import session_hash
from tenken.store.engine import opened
from tenken.store.ledger import Ledger
from tenken.store.migration import migrate
from tenken.store.people.audit import Audit
from tests.cli.serving.test_gateway import DESK, PLATFORM
from tests.journal.making import exchange

WHY = ("--reason", "asked by the person", "--actor", "hana")


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "platform.yaml").write_text(PLATFORM.format(url="http://127.0.0.1:9/v1"))
    (tmp_path / "tenken.yaml").write_text(DESK)
    state = tmp_path / ".tenken"
    state.mkdir()
    by = session_hash(session_key(state, "", {}))
    by.update(b"kenji")
    who = replace(exchange(1).identity, session=by.hexdigest(), session_known="derived")
    engine = opened(f"sqlite:///{store(tmp_path)}")
    migrate(engine)
    Ledger(engine).record([replace(exchange(1), identity=who), exchange(2)])
    engine.dispose()
    return tmp_path


def store(desk: Path) -> Path:
    return desk / ".tenken" / "store.db"


def run(desk: Path, *words: str) -> int:
    return main(["--lang", "en", "ledger", *words, "--path", str(desk)])


def left(desk: Path) -> list[bool]:
    engine = opened(f"sqlite:///{store(desk)}")
    found = [bool(Ledger(engine).exchanges(exchange(n).id)) for n in (1, 2)]
    engine.dispose()
    return found


def test_a_user_s_records_are_deleted(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And nobody else's; the log of changes says by whom and why, and does not name the user."""
    assert run(desk, "delete", "--user", "kenji", "--dry") == 0
    assert left(desk) == [True, True]
    assert run(desk, "delete", "--user", "kenji", *WHY) == 0

    assert left(desk) == [False, True]
    told = capsys.readouterr().err
    assert "1 exchanges and 0 feedback would go" in told
    assert "1 exchanges and 0 feedback are gone" in told
    engine = opened(f"sqlite:///{store(desk)}")
    [noted] = Audit(engine).newest("desk", 5)
    engine.dispose()
    assert (noted.entry.actor, noted.entry.detail) == ("hana", "asked by the person")
    assert "kenji" not in noted.entry.subject
    assert noted.outcome == "done"


@pytest.mark.parametrize(
    "words",
    [
        ("delete", *WHY),
        ("delete", "--user", "kenji"),
        ("delete", "--user", "kenji", "--session", "s", *WHY),
        ("export",),
        ("export", "out", "--since", "yesterday"),
    ],
)
def test_what_is_not_said_is_not_guessed(desk: Path, words: tuple[str, ...]) -> None:
    """Nothing goes."""
    assert run(desk, *words) == 2
    assert left(desk) == [True, True]


def test_what_is_too_old_goes_at_once(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the settings; where they keep all it says so."""
    assert run(desk, "retain") == 0
    assert left(desk) == [True, True]

    assert "kept for ever" in capsys.readouterr().err


def test_lookml_is_written_without_a_store(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Into the folder that is named; a name that would be more than a name is refused."""
    to = tmp_path / "looker"
    assert main(["ledger", "lookml", str(to), "--tables", "project.tenken"]) == 0
    assert sorted(path.name for path in to.iterdir()) == [
        "attempts.view.lkml", "exchanges.view.lkml", "feedback.view.lkml", "matches.view.lkml",
        "tenken.model.lkml",
    ]  # fmt: skip
    assert "`project.tenken.attempts`" in (to / "attempts.view.lkml").read_text()
    capsys.readouterr()

    assert main(["ledger", "lookml"]) == 2
    assert main(["ledger", "lookml", str(to), "--connection", 'a" x: "b']) == 2


@pytest.mark.parametrize(("words", "noted"), [((), []), (("--texts",), [("done", "hana")])])
def test_who_takes_texts_out_is_on_record(
    desk: Path, words: tuple[str, ...], noted: list[tuple[str, str]]
) -> None:
    """Whatever the console says of looks; files of it are its owner's alone."""
    to = desk / "out"
    assert run(desk, "export", str(to), *words, "--actor", "hana") == 0

    engine = opened(f"sqlite:///{store(desk)}")
    found = Audit(engine).newest("desk", 5)
    engine.dispose()
    assert [(one.outcome, one.entry.actor) for one in found] == noted
    assert all(one.entry.subject == str(to) for one in found)
    modes = {path.stat().st_mode & 0o077 for path in to.rglob("*") if path.is_file()}
    assert (modes == {0}) == bool(words)
