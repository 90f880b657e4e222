"""Whether workloads scale between the bounds that the files state."""

from collections.abc import Iterator

from tenken.evidence import Finding, Remark
from tenken.readiness.answers import lie, seen
from tenken.readiness.facts.infrastructure import Scaling, Workload
from tenken.readiness.facts.observed.running import Described
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.probes.observed.said import Observed, fails, holds, unknown
from tenken.readiness.probes.running.scaling import serving
from tenken.sentence import Sentence, say


def described_scaling_equals_the_files(sighting: Sighting) -> Observed:
    """Every workload that serves has, on its platform, the bounds that the files give it."""
    facts = sighting.described
    described = facts.workloads if facts else ()
    stated = [
        (workload, scaling)
        for workload in serving(sighting.survey)
        for scaling in workload.scalings
        if scaling.maximum and scaling.maximum.value is not None
    ]
    if not stated or not described:
        return unknown(say("observed.nothing_described"))
    judged = [_judged(workload, scaling, described) for workload, scaling in stated]
    if findings := [one for one in judged if isinstance(one, Finding)]:
        return fails(*findings)
    if missing := [one for one in judged if isinstance(one, Sentence)]:
        return unknown(missing[0])
    return holds(*(one for one in judged if isinstance(one, Remark)))


def _judged(
    workload: Workload, scaling: Scaling, described: tuple[Described, ...]
) -> Remark | Finding | Sentence:
    found = list(_named(workload.name, described))
    if len(found) != 1:
        return say("observed.workload_not_described", workload=workload.name, n=len(found))
    (one,) = found
    low, high = scaling.minimum, scaling.maximum
    same_high = high is None or high.value is None or one.maximum == high.value
    same_low = low is None or low.value is None or one.minimum == low.value
    told: dict[str, str | int] = {
        "workload": workload.name, "low": one.minimum,
        "high": "-" if one.maximum is None else one.maximum,
    }  # fmt: skip
    if same_high and same_low:
        return seen("observed.scaling_is_as_stated", scaling.place, **told)
    written = " / ".join(figure.written for figure in (low, high) if figure)
    return lie("observed.scaling_is_another", scaling.place, written=written, **told)


def _named(name: str, described: tuple[Described, ...]) -> Iterator[Described]:
    """By its whole name; where the files leave a part open, by what is known of it."""
    head, star, tail = name.partition("*")
    for one in described:
        fits = one.name == name
        if star and head:
            fits = one.name.startswith(head) and one.name.endswith(tail.rpartition("*")[2])
        if fits:
            yield one
