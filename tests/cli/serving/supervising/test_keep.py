"""What the keeper does beside its work never holds that up."""

import errno
from typing import cast

from tenken.cli.serving.keeping.sides import Around
from tenken.cli.serving.supervising.keep import beside, patiently
from tenken.sentence import Sentence


def test_a_disk_that_is_full_is_told_once_and_holds_up_nothing() -> None:
    """Told again when it is full again."""
    full, done, told = [True], list[str](), list[Sentence]()

    def writes() -> None:
        if full[0]:
            raise OSError(errno.ENOSPC, "No space left on device")

    does = beside(writes, lambda: done.append("next"), tell=told.append)
    for is_full in (True, True, False, True):
        full[0] = is_full
        does()

    assert done == ["next"] * 4
    assert [one.id for one in told] == ["serving.keeper_cannot_write"] * 2


def test_a_keeper_waits_for_a_disk_that_takes_its_first_file() -> None:
    """Told once; whoever serves beside it goes on, and it ends when it is told to."""
    left, told = [3], list[Sentence]()
    made = cast("Around", object())

    def make() -> Around:
        if left[0]:
            left[0] -= 1
            raise OSError(errno.ENOSPC, "No space left on device")
        return made

    assert patiently(make, until=lambda _s: False, tell=told.append) is made
    left[0] = 3
    assert patiently(make, until=lambda _s: True, tell=told.append) is None
    assert [one.id for one in told] == ["serving.keeper_waits"] * 2
