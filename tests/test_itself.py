"""tenken inspects itself: no probe fails to run, and no proof is lost against the baseline.

The inspection runs in a process of its own, as in a pipeline: its time is not that of a test that
is measured for coverage.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tenken.readiness.report.document import Document, parse

ROOT = Path(__file__).parents[1]
BASELINE = ROOT / "tenken-baseline.json"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What a pipeline gets: the gate's answer, what was said, and the report."""

    code: int
    said: str
    report: Document


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Inspection:
    """The inspection of our own repository against the committed baseline."""
    out = tmp_path_factory.mktemp("own") / "report.json"
    gate = ["--baseline", str(BASELINE), "--fail-on", "regression,error"]
    command = [sys.executable, "-m", "tenken", "check", str(ROOT), *gate]
    done = subprocess.run(
        [*command, "--format", "json", "--out", str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert out.exists(), done.stderr
    report = parse(out.read_bytes(), file=out.name)
    return Inspection(code=done.returncode, said=done.stdout + done.stderr, report=report)


def test_no_probe_fails_to_run_on_tenken(own: Inspection) -> None:
    """A probe that cannot say is a fault of ours."""
    assert [item.id for item in own.report.items if item.outcome == "error"] == []


def test_no_proof_is_lost(own: Inspection) -> None:
    """What the committed baseline holds as proved is proved still."""
    assert own.code == 0, (own.said, own.report.gate)
