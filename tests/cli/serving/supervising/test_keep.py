"""What the keeper does beside its work never holds that up."""

import errno

from tenken.cli.serving.supervising.keep import beside
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
