"""The keeper writes down how many records are parked, and workers read it."""

from pathlib import Path

from tenken.cli.serving.machine import PARKED, parked_in
from tenken.cli.serving.supervising.parked import EVERY_S, Counted


class Parking:
    """A table of so many records."""

    def __init__(self, standing: int) -> None:
        self.standing = standing
        self.asked = 0

    def count(self) -> int:
        self.asked += 1
        return self.standing


def test_the_number_is_written_when_it_changes_and_asked_for_now_and_then(tmp_path: Path) -> None:
    """Not in every turn of a keeper."""
    now, path, parking = 100.0, tmp_path / PARKED, Parking(0)
    counts = Counted(parking, path, clock=lambda: now)
    counts()
    counts()
    first, asked = parked_in(tmp_path), parking.asked
    parking.standing, now = 3, now + EVERY_S

    counts()

    assert (first, asked) == (0, 1)
    assert parked_in(tmp_path) == 3
    assert [one.name for one in tmp_path.iterdir()] == ["parked"]


def test_without_a_keeper_nothing_is_known(tmp_path: Path) -> None:
    """Neither of a file that is none."""
    assert parked_in(tmp_path) is None
    (tmp_path / PARKED).write_text("many")
    assert parked_in(tmp_path) is None
