"""Requests of a team that has none of ours in its path, and what it has written down."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from tenken.config.application import Application, Identity
from tenken.config.manifest import Manifest
from tenken.config.node import Node
from tenken.readiness.collectors.observed.events import labels_in
from tenken.readiness.collectors.observed.otlp import read_traces
from tenken.readiness.collectors.observed.totals import totals_of, traffic_of
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.facts.survey import Survey
from tests.readiness.applications import survey_of
from tests.readiness.observed.making import ABOUT, NOW
from tests.readiness.observed.spans import CLIENT, NEW, exported, request, span

NOTHING = survey_of({})
N = 120
Attributes = Mapping[str, Any]


def declared(**parts: Any) -> Survey:
    """What the team writes down."""
    application = Application(application=Identity(name="desk", owner="team"), **parts)
    manifest = Manifest(application=application, file="tenken.yaml", document=Node(None))
    return replace(NOTHING, manifest=manifest)


def seen(
    survey: Survey = NOTHING, *, call: Attributes = NEW, n: int = N, hours: float = 30.0,
    beside: Attributes | None = None, kind: int = CLIENT,
) -> Sighting:  # fmt: skip
    """Requests over some hours; `beside` the model each calls something else."""
    lines = []
    for number in range(n):
        at = NOW - timedelta(hours=hours * (n - number) / n)
        spans = request(number, call, at=at)
        if beside is not None:
            spans.append(span(f"{number:032x}", f"{9:016x}", f"{2:016x}", kind=kind, at=at,
                              attributes=beside))  # fmt: skip
        lines.append(exported(spans))
    traces = read_traces([("spans", "\n".join(lines))], ABOUT)
    return Sighting(
        about=ABOUT, survey=survey, traces=traces, calls=totals_of(traces),
        traffic=traffic_of(traces), labels=labels_in(None, traces),
    )  # fmt: skip
