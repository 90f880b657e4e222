"""The GitHub Action and the GitLab job do what their documentation says."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tenken.config.node import Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.readiness.report.document import parse
from tests.shape.source import ROOT

ACTION = ROOT / "action.yml"
GITLAB = ROOT / "templates" / "gitlab" / "tenken.yml"
PAGE = ROOT / "docs" / "reference" / "ci.md"
EXAMPLE = ROOT / "examples" / "shift-desk-before"
BIN = Path(sys.executable).parent

pytestmark = pytest.mark.live


def _read(path: Path) -> tuple[Node, ...]:
    documents = read_yaml(path.read_text("utf-8"))
    assert not isinstance(documents, YamlError)
    return tuple(documents)


def _run(
    script: str, shell: list[str], folder: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a script as the CI system would, in an empty folder."""
    plain: Mapping[str, str] = {
        "INSPECTED": str(EXAMPLE),
        "TIER": "",
        "REPORT_LANGUAGE": "en",
        "FAIL_ON": "",
        "BASELINE": "",
        "PATH": f"{BIN}:{os.environ['PATH']}",  # noqa: TID251 - the rim of the live tests
        "HOME": str(folder),
    }
    return subprocess.run(
        [*shell, script],
        cwd=folder,
        env={**plain, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def _github(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    (folder / "tenken").symlink_to(BIN.parent)
    steps = _read(ACTION)[0].at("runs").at("steps").items
    (script,) = (str(s.at("run").plain) for s in steps if s.at("id").plain == "inspect")
    files = {
        "RUNNER_TEMP": str(folder),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "GITHUB_OUTPUT": str(folder / "output"),
    }
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]
    return _run(script, shell, folder, **files, **variables)


def _gitlab(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    (script,) = _read(GITLAB)[1].at("tenken").at("script").items
    return _run(str(script.plain), ["sh", "-e", "-c"], folder, **variables)


@pytest.mark.parametrize(
    ("fail_on", "gate"), [("none", "passed"), ("hard-gate", "failed")], ids=["passed", "failed"]
)
def test_the_action_leaves_its_reports_whatever_the_gate_says(
    fail_on: str, gate: str, tmp_path: Path
) -> None:
    """Summary, page, alerts and data are there before the job fails."""
    done = _github(tmp_path, FAIL_ON=fail_on)
    reports = tmp_path / "tenken-reports"

    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "output").read_text().splitlines() == [f"folder={reports}", f"gate={gate}"]
    assert (tmp_path / "summary").read_text("utf-8").startswith("## tenken · ")
    assert {path.name for path in reports.iterdir()} == {
        "summary.md",
        "index.html",
        "tenken.sarif",
        "tenken.json",
    }
    assert len(parse((reports / "tenken.json").read_bytes(), file="tenken.json").items) == 66


@pytest.mark.parametrize("run", [_github, _gitlab], ids=["github", "gitlab"])
def test_a_path_that_does_not_exist_fails_the_step(run: type, tmp_path: Path) -> None:
    """Nothing inspected is never a passed gate."""
    assert run(tmp_path, INSPECTED="no/such/folder").returncode >= 2


@pytest.mark.parametrize("run", [_github, _gitlab], ids=["github", "gitlab"])
def test_an_input_is_never_part_of_a_shell_line(run: type, tmp_path: Path) -> None:
    """A path with a command in it is a path."""
    run(tmp_path, INSPECTED=f"$(touch {tmp_path}/ran); touch {tmp_path}/ran", TIER="'; touch ran")

    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(("fail_on", "code"), [("none", 0), ("hard-gate", 1)])
def test_the_gitlab_job_answers_with_the_gate(fail_on: str, code: int, tmp_path: Path) -> None:
    """Test cases and page are kept; the log shows the first screen in the language asked for."""
    done = _gitlab(tmp_path, FAIL_ON=fail_on, REPORT_LANGUAGE="ja")

    assert done.returncode == code, done.stdout + done.stderr
    assert "実証済み" in done.stdout
    assert {path.name for path in (tmp_path / "tenken-reports").iterdir()} == {
        "junit.xml",
        "index.html",
        "tenken.json",
    }


def test_every_input_is_documented() -> None:
    """Nobody has to read the files to use them."""
    inputs = {
        *_read(ACTION)[0].at("inputs").mapping,
        *_read(GITLAB)[0].at("spec").at("inputs").mapping,
    }
    page = PAGE.read_text("utf-8")

    assert [name for name in inputs if f"`{name}`" not in page] == []


def test_actions_are_pinned() -> None:
    """A tag can be moved; a commit cannot."""
    used = re.findall(r"uses: (\S+)", ACTION.read_text("utf-8") + PAGE.read_text("utf-8"))

    assert used
    assert [name for name in used if not re.search(r"@([0-9a-f]{40}|COMMIT)$", name)] == []


def test_variables_reach_the_script_only_through_the_environment() -> None:
    """No expression of the CI system stands inside a script."""
    steps = _read(ACTION)[0].at("runs").at("steps").items
    scripts = [str(step.at("run").plain) for step in steps if step.at("run").plain]
    scripts += [str(one.plain) for one in _read(GITLAB)[1].at("tenken").at("script").items]

    assert [script for script in scripts if "${{" in script or "$[[" in script] == []
