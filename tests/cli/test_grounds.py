"""What people and observers bring along (evidence, waivers, a baseline), and the gate."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tenken import digest
from tenken.cli.main import main
from tenken.evidence import Answer, Evidence, Grade, Holding, Method
from tenken.readiness.catalogue import shipped
from tenken.readiness.evidence.keys import PrivateKey
from tenken.readiness.evidence.store import append
from tests.readiness.evidence.making import OBSERVER, STRANGER, untouched
from tests.readiness.repositories import git, repository, write

MANIFEST = """\
application: {name: desk, owner: desk, tier: C}
extends: {platform: platform.yaml, version: "1"}
"""
PLATFORM = f"""\
platform: {{name: house, version: "1", owner: platform team}}
evidence_keys:
  - id: keeper
    public_key: {base64.b64encode(OBSERVER.public).decode()}
    owner: platform team
    expires_on: 2999-01-01
"""
ITEM = "5-1-3"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Give a repository that stands on a platform file."""
    files = {"README.md": "# Desk\n", "tenken.yaml": MANIFEST, "platform.yaml": PLATFORM}
    return repository(tmp_path / "desk", files)


def inspected(folder: Path, *options: str) -> tuple[int, dict[str, dict[str, object]]]:
    """Inspect; gives the exit code and the items by id."""
    out = folder.parent / "report.json"
    code = main(["check", str(folder), "-q", "-f", "json", "-o", str(out), *options])
    items = json.loads(out.read_text("utf-8"))["items"]
    return code, {item["id"]: item for item in items}


def observed(folder: Path) -> Evidence:
    """What an observer saw of the running service a minute ago."""
    now = datetime.now(UTC)  # noqa: TID251 - the command looks at the real clock
    service = digest.of_bytes(str(folder.resolve()).encode())
    return Evidence(
        item=ITEM,
        subs=(),
        probe=_runtime_probe(),
        probe_version=1,
        method=Method.RUNTIME,
        answer=Answer(holding=Holding.HOLDS, grade=Grade.OBSERVED),
        subjects={"service": service},
        observed_at=now - timedelta(minutes=1),
        expires_at=now + timedelta(days=1),
    )


def _runtime_probe() -> str:
    item = shipped().item(ITEM)
    assert item is not None
    (use,) = item.probes.runtime
    return use.probe


def chain(folder: Path, evidence: Evidence, key: PrivateKey | None) -> str:
    """Write a file of evidence beside the repository."""
    path = folder.parent / "evidence.jsonl"
    append(path, evidence, mask=untouched, key=key)
    return str(path)


@pytest.mark.parametrize(
    ("key", "outcome"), [(OBSERVER, "verified"), (STRANGER, "unknown"), (None, "unknown")]
)
def test_signed_evidence_proves(desk: Path, key: PrivateKey | None, outcome: str) -> None:
    """From an observer whom the named platform trusts, and from nobody else."""
    trusting = ("--platform", str(desk / "platform.yaml"))
    _, items = inspected(desk, "--evidence", chain(desk, observed(desk), key), *trusting)

    assert items[ITEM]["outcome"] == outcome


def test_a_repository_cannot_name_the_keys_that_it_is_judged_by(desk: Path) -> None:
    """The platform file inside it sets floors; whom to trust, the inspecting person says."""
    _, items = inspected(desk, "--evidence", chain(desk, observed(desk), OBSERVER))

    assert items[ITEM]["outcome"] == "unknown"


def test_another_service_s_evidence_proves_nothing(desk: Path) -> None:
    """Signed as it may be."""
    other = replace(observed(desk), subjects={"service": "sha256:" + "00" * 32})
    _, items = inspected(desk, "--evidence", chain(desk, other, OBSERVER))

    assert items[ITEM]["outcome"] == "unknown"


def test_a_file_of_evidence_that_is_not_there_is_refused(desk: Path) -> None:
    """A slip in its name must not look like missing evidence."""
    assert main(["check", str(desk), "-q", "--evidence", "nowhere.jsonl"]) == 2


WAIVER = """\
- item: {item}
  reason: The pipeline moves house this month.
  owner: Hana Sato
  expires_on: {day}
"""


@pytest.mark.parametrize(("days", "outcome", "code"), [(30, "waived", 0), (-1, "unknown", 1)])
def test_a_waiver_is_read_from_the_repository(
    desk: Path, days: int, outcome: str, code: int
) -> None:
    """In force it waives its item; expired it fails the gate."""
    day = datetime.now(UTC).date() + timedelta(days=days)  # noqa: TID251 - the real clock
    write(desk, {"waivers.yaml": WAIVER.format(item=ITEM, day=day)})
    git(desk, "add", "-A")
    found, items = inspected(desk, "--fail-on", "expired")

    assert (items[ITEM]["outcome"], found) == (outcome, code)


def test_a_malformed_waiver_stops_the_inspection(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its place, and exit code 2."""
    write(desk, {"waivers.yaml": WAIVER.format(item="9-9-9", day="2999-01-01")})
    git(desk, "add", "-A")

    assert main(["check", str(desk), "-q"]) == 2
    assert "waivers.yaml:1" in capsys.readouterr().err


def test_nothing_proved_may_be_lost(desk: Path) -> None:
    """The baseline remembers what was proved, and the gate fails where it is lost."""
    baseline = str(desk.parent / "baseline.json")
    evidence = ("--evidence", chain(desk, observed(desk), OBSERVER))
    proof = (*evidence, "--platform", str(desk / "platform.yaml"))
    only = ("--fail-on", "regression", "--baseline", baseline)
    inspected(desk, *proof, "--write-baseline", baseline)

    assert inspected(desk, *only, *proof)[0] == 0
    assert inspected(desk, *only)[0] == 1


def test_an_inspection_writes_nothing_into_the_repository(desk: Path) -> None:
    """Its state is elsewhere; asked to keep it inside, it refuses."""
    before = sorted(path for path in desk.rglob("*") if ".git" not in path.parts)
    inspected(desk)

    assert sorted(path for path in desk.rglob("*") if ".git" not in path.parts) == before
    assert main(["check", str(desk), "-q", "--state", str(desk / ".state")]) == 2
    assert not (desk / ".state").exists()
