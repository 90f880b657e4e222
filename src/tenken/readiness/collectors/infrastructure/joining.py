"""Joins what several files say: scalers to workloads, flags to Terraform, and what differs."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from fnmatch import fnmatchcase
from functools import lru_cache

from msgspec.structs import replace

from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.facts.infrastructure import (
    Conflict,
    Figure,
    Platform,
    Scaling,
    Source,
    Workload,
)

TARGETS = frozenset({"Deployment", "StatefulSet", "Rollout", "aws_ecs_service"})
MAX_COMPARED = 2_000
MOST_ALIKE = 50
"""Conflicts of the same two values that are told: with fifty copies of a service there are
thousands, and a report shows a few."""


@lru_cache(maxsize=10_000)  # every two workloads are held against each other
def same_name(one: str, other: str) -> bool:
    """Two names, each perhaps with unknown parts, can be the same; `*` alone says nothing."""
    if not one.strip("*") or not other.strip("*"):
        return False
    return fnmatchcase(one, _escaped(other)) or fnmatchcase(other, _escaped(one))


def _escaped(name: str) -> str:
    return name.replace("[", "[[]").replace("?", "[?]")


def same_stage(one: str, other: str) -> bool:
    """Two environments can be the same; one that is not told can be any."""
    return not one or not other or one == other


def attach_scalings(found: Found) -> None:
    """Give each workload the scalers that target it; the others have no workload."""
    attached: set[int] = set()
    for at, workload in enumerate(found.workloads):
        own = [scaling for scaling in found.scalings if _targets(scaling, workload)]
        attached.update(id(scaling) for scaling in own)
        if own:
            found.workloads[at] = replace(workload, scalings=(*workload.scalings, *own))
    found.stray.extend(scaling for scaling in found.scalings if id(scaling) not in attached)


def _targets(scaling: Scaling, workload: Workload) -> bool:
    if (workload.platform is Platform.ECS) != (scaling.kind == "aws_appautoscaling_target"):
        return False
    if scaling.kind in {"HorizontalPodAutoscaler", "ScaledObject"}:
        same_space = (
            not scaling.namespace
            or not workload.namespace
            or scaling.namespace == workload.namespace
        )
        named = scaling.target == workload.name and workload.kind in TARGETS
        return named and same_space and scaling.stage == workload.stage
    return same_name(scaling.target, workload.name) and same_stage(scaling.stage, workload.stage)


def find_conflicts(found: Found) -> None:
    """Compare every two descriptions of one service that come from different sources."""
    serving = [one for one in found.workloads if one.serves is not False][:MAX_COMPARED]
    kinds = Kinds()
    numbered = [(kinds.number(one), one) for one in _named_by_the_rest(serving)]
    flags = [it for it in numbered if it[1].source is Source.DEPLOY_FLAGS]
    files = [it for it in numbered if it[1].source is not Source.DEPLOY_FLAGS]
    for at, (kind, one) in enumerate(flags):
        for other in kinds.against(kind, flags[at + 1 :]):
            if one.place.path != other.place.path:
                found.conflicts.extend(kinds.told(one, other))
    for kind, flag in flags:
        for file in kinds.against(kind, files):
            found.conflicts.extend(kinds.told(file, flag))
    for at, (kind, one) in enumerate(files):
        for other in kinds.against(kind, files[at + 1 :]):
            if one.source is not other.source:
                found.conflicts.extend(kinds.told(one, other))


Numbered = tuple[int, Workload]


class Kinds:
    """Workloads by what is compared of them: most say what others have said already."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._first: list[Workload] = []
        self._rivals: dict[int, set[int]] = {}
        self._told: dict[tuple[int, int], set[Conflict]] = defaultdict(set)

    def number(self, one: Workload) -> int:
        """Give the same number to all that say the same."""
        figures = (
            one.concurrency,
            *(it for by in one.scalings for it in (by.minimum, by.maximum)),
        )
        said = tuple(it.value if it else None for it in figures)
        number = self._numbers.setdefault(
            (one.platform, one.name, one.stage, said), len(self._first)
        )
        if number == len(self._first):
            self._first.append(one)
        return number

    def against(self, kind: int, among: Iterable[Numbered]) -> Iterator[Workload]:
        """Give those that disagree with a kind; of the many that say the same, the first ones."""
        rivals = self._open(kind)
        for like, other in among:
            if not rivals:
                return
            if like in rivals:
                yield other

    def told(self, one: Workload, other: Workload) -> tuple[Conflict, ...]:
        """Give where two of them disagree."""
        pair = (self.number(one), self.number(other))
        known = self._told[min(pair), max(pair)]
        conflicts = tuple(_differences(one, other))
        known.update(conflicts)
        if len(known) >= MOST_ALIKE:
            self._open(pair[0]).discard(pair[1])
            self._open(pair[1]).discard(pair[0])
        return conflicts

    def _open(self, kind: int) -> set[int]:
        """The kinds that describe the same service otherwise, as long as that is news."""
        if (known := self._rivals.get(kind)) is None:
            one = self._first[kind]
            known = self._rivals[kind] = {
                number
                for number, other in enumerate(self._first)
                if _same_service(one, other) and any(True for _ in _differences(one, other))
            }
        return known


def _named_by_the_rest(workloads: list[Workload]) -> Iterator[Workload]:
    """A deploy to a service whose name is a variable is to the one service that there is."""
    names = {
        one.name for one in workloads if one.platform is Platform.CLOUD_RUN and one.name.strip("*")
    }
    for one in workloads:
        is_nameless = one.source is Source.DEPLOY_FLAGS and not one.name.strip("*")
        yield replace(one, name=next(iter(names))) if is_nameless and len(names) == 1 else one


def _same_service(one: Workload, other: Workload) -> bool:
    return (
        one.platform is other.platform
        and same_name(one.name, other.name)
        and same_stage(one.stage, other.stage)
    )


def _differences(one: Workload, other: Workload) -> Iterator[Conflict]:
    pairs = [("concurrency", one.concurrency, other.concurrency)]
    for mine in one.scalings:
        for theirs in other.scalings:
            pairs.append(("maximum instances", mine.maximum, theirs.maximum))
            pairs.append(("minimum instances", mine.minimum, theirs.minimum))
    for setting, first, second in pairs:
        if _differ(first, second) and first and second:
            yield Conflict(
                workload=other.name if "*" in one.name else one.name,
                setting=setting,
                first=first,
                second=second,
                stage=other.stage or one.stage,
            )


def _differ(one: Figure | None, other: Figure | None) -> bool:
    if one is None or other is None or one.value is None or other.value is None:
        return False
    return one.value != other.value
