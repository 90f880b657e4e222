"""What runs: revisions and ids by records of several kinds, bounds as platforms describe them.

Descriptions are what `kubectl get hpa -o json`, `gcloud run services describe --format json` and
`aws application-autoscaling describe-scalable-targets` print, after their published references
(Kubernetes autoscaling/v2, Cloud Run Admin API v1 and v2, AWS Application Auto Scaling; read
2026-11-23). They bear no time: the file's own counts.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from tenken.readiness.collectors.observed.fields import Record, text
from tenken.readiness.facts.observed.logs import LogFacts
from tenken.readiness.facts.observed.records import About, Kept
from tenken.readiness.facts.observed.running import (
    Described,
    DescribedFacts,
    OriginFacts,
    RunningFacts,
)
from tenken.readiness.facts.observed.sent import SentFacts
from tenken.readiness.facts.observed.traces import TraceFacts

KNATIVE = "autoscaling.knative.dev/"


def running_of(
    logs: LogFacts | None, traces: TraceFacts | None, about: About
) -> RunningFacts | None:
    """Which revisions the service's own records name; None without any record."""
    spans = traces.spans if traces else ()
    own = [one for one in spans if one.is_entry and one.service in about.services]
    lines = [one for one in (logs.every if logs else ()) if one.service in about.services]
    if not own and not lines:
        return None
    seen = [(one.at, one.version) for one in own] + [(one.at, one.version) for one in lines]
    times = [at for at, _ in seen if at and at <= about.now]
    return RunningFacts(
        kept=Kept(latest=max(times, default=None), earliest=min(times, default=None)),
        revisions=Counter(version for _, version in seen),
    )


def origins_of(
    logs: LogFacts | None, traces: TraceFacts | None, sent: SentFacts | None
) -> OriginFacts | None:
    """Ids of what users asked: without drills, and without what an observer sent itself."""
    if logs is None and traces is None:
        return None
    own = (
        {one.trace for one in sent.sent} | {one.request_id for one in sent.sent} if sent else set()
    )
    kept = [one.kept for one in (logs, traces) if one is not None]
    latest = [one.latest for one in kept if one.latest]
    earliest = [one.earliest for one in kept if one.earliest]
    return OriginFacts(
        kept=Kept(latest=max(latest, default=None), earliest=min(earliest, default=None)),
        ids=frozenset(set(_ids(logs, traces)) - own),
    )


def _ids(logs: LogFacts | None, traces: TraceFacts | None) -> Iterator[str]:
    drills = traces.drilled if traces else frozenset()
    if traces:
        yield from (one.span.trace for one in traces.real_calls)
    for line in logs.lines if logs else ():
        if not drills.intersection(line.ids) and not line.is_drill:
            yield from line.ids


# -- what platforms describe


def read_described(exports: Iterable[tuple[datetime, str]]) -> DescribedFacts:
    """Read what was printed, each with the time of its file."""
    times, found = [], []
    for at, content in exports:
        workloads = list(_described(_decoded(content)))
        found += workloads
        times += [at] if workloads else []
    kept = Kept(latest=min(times, default=None), earliest=min(times, default=None))
    return DescribedFacts(kept=kept, workloads=tuple(found))


def _described(document: Any) -> Iterator[Described]:
    if isinstance(document, list):
        for one in document:
            yield from _described(one)
    if not isinstance(document, Mapping):
        return
    for one in (*_list(document, "items"), *_list(document, "services")):
        yield from _described(one)
    for one in _list(document, "ScalableTargets"):
        name = text(one.get("ResourceId")).rpartition("/")[2]
        yield _bounded(name, one.get("MinCapacity"), one.get("MaxCapacity"))
    if document.get("kind") == "HorizontalPodAutoscaler":
        spec = _dict(document, "spec")
        name = text(_dict(spec, "scaleTargetRef").get("name"))
        yield _bounded(name, spec.get("minReplicas", 1), spec.get("maxReplicas"))
    elif "serving.knative.dev" in text(document.get("apiVersion")):
        yield _of_knative(document)
    elif "/services/" in text(document.get("name")) and "template" in document:
        scaling = {**_dict(document, "scaling"), **_dict(_dict(document, "template"), "scaling")}
        name = text(document.get("name")).rpartition("/")[2]
        yield _bounded(name, scaling.get("minInstanceCount"), scaling.get("maxInstanceCount"))


def _of_knative(document: Record) -> Described:
    inner = _dict(_dict(_dict(document, "spec"), "template"), "metadata")
    notes = _dict(inner, "annotations")
    name = text(_dict(document, "metadata").get("name"))
    return _bounded(name, notes.get(f"{KNATIVE}minScale"), notes.get(f"{KNATIVE}maxScale"))


def _bounded(name: str, minimum: Any, maximum: Any) -> Described:
    return Described(name=name, minimum=_whole(minimum) or 0, maximum=_whole(maximum))


def _whole(value: Any) -> int | None:
    said = text(value)
    return int(said) if said.isdecimal() else None


def _decoded(content: str) -> Any:
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError):
        return None


def _dict(one: Record, name: str) -> Record:
    found = one.get(name)
    return found if isinstance(found, Mapping) else {}


def _list(one: Record, name: str) -> list[Record]:
    found = one.get(name)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []
