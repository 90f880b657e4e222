"""The files of a team are found where they may be, and nowhere else."""

import json
from datetime import date
from pathlib import Path

import pytest

from tenken.cli.inspecting.manifests import read_manifest
from tenken.cli.main import main
from tenken.config.manifest import Manifest
from tenken.errors import Malformed
from tenken.readiness.collectors.git import open_folder
from tests.readiness.repositories import repository, search_path

APPLICATION = "application: {name: desk, owner: desk team}\n"
PLATFORM = 'platform: {name: shared, version: "7", owner: platform team}\n'


def read(folder: Path, platform: Path | None = None) -> Manifest | None:
    """Read as `tenken check` does."""
    opened = open_folder(folder, search_path=search_path())
    return read_manifest(opened, platform=platform, environment="", today=date(2026, 11, 22))


def extending(path: str) -> str:
    """An application that stands on a platform file."""
    return f"{APPLICATION}extends: {{platform: {path}, version: '7'}}\n"


def test_without_a_file_there_is_none(tmp_path: Path) -> None:
    """The inspection works all the same."""
    assert read(repository(tmp_path / "r", {"main.py": "x = 1\n"})) is None


def test_a_platform_below_the_root_is_found(tmp_path: Path) -> None:
    """By the path that the application names."""
    files = {"tenken.yml": extending("infra/platform.yaml"), "infra/platform.yaml": PLATFORM}
    manifest = read(repository(tmp_path / "r", files))

    assert manifest
    assert manifest.platform
    assert manifest.platform.file == "infra/platform.yaml"


def test_a_file_that_is_not_tracked_yet_counts(tmp_path: Path) -> None:
    """`tenken init`, then `tenken check`."""
    folder = repository(tmp_path / "r", {"main.py": "x = 1\n"})
    (folder / "tenken.yaml").write_text(APPLICATION, "utf-8")

    assert read(folder)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("../platform.yaml", id="above"),
        pytest.param("{outside}", id="absolute"),
        pytest.param("link.yaml", id="link"),
        pytest.param("x" * 300, id="a name too long"),
        pytest.param('"a\\0b"', id="a zero byte"),
    ],
)
def test_no_platform_is_read_from_outside(path: str, tmp_path: Path) -> None:
    """A repository cannot make the inspection open a file of the machine."""
    outside = tmp_path / "platform.yaml"
    outside.write_text(PLATFORM, "utf-8")
    folder = repository(tmp_path / "r", {"tenken.yaml": extending(path.format(outside=outside))})
    (folder / "link.yaml").symlink_to(outside)

    with pytest.raises(Malformed) as refusal:
        read(folder)

    assert [problem.sentence.id for problem in refusal.value.problems] == ["config.no_platform"]


def test_a_person_may_name_a_platform_from_elsewhere(tmp_path: Path) -> None:
    """It holds whether or not the application extends one."""
    elsewhere = tmp_path / "shared.yaml"
    elsewhere.write_text(PLATFORM, "utf-8")
    for number, text in enumerate((APPLICATION, extending("gone.yaml"))):
        manifest = read(repository(tmp_path / str(number), {"tenken.yaml": text}), elsewhere)
        assert manifest
        assert manifest.platform
        assert manifest.platform.file == str(elsewhere)


LIST = Path(__file__).parents[2] / "examples/catalogues/rag.yaml"


