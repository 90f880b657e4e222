"""When processes are started again, and when workers count as having gone over."""

import pytest

from tenken.cli.serving.supervising.restarts import LONGEST_S, Restarts
from tenken.cli.serving.supervising.roll import Roll


def test_one_that_dies_at_once_is_started_less_and_less_often() -> None:
    """One that did its work is started at once."""
    waits = []
    restarts = Restarts()
    for _ in range(9):
        restarts = restarts.after(worked=False)
        waits.append(restarts.wait_s)

    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_S
    assert restarts.after(worked=True).wait_s == waits[0]


class Told:
    """A roll of two workers, and what it told."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.roll = Roll(
            ["a", "b"],
            all_ready=lambda: self.said.append("ready"),
            all_new=self.said.append,
        )

    def heard(self, *lines: str) -> list[str]:
        for line in lines:
            name, event, version = line.split()
            if event == "gone":
                self.roll.gone(name)
            else:
                self.roll.heard(name, event, version)
        return self.said


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        pytest.param(["a ready v1"], [], id="one is not yet ready"),
        pytest.param(
            ["a ready v1", "b ready v1", "a reloaded v1"],
            ["ready"],
            id="one has gone over, and the version says nothing of it",
        ),
        pytest.param(
            ["a ready v1", "b ready v1", "a reloaded v1", "b reloaded v1"],
            ["ready", "v1"],
            id="all have, and the version says nothing of it",
        ),
        pytest.param(
            ["a ready v1", "b ready v1", "b gone -", "b ready v1", "a reloaded v1"],
            ["ready"],
            id="one was started before",
        ),
        pytest.param(
            ["a ready v1", "b ready v1", "a gone -", "a ready v2", "b reloaded v2"],
            ["ready", "v2"],
            id="one was started with the others still to come",
        ),
        pytest.param(["a ready v1", "b ready v1"], ["ready"], id="all are ready"),
        pytest.param(
            ["a ready v1", "b ready v1", "a reloaded v2"],
            ["ready"],
            id="one has gone over",
        ),
        pytest.param(
            ["a ready v1", "b ready v1", "a reloaded v2", "b reloaded v2"],
            ["ready", "v2"],
            id="all have gone over",
        ),
        pytest.param(
            ["a ready v1", "b ready v1", "a gone -", "b reloaded v2", "a ready v2"],
            ["ready", "v2"],
            id="one that is gone is not waited for",
        ),
        pytest.param(
            ["a ready v1", "b ready v1", "a gone -", "a ready v1"],
            ["ready"],
            id="one that came back is no news",
        ),
    ],
)
def test_all_are_told_of_once(lines: list[str], said: list[str]) -> None:
    """When the last of them is as far."""
    assert Told().heard(*lines) == said
