"""Which models a running system calls, and with how many tokens, beside what is declared."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from math import ceil

from tenken.config.application import Application, Model, TokenEstimate
from tenken.evidence import Measurement
from tenken.readiness.answers import gap, lie, seen
from tenken.readiness.facts.observed.calls import CallTotals
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.probes.observed.said import Observed, fails, holds, unknown
from tenken.sentence import say

FEWEST_CALLS = 100
FEWEST_HOURS = 24.0
FEWEST_SESSIONS = 100
LEAD = timedelta(days=30)
CHECKED_WITHIN = timedelta(days=90)
DRIFT = 0.3
MEDIAN, HIGH = 0.5, 0.95


def models_called_are_on_the_allow_list(sighting: Sighting) -> Observed:
    """Every model that was called is one that may be."""
    application = _application(sighting)
    allowed = {text.lower() for text in application.allowed_models} if application else set()
    if application is None or not allowed:
        return unknown(say("observed.no_allow_list"))
    by_id = {model.id.lower(): model.model.lower() for model in application.models}
    allowed |= {by_id[name] for name in allowed & by_id.keys()}
    return _all_among(sighting, allowed, "observed.model_not_allowed", "observed.models_allowed")


def called_models_are_in_the_register(sighting: Sighting) -> Observed:
    """Every model that was called is in the register of models."""
    application = _application(sighting)
    known = {name for model in _models(application) for name in _names(model)}
    if not known:
        return unknown(say("observed.no_register"))
    return _all_among(
        sighting, known, "observed.model_not_registered", "observed.models_registered"
    )


def days_to_retirement_exceed_the_lead_time(sighting: Sighting) -> Observed:
    """Every model that was called stays for longer than it takes to move to another."""
    calls, models = sighting.calls, _models(_application(sighting))
    if (short := _too_little(calls)) or calls is None:
        return short or unknown(say("observed.no_register"))
    today, findings = sighting.about.now.date(), []
    for name in calls.by_model:
        model = next((one for one in models if name.lower() in _names(one)), None)
        if model is None or model.retires_on is None:
            findings.append(gap("observed.no_retirement_date", model=name))
        elif model.checked_at is None or model.checked_at < today - CHECKED_WITHIN:
            findings.append(gap("observed.retirement_not_checked", model=name))
        elif model.retires_on <= today + LEAD:
            days = (model.retires_on - today).days
            findings.append(gap("observed.retires_soon", model=name, days=days))
    if findings:
        return fails(*findings)
    return holds(seen("observed.models_stay", n=len(calls.by_model), days=LEAD.days))


def input_tokens_stay_within_the_estimate(sighting: Sighting) -> Observed:
    """The tokens that a session reads are about as many as were planned."""
    return _within(sighting, lambda one: one.input, lambda plan: (plan.input_p50, plan.input_p95))


def output_tokens_stay_within_the_estimate(sighting: Sighting) -> Observed:
    """The tokens that a session writes are about as many as were planned."""
    return _within(
        sighting, lambda one: one.output, lambda plan: (plan.output_p50, plan.output_p95)
    )


# -- models


def _all_among(sighting: Sighting, known: set[str], otherwise: str, well: str) -> Observed:
    calls = sighting.calls
    strangers = Counter(
        {name: n for name, n in (calls.by_model if calls else {}).items()
         if name.lower() not in known}
    )  # fmt: skip
    if strangers:
        return fails(*(lie(otherwise, model=name, n=n) for name, n in strangers.most_common(5)))
    if (short := _too_little(calls)) or calls is None:
        return short or unknown(say("observed.too_few_calls", n=0, least=FEWEST_CALLS))
    return holds(seen(well, n=calls.calls, models=", ".join(sorted(calls.by_model)[:5])))


def _too_little(calls: CallTotals | None) -> Observed | None:
    """A model that is called once a week is not in the calls of an hour."""
    n = calls.calls if calls else 0
    if calls is None or n < FEWEST_CALLS:
        return unknown(say("observed.too_few_calls", n=n, least=FEWEST_CALLS))
    if calls.kept.hours < FEWEST_HOURS:
        hours = round(calls.kept.hours, 1)
        return unknown(say("observed.too_short_a_time", hours=hours, least=FEWEST_HOURS))
    return None


def _application(sighting: Sighting) -> Application | None:
    return sighting.survey.manifest.application if sighting.survey.manifest else None


def _models(application: Application | None) -> tuple[Model, ...]:
    return application.models if application else ()


def _names(model: Model) -> set[str]:
    return {model.id.lower(), model.model.lower(), f"{model.provider}/{model.model}".lower()}


# -- tokens


def _within(
    sighting: Sighting,
    tokens: Callable[..., int],
    planned: Callable[[TokenEstimate], tuple[int, int]],
) -> Observed:
    application, calls = _application(sighting), sighting.calls
    estimates = application.capacity.tokens if application else ()
    if not estimates:
        return unknown(say("observed.no_token_estimate"))
    found: dict[str, list[int]] = defaultdict(list)
    only = estimates[0].route if len(estimates) == 1 else ""
    for session in calls.sessions if calls else ():
        found[session.route or only].append(tokens(session))
    figures: list[Measurement] = []
    findings = []
    for plan in estimates:
        values = sorted(found[plan.route])
        if len(values) < FEWEST_SESSIONS:
            return unknown(
                say("observed.too_few_sessions", route=plan.route, n=len(values),
                    least=FEWEST_SESSIONS)
            )  # fmt: skip
        for part, expected in zip((MEDIAN, HIGH), planned(plan), strict=True):
            value = values[max(0, ceil(part * len(values)) - 1)]
            name = f"tokens_p{round(part * 100)}"
            figures.append(Measurement(name=name, value=value, unit="tokens", n=len(values)))
            if abs(value - expected) > DRIFT * expected:
                findings.append(
                    gap("observed.tokens_drift", route=plan.route, value=value,
                        expected=expected, part=round(part * 100))
                )  # fmt: skip
    if findings:
        return fails(*findings, figures=tuple(figures))
    return holds(seen("observed.tokens_as_planned", routes=len(estimates)), figures=tuple(figures))
