"""What the keeper watches by sums: each promise and each use case has its say."""

from pathlib import Path

from tenken.cli.serving.keeping.watching import of_sums
from tenken.config.load import load_manifest
from tenken.store.engine import opened
from tenken.store.migration import migrate
from tenken.store.rollups.reading import Rollups

DESK = """
application: {name: desk, owner: team}
use_cases: [{id: answer, description: Answers enquiries}]
slos: [{name: answers, sli: availability, target_percent: 99.9, window_days: 30}]
spikes: {measures: [tokens, cost]}
"""
NOW = 1_795_000_000_000_000


def test_an_empty_ledger_is_neither_well_nor_wrong(tmp_path: Path) -> None:
    """Nothing fires, and nothing is said to be kept."""
    engine = opened(f"sqlite:///{tmp_path}/ledger.db")
    migrate(engine)
    app = load_manifest(DESK, file="tenken.yaml").application

    watchers = of_sums(Rollups(engine), lambda: app)
    said = {one.key: one for watcher in watchers.values() for one in watcher(NOW)}
    engine.dispose()

    assert {key: one.what.id for key, one in said.items()} == {
        "slo/answers/page": "slo.no_data",
        "slo/answers/ticket": "slo.no_data",
        "spike/answer/tokens": "spikes.learning",
        "spike/answer/cost": "spikes.learning",
    }
    assert not any(one.firing for one in said.values())
