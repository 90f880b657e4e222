"""Waivers are read whole, or the inspection stops."""

from datetime import UTC, date, datetime

import pytest

from tenken.errors import Malformed
from tenken.readiness.catalogue import shipped
from tenken.readiness.gating.waiver import read_waivers
from tests.readiness.trees import FakeTree

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CATALOGUE = shipped()
ONE = """\
- item: 3-3-1
  reason: The load test moves to the new cluster first.
  owner: Hana Sato
  expires_on: 2026-12-31
"""


def test_waivers_are_read_from_both_places() -> None:
    """One file, or one file each."""
    other = ONE.replace("3-3-1", "3-3-2")
    found = read_waivers(
        FakeTree({"waivers.yaml": ONE, "waivers/chaos.yml": other}), CATALOGUE, NOW
    )

    assert sorted(found) == ["3-3-1", "3-3-2"]
    first = found["3-3-1"]
    assert (first.owner, first.expires_on) == ("Hana Sato", date(2026, 12, 31))
    assert (first.path, first.line) == ("waivers.yaml", 1)


def test_no_waiver_is_no_waiver() -> None:
    """An empty list is fine, and so is no file."""
    assert read_waivers(FakeTree({}), CATALOGUE, NOW) == {}
    assert read_waivers(FakeTree({"waivers.yaml": "[]\n"}), CATALOGUE, NOW) == {}


def test_an_expired_waiver_is_read_all_the_same() -> None:
    """The gate tells it; the judge does not honour it."""
    old = ONE.replace("2026-12-31", "2026-11-21")
    found = read_waivers(FakeTree({"waivers.yaml": old}), CATALOGUE, NOW)

    assert found["3-3-1"].expires_on < NOW.date()


WRONG = {
    "no YAML": "[",
    "no list": "item: 3-3-1\n",
    "no owner": ONE.replace("  owner: Hana Sato\n", ""),
    "no end": ONE.replace("  expires_on: 2026-12-31\n", ""),
    "an owner to be found": ONE.replace("Hana Sato", "TODO"),
    "a reason to be found": ONE.replace("The load", '"TODO: The load').replace(
        "first.", 'first."'
    ),
    "a reason that says nothing": ONE.replace(
        "The load test moves to the new cluster first.", "later"
    ),
    "no such item": ONE.replace("3-3-1", "3-3-9"),
    "no such day": ONE.replace("2026-12-31", "2026-02-30"),
    "for ever": ONE.replace("2026-12-31", "2099-12-31"),
    "twice": ONE + ONE,
    "an unknown key": ONE + "  grade: verified\n",
    "several documents": ONE + "---\n" + ONE,
}


@pytest.mark.parametrize("name", WRONG)
def test_a_malformed_waiver_stops_the_inspection(name: str) -> None:
    """A gap is never accepted by a slip of the pen."""
    with pytest.raises(Malformed) as refused:
        read_waivers(FakeTree({"waivers.yaml": WRONG[name]}), CATALOGUE, NOW)

    assert refused.value.exit_code == 2
    assert {problem.place.path for problem in refused.value.problems} == {"waivers.yaml"}


def test_an_absent_waiver_file_stops_the_inspection() -> None:
    """In a partial clone nobody can tell what was waived."""
    with pytest.raises(Malformed):
        read_waivers(FakeTree({}, absent=("waivers.yaml",)), CATALOGUE, NOW)
