"""`tenken slo` as a person runs it."""

import json
from pathlib import Path

import pytest

from tenken.cli.main import main
from tenken.cli.slo.shown import row_of
from tenken.config.operating.objectives import STANDARD, ObjectiveQuery, Slo
from tenken.keeper.generating.given import objectives_of
from tenken.keeper.objectives.burning import burning, windows
from tenken.keeper.objectives.counts import counted

PLATFORM = """
platform: {name: team, version: "1", owner: platform}
providers: [{id: up, kind: other, base_url: "http://127.0.0.1:9/v1"}]
alert_receivers: [{name: duty, kind: pagerduty, to: "env:DUTY"}]
"""
DESK = """
application: {name: desk, owner: team}
extends: {platform: platform.yaml, version: "1"}
use_cases: [{id: answer, description: Answers enquiries}]
models: [{id: first, provider: up, model: m}]
routes: [{name: desk, use_case: answer, targets: [first]}]
callers: [{id: app, routes: [desk]}]
alerts: {routes: {page: {receivers: [duty]}}}
"""
SLOS = """
slos:
  - {name: answers, sli: availability, target_percent: 99.9, window_days: 30}
  - {name: quality, sli: eval_pass_rate, target_percent: 90, window_days: 28}
  - {name: words, sli: as we count, target_percent: 90, window_days: 28}
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "platform.yaml").write_text(PLATFORM, "utf-8")
    (tmp_path / "tenken.yaml").write_text(DESK + SLOS, "utf-8")
    return tmp_path


def test_files_are_made_and_what_they_cannot_say_lies_beside(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And is printed."""
    assert main(["slo", "generate", "out", "--for", "prometheus"]) == 0

    beside = (desk / "out/not-expressed.prometheus.md").read_text("utf-8")
    assert "- quality: Prometheus does not watch it: `eval_pass_rate`" in beside
    assert "quality: The alarm 14.4x 1h/5m can never fire" in beside
    assert "`eval_pass_rate` is exposed as no metric" in capsys.readouterr().err
    assert "TenkenSloPage" in (desk / "out/tenken-slo.rules.yaml").read_text("utf-8")


def test_a_platform_s_receivers_are_known(desk: Path) -> None:
    """Pages reach whoever the platform says."""
    assert main(["slo", "generate", "out", "--for", "alertmanager"]) == 0

    assert "pagerduty_configs" in (desk / "out/alertmanager.yaml").read_text("utf-8")


def test_shorter_windows_are_refused(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Outside tests."""
    asked = ["slo", "generate", "out", "--for", "prometheus", "--faster", "60"]

    assert main(asked) != 0
    assert "TENKEN_TEST_MODE" in capsys.readouterr().err
    assert not (desk / "out").exists()

    monkeypatch.setenv("TENKEN_TEST_MODE", "1")
    assert main(asked) == 0
    assert "burn:5s" in (desk / "out/tenken-slo.rules.yaml").read_text("utf-8")


def test_what_nobody_measured_is_not_kept(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty store is no 100 %."""
    assert main(["slo", "show", "--json", "--path", str(desk)]) == 0

    shown = json.loads(capsys.readouterr().out)["slos"]
    assert [(one["name"], one["state"], one["budget_left"]) for one in shown] == [
        ("answers", "no_data", None), ("quality", "no_data", None), ("words", "words", None)
    ]  # fmt: skip
    assert main(["slo"]) == 0
    assert "No data" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("bad", "state"), [(0, "kept"), (5, "ticket"), (50, "page"), (1, "broken")]
)
def test_the_state_is_what_was_counted(bad: int, state: str) -> None:
    """Kept, broken, or burning right now."""
    slo = Slo(name="s", sli="availability", target_percent=99, window_days=30)
    counts = {one: counted(bad=bad, total=100) for one in windows(slo, STANDARD)}
    if state == "broken":
        counts = {one: counted(bad=0, total=100) for one in counts} | {
            43_200: counted(bad=2, total=100)
        }
    (objective,) = objectives_of([slo])

    row = row_of(objective, burning(slo, objective.pairs, counts))

    assert row.state == state


def test_a_query_is_counted_elsewhere() -> None:
    """The keeper does not pretend to know."""
    query = ObjectiveQuery(good="g[$window]", total="t[$window]")
    slo = Slo(name="s", sli="ours", target_percent=99, window_days=30, query=query)
    (objective,) = objectives_of([slo])

    assert row_of(objective, burning(slo, objective.pairs, {})).state == "elsewhere"


@pytest.mark.usefixtures("desk")
def test_openslo_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    """What was written comes back."""
    assert main(["slo", "generate", "out", "--for", "openslo"]) == 0
    capsys.readouterr()

    assert main(["slo", "import", "out/tenken.openslo.yaml"]) == 0
    assert "sli: availability" in capsys.readouterr().out


def test_what_is_missing_is_named(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The target, the file, and objectives at all."""
    assert main(["slo", "generate", "out"]) != 0
    assert "prometheus" in capsys.readouterr().err
    assert main(["slo", "import"]) != 0
    (desk / "tenken.yaml").write_text(DESK, "utf-8")
    assert main(["slo", "generate", "out", "--for", "prometheus"]) != 0
    assert main(["slo", "show"]) == 0
    assert "No objectives" in capsys.readouterr().err
