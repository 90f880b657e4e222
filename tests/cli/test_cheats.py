"""Papers that would talk an inspection round: none of them turns anything green."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tenken.cli.main import main
from tenken.readiness.catalogue import shipped
from tests.cli.test_grounds import (
    ITEM,
    MANIFEST,
    PLATFORM,
    WAIVER,
    chain,
    inspected,
    observed,
)
from tests.readiness.evidence.making import OBSERVER
from tests.readiness.repositories import git, repository, write

Items = Mapping[str, Mapping[str, object]]
PROVED = frozenset({"verified"})
FULL = """\
application: {name: desk, owner: desk, tier: B}
goals:
  - {id: handled, metric: enquiries handled without a person, unit: percent,
     baseline: 20, target: 60, due: 2027-03-31, owner: Hana Sato}
kpis:
  - {id: handled-rate, formula: handled / all, owner: Hana Sato}
decisions:
  long_outage: {after_minutes: 30, mode: a fixed text and a form, decided_by: product owner}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Give a repository that stands on a platform file."""
    files = {"README.md": "# Desk\n", "tenken.yaml": MANIFEST, "platform.yaml": PLATFORM}
    return repository(tmp_path / "desk", files)


def report(folder: Path) -> Mapping[str, object]:
    """What the last inspection wrote."""
    told: Mapping[str, object] = json.loads(folder.parent.joinpath("report.json").read_text())
    return told


def outcomes(items: Items, wanted: Iterable[str]) -> set[str]:
    """The items with one of these outcomes."""
    return {id_ for id_, item in items.items() if item["outcome"] in set(wanted)}


def committed(folder: Path, files: Mapping[str, str]) -> None:
    """Add files in a commit."""
    write(folder, files)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "more")


def waivers() -> Iterator[str]:
    """One for every item."""
    day = datetime.now(UTC).date() + timedelta(days=30)  # noqa: TID251 - the real clock
    for item in shipped().items:
        yield WAIVER.format(item=item.id, day=day)


def test_a_waiver_for_every_item_proves_none(desk: Path) -> None:
    """Each is listed as waived, nothing more is proved, and no level rises."""
    _, before = inspected(desk)
    level = report(desk)["level"]
    committed(desk, {"waivers.yaml": "".join(waivers())})
    _, after = inspected(desk)

    assert outcomes(after, PROVED) <= outcomes(before, PROVED)
    assert len(outcomes(after, {"waived"})) == len(after) - len(
        outcomes(after, {"verified", "not_applicable"})
    )
    assert report(desk)["level"] == level


@pytest.mark.parametrize("path", ["evidence.jsonl", ".tenken/evidence.jsonl", "evidence/a.jsonl"])
def test_evidence_in_the_repository_is_never_read(desk: Path, path: str) -> None:
    """Not even where a trusted observer has signed it: the developer could have put it there."""
    evidence = Path(chain(desk, observed(desk), OBSERVER)).read_text("utf-8")
    committed(desk, {path: evidence})
    _, items = inspected(desk, "--platform", str(desk / "platform.yaml"))

    assert items[ITEM]["outcome"] == "unknown"


def test_a_manifest_alone_proves_nothing(tmp_path: Path) -> None:
    """What it says is declared; proof lies in what it speaks of."""
    bare = repository(tmp_path / "bare", {"README.md": "# Desk\n"})
    told = repository(tmp_path / "told", {"README.md": "# Desk\n", "tenken.yaml": FULL})
    _, without = inspected(bare)
    _, with_it = inspected(told)

    assert with_it["0-1-1"] != without["0-1-1"], "it is read"
    assert outcomes(with_it, PROVED) <= outcomes(without, PROVED)


def baseline(folder: Path, item: str, outcome: str | None) -> str:
    """A baseline of how it stands, edited by hand at one item."""
    path = folder.parent / "baseline.json"
    main(["check", str(folder), "-q", "--write-baseline", str(path)])
    content = json.loads(path.read_text("utf-8"))
    content["items"].pop(item)
    if outcome:
        content["items"][item] = {"outcome": outcome, "grade": "observed"}
    path.write_text(json.dumps(content), "utf-8")
    return str(path)


def test_a_proof_added_to_a_baseline_by_hand_is_a_regression(desk: Path) -> None:
    """It was never there, so it is missing now."""
    edited = baseline(desk, ITEM, "verified")
    code, _ = inspected(desk, "--baseline", edited, "--fail-on", "regression")

    assert code == 1
    assert ITEM in json.dumps(report(desk)["gate"])


def test_an_item_taken_from_a_baseline_by_hand_is_told(desk: Path) -> None:
    """It stops nothing, and it does not go unsaid."""
    edited = baseline(desk, ITEM, None)
    code, _ = inspected(desk, "--baseline", edited, "--fail-on", "regression")

    assert code == 0
    assert "gate.new_gap" in json.dumps(report(desk)) or ITEM in json.dumps(
        report(desk).get("problems")
    )


def test_a_signed_placeholder_is_not_a_goal(tmp_path: Path) -> None:
    """A person may sign anything; a text that waits for its author says nothing."""
    folder = repository(tmp_path / "desk", {"README.md": "# Desk\n"})
    blank = FULL.replace("enquiries handled without a person", "'TODO: which figure'")
    committed(folder, {"tenken.yaml": blank})
    who = ("--name", "Hana Sato", "--email", "hana@example.com", "--statement", "We fund this")
    main(["sign", "0-1-1", str(folder), *who])
    committed(folder, {"notes.txt": "signed"})
    _, items = inspected(folder)

    assert items["0-1-1"]["outcome"] not in {"verified", "configured"}
