"""Reports read back: compared with each other, and many on one page."""

import json
from pathlib import Path

import pytest

from tenken.cli.main import main
from tenken.messages.speech import Speech
from tenken.readiness.inspection import Report
from tenken.readiness.report import json_report
from tenken.readiness.report.document import Document
from tests.readiness.repositories import repository


@pytest.fixture
def report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Give a JSON report of a small repository."""
    folder = repository(tmp_path / "desk", {"README.md": "# Desk\n"})
    out = tmp_path / "report.json"
    main(["check", str(folder), "-q", "-f", "json", "-o", str(out)])
    capsys.readouterr()
    return out


def test_a_report_is_written_once_and_kept_as_it_was_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The history holds the very text; writing it twice would cost a large repository seconds."""
    made: list[Report] = []
    document = json_report.document

    def counted(report: Report, speech: Speech) -> Document:
        made.append(report)
        return document(report, speech)

    monkeypatch.setattr(json_report, "document", counted)
    folder = repository(tmp_path / "desk", {"README.md": "# Desk\n"})
    state = tmp_path / "state"

    main(["check", str(folder), "-q", "-f", "json", "--state", str(state)])

    (kept,) = state.rglob("reports/*.json")
    assert capsys.readouterr().out == kept.read_text("utf-8")
    assert len(made) == 1


def with_outcome(report: Path, outcome: str) -> Path:
    """Write the report with another outcome of its first item."""
    plain = json.loads(report.read_text("utf-8"))
    plain["items"][0]["outcome"] = outcome
    changed = report.with_name(f"{outcome}.json")
    changed.write_text(json.dumps(plain), "utf-8")
    return changed


def test_nothing_changed(report: Path) -> None:
    """A report does not differ from itself."""
    assert main(["diff", str(report), str(report)]) == 0


@pytest.mark.parametrize(("lost", "code"), [(True, 1), (False, 0)])
def test_what_changed_is_told(
    report: Path, lost: bool, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """With 1 where something was lost, so that a script can ask."""
    proved, failed = with_outcome(report, "verified"), with_outcome(report, "failed")
    old, new = (proved, failed) if lost else (failed, proved)

    assert main(["diff", str(old), str(new)]) == code
    assert "0-1-1" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["", "{}", "[]", "nonsense"])
def test_what_is_no_report_is_refused(
    report: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the file's name, and 2."""
    other = report.with_name("other.json")
    other.write_text(content, "utf-8")

    assert main(["diff", str(report), str(other)]) == 2
    assert "other.json" in capsys.readouterr().err


def test_a_report_that_is_not_there_is_refused(report: Path) -> None:
    """A slip in a name is no crash."""
    assert main(["diff", str(report), "nowhere.json"]) == 2
    assert main(["fleet", "nowhere.json"]) == 2


def test_many_services_stand_on_one_page(
    report: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """To a file, or to where it is piped."""
    out = tmp_path / "fleet.html"

    assert main(["fleet", str(report), str(with_outcome(report, "failed")), "-o", str(out)]) == 0
    assert str(out) in capsys.readouterr().err
    assert main(["fleet", str(report)]) == 0
    assert capsys.readouterr().out.lstrip().lower().startswith("<!doctype html>")
    assert "desk" in out.read_text("utf-8")


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "A measurable business goal is set"), ("ja", "計測できる事業目標が定まっている")],
)
def test_titles_are_in_the_language_asked_for(
    report: Path, language: str, title: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whichever language the reports were written in; an item of a team's own keeps its title."""
    proved, failed = with_outcome(report, "verified"), with_outcome(report, "failed")
    for written in (proved, failed):
        plain = json.loads(written.read_text("utf-8"))
        plain["items"][0] |= {"title": "written in another language", "word": "not_met"}
        plain["items"].append({**plain["items"][0], "id": "x-1", "title": "kept"})
        written.write_text(json.dumps(plain), "utf-8")

    main(["--lang", language, "diff", str(proved), str(failed)])
    compared = capsys.readouterr().out
    main(["--lang", language, "fleet", str(failed)])
    listed = capsys.readouterr().out

    for shown in (compared, listed):
        assert title in shown
        assert "kept" in shown
        assert "written in another language" not in shown


def test_two_services_are_no_change(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What differs between them is told, and that it is nothing that happened."""
    plain = json.loads(report.read_text("utf-8"))
    other = report.with_name("other.json")
    other.write_text(json.dumps({**plain, "service": "billing"}), "utf-8")

    assert main(["diff", str(report), str(other), "--lang", "en"]) == 0
    assert f"two services, {plain['service']} and billing" in capsys.readouterr().err