def test_a_team_s_lists_are_part_of_its_checklist(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `catalogues` names is judged with the shipped items."""
    own = LIST.read_text("utf-8")
    files = {"tenken.yaml": f"{APPLICATION}catalogues: [rag.yaml]\n", "rag.yaml": own}
    folder = repository(tmp_path / "r", files)

    assert main(["check", str(folder), "-q", "-f", "json", "--fail-on", "none"]) == 0
    assert len(json.loads(capsys.readouterr().out)["items"]) == 76


def test_a_list_that_is_not_there_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A slip in a path drops nothing silently."""
    manifest = f"{APPLICATION}catalogues:\n  - nowhere.yaml\n"
    folder = repository(tmp_path / "r", {"tenken.yaml": manifest})

    assert main(["check", str(folder), "-q"]) == 2
    assert "tenken.yaml:3: catalogues[0]:" in capsys.readouterr().err


PROMISES = """\
application: {name: desk, owner: desk team}
use_cases: [{id: answer, description: answers questions}]
models:
  - id: main
    provider: openai
    model: gpt-4.1-2025-04-14
    sla: {availability_percent: 99.0, source: "https://example.com/sla", checked_at: 2026-11-01}
routes: [{name: answer, use_case: answer, targets: [main]}]
slos: [{name: availability, sli: x, target_percent: 99.9, window_days: 30, use_case: answer}]
"""


def test_an_slo_above_what_the_models_promise_is_a_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """99.9 % cannot stand on one model that promises 99 %: told at 1-4-1, with the SLO's line."""
    folder = repository(tmp_path / "r", {"tenken.yaml": PROMISES})

    assert main(["check", str(folder), "-q", "-f", "json", "--fail-on", "none"]) == 0
    items = {item["id"]: item for item in json.loads(capsys.readouterr().out)["items"]}
    places = {(one["path"], one["line"]) for one in items["1-4-1"]["findings"]}
    assert ("tenken.yaml", 9) in places


@pytest.mark.parametrize("kind", ["folder", "link"])
def test_what_is_no_plain_file_is_refused_and_not_passed_over(kind: str, tmp_path: Path) -> None:
    """Neither is read, and without a word everything declared would seem to be missing."""
    folder = repository(tmp_path / "r", {"main.py": "x = 1\n"})
    (tmp_path / "elsewhere.yaml").write_text(APPLICATION)
    if kind == "folder":
        (folder / "tenken.yaml").mkdir()
    else:
        (folder / "tenken.yaml").symlink_to(tmp_path / "elsewhere.yaml")

    with pytest.raises(Malformed) as refusal:
        read(folder)

    assert [one.sentence.id for one in refusal.value.problems] == ["config.not_a_plain_file"]


def test_evidence_that_was_named_and_is_none_is_told_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever names a file waits for its effect; an empty folder is mostly the wrong one."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("no evidence\n")
    arguments = ["--evidence", str(tmp_path / "notes.txt"), "--state", str(tmp_path / "state")]

    main(["check", str(tmp_path / "empty"), *arguments, "-q", "--lang", "en"])

    told = capsys.readouterr().out.partition("Not understood or not counted: 3\n")[2]
    first, second = told.splitlines()[:2]
    assert "notes.txt:1: Not evidence, and counts for nothing" in first
    assert second == "  There is no file here: name the folder of the service"


def test_an_item_of_a_list_of_one_s_own_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The list that `tenken.yaml` names is part of the checklist of `explain` too."""
    own = LIST.read_text("utf-8")
    files = {"tenken.yaml": f"{APPLICATION}catalogues: [rag.yaml]\n", "rag.yaml": own}
    folder = repository(tmp_path / "r", files)

    assert main(["explain", "rag-1", str(folder), "--lang", "en"]) == 0
    assert "rag-1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["check", "{}", "--stack", "azure"], "There is no guide for `azure`", id="s"),
        pytest.param(["explain", "3-2-2", "{}", "--stack", "azure"], "`azure`", id="explain"),
        pytest.param(["explain", "3-2-9", "{}"], "There is no item `3-2-9`", id="item"),
    ],
)
def test_what_is_named_and_is_not_there_is_refused(
    arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A misspelt stack would silently show another stack's guide."""
    assert main([*(one.format(tmp_path) for one in arguments), "--lang", "en"]) == 2
    assert told in capsys.readouterr().err


def test_full_width_digits_name_an_item(capsys: pytest.CaptureFixture[str]) -> None:
    """As they are typed with a Japanese input method."""
    assert main(["items", "３-２-２", "--lang", "en"]) == 0
    assert capsys.readouterr().out.startswith("3-2-2")
