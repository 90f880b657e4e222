"""tenken inspects itself: no probe fails to run, and no proof is lost against the baseline."""

import json
from pathlib import Path

import pytest

from tenken.cli.main import main

ROOT = Path(__file__).parents[1]
BASELINE = ROOT / "tenken-baseline.json"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The report of tenken on its own repository."""
    out = tmp_path_factory.mktemp("own") / "report.json"
    arguments = ["check", str(ROOT), "--format", "json", "--out", str(out), "--fail-on", "none"]
    assert main(arguments) == 0
    read: dict[str, object] = json.loads(out.read_text("utf-8"))
    return read


def test_no_probe_fails_to_run_on_tenken(report: dict[str, object]) -> None:
    """A probe that cannot say is a fault of ours."""
    items = report["items"]
    assert isinstance(items, list)
    assert [item["id"] for item in items if item["outcome"] == "error"] == []


def test_no_proof_is_lost(tmp_path: Path) -> None:
    """What the committed baseline holds as proved is proved still."""
    arguments = ["check", str(ROOT), "--baseline", str(BASELINE), "--fail-on", "regression,error"]

    assert main([*arguments, "--html", str(tmp_path / "own.html")]) == 0
