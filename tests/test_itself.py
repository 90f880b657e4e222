"""tenken inspects itself: no probe fails to run, and no proof is lost against the baseline.

The inspection runs in a process of its own, as in a pipeline: its time is not that of a test that
is measured for coverage.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tenken.readiness.report.document import parse

ROOT = Path(__file__).parents[1]
BASELINE = ROOT / "tenken-baseline.json"


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_no_probe_fails_to_run_and_no_proof_is_lost(tmp_path: Path) -> None:
    """What the committed baseline holds as proved is proved still; every probe can say."""
    out = tmp_path / "report.json"
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

    assert [item.id for item in report.items if item.outcome == "error"] == []
    assert done.returncode == 0, report.gate
