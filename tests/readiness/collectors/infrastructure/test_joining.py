"""Descriptions of a service are held against each other; what is alike is told a few times."""

from collections.abc import Iterable
from itertools import combinations, islice

from hypothesis import given
from hypothesis import strategies as st

from tenken.place import Place
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.joining import MOST_ALIKE, find_conflicts
from tenken.readiness.facts.infrastructure import (
    Conflict,
    Figure,
    Platform,
    Scaling,
    Source,
    Workload,
)

SHOWN = 6
FEW = st.sampled_from([2.0, 8.0])
SAID = st.tuples(
    st.sampled_from(["desk", "mail", "desk-*"]),
    st.sampled_from([Source.DEPLOY_FLAGS, Source.TERRAFORM, Source.KUBERNETES]),
    st.sampled_from(["", "prod"]),
    st.none() | FEW,
    FEW,
    st.sampled_from([1, 30]),
)


Said = tuple[str, Source, str, float | None, float]


def _workload(at: int, said: Said) -> Workload:
    name, source, stage, least, most = said
    place = Place(f"s{at}/x", 1)
    scaling = Scaling(
        place=place, source=source, kind="x", target=name,
        minimum=None if least is None else Figure(value=least, place=place, written=f"{least}"),
        maximum=Figure(value=most, place=place, written=f"{most}"),
    )  # fmt: skip
    return Workload(
        name=name, kind="x", platform=Platform.CLOUD_RUN, source=source, place=place, serves=True,
        stage=stage, scalings=(scaling,),
    )  # fmt: skip


def _found(workloads: Iterable[Workload]) -> list[Conflict]:
    found = Found()
    found.workloads += workloads
    find_conflicts(found)
    return found.conflicts


@given(st.lists(SAID, max_size=4))
def test_the_first_conflicts_are_those_of_every_pair(
    said: list[tuple[str, Source, str, float | None, float, int]],
) -> None:
    """What a report shows of them is what comparing every two of them shows."""
    workloads = [
        _workload(at * 100 + copy, one[:5])
        for at, one in enumerate(said)
        for copy in range(one[5])
    ]
    flags = [one for one in workloads if one.source is Source.DEPLOY_FLAGS]
    files = [one for one in workloads if one.source is not Source.DEPLOY_FLAGS]
    pairs = (
        *combinations(flags, 2),
        *((file, flag) for flag in flags for file in files),
        *((one, other) for one, other in combinations(files, 2) if one.source is not other.source),
    )
    every = [one for pair in pairs for one in _found(pair)]
    told = _found(workloads)

    assert set(told) <= set(every)
    for setting in ("maximum instances", "minimum instances"):
        first = [_of(setting, them) for them in (told, every)]
        assert first[0] == first[1]


def _of(setting: str, conflicts: Iterable[Conflict]) -> list[Conflict]:
    distinct = dict.fromkeys(one for one in conflicts if one.setting == setting)
    return list(islice(distinct, SHOWN))


def test_copies_do_not_multiply_what_is_told() -> None:
    """Sixty services that all say one thing, against sixty that say another."""
    many = [
        _workload(at, ("desk", source, "", None, most))
        for at, (source, most) in enumerate(
            [(Source.TERRAFORM, 2.0)] * 60 + [(Source.KUBERNETES, 8.0)] * 60
        )
    ]

    assert len(_found(many)) == MOST_ALIKE
