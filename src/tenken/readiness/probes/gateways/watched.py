"""What a gateway counts and tells by itself, where every call goes through it."""

from itertools import chain

from msgspec.structs import replace

from tenken.evidence import Answer
from tenken.readiness.answers import declared, note, seen
from tenken.readiness.facts.gateways import Product
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.gateways.made import all_through

MOST_TOLD = 8


def with_watching(survey: Survey) -> Survey:
    """The survey with what `tenken.yaml` promises, and what gateways emit and tell by themselves.

    What it counts itself it counts of the calls that go through it: all of them have to. One
    that only describes what another file states in full adds nothing.
    """
    gateways = all_through(survey)
    ours = any(one.product is Product.TENKEN for one in gateways)
    alerts = tuple(chain.from_iterable(one.alerts for one in gateways))
    told_elsewhere = bool(survey.monitoring.objectives)
    promised = tuple(
        one
        for one in survey.gateways.objectives
        if (ours and one.asks) or one.queries or not (one.asks or told_elsewhere)
    )
    metrics = tuple(chain.from_iterable(one.metrics for one in gateways))
    if not (alerts or promised or metrics):
        return survey
    monitoring = replace(
        survey.monitoring,
        alerts=(*survey.monitoring.alerts, *alerts),
        objectives=(*survey.monitoring.objectives, *promised),
    )
    code = replace(survey.code, metrics=(*survey.code.metrics, *metrics))
    return replace(survey, monitoring=monitoring, code=code)


def only_stated(survey: Survey) -> Answer | None:
    """Objectives that our gateway would count, where no file shows that it does."""
    idle = [one for one in survey.gateways.objectives if one.asks]
    if not idle:
        return None
    remarks = (seen("gateways.slo_stated", one.place, name=one.name) for one in idle[:MOST_TOLD])
    return declared(*remarks, notes=(note("gateways.slo_not_counted", idle[0].place),))
