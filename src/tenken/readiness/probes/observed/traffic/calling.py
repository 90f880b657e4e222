"""How a running system calls its models, beside how it is said to."""

from collections.abc import Iterator
from typing import Any

import msgspec

from tenken.evidence import Finding
from tenken.pattern import Pattern
from tenken.readiness.answers import gap, lie, seen
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.facts.observed.traces import ModelCall, TraceFacts
from tenken.readiness.probes.observed.said import Observed, fails, holds, share, unknown
from tenken.sentence import say, words

FEWEST_CALLS = 100
FEWEST_HEADERS = 5
FEWEST_ANSWERED = 5
NEARLY_ALL = 0.95
REQUESTS = ("x-ratelimit-limit-requests", "anthropic-ratelimit-requests-limit")
TOKENS = (
    "x-ratelimit-limit-tokens", "anthropic-ratelimit-tokens-limit",
    "anthropic-ratelimit-input-tokens-limit",
)  # fmt: skip
HEADER = "http.response.header."
STORES = ("gen_ai.request.store", "gen_ai.openai.request.store", "llm.request.store")
INVOCATION = ("llm.invocation_parameters", "langfuse.observation.model.parameters")
HAS_A_FLAG = ("openai", "azure")
"""Providers whose API has `store`; for the others an opt-out is a matter of contract."""
FIGURE = Pattern(r"[0-9]+")
STYLES = ("sync", "stream", "async")


def span_shape_matches_the_call_style(sighting: Sighting) -> Observed:
    """Whoever asks waits, reads along or is told later, as was decided."""
    decided = _style_of(sighting)
    if decided not in STYLES:
        return unknown(say("observed.no_call_style"))
    traces = sighting.traces
    styles = [(one, style) for one in (traces.real_calls if traces else ())
              if (style := _style(one, traces))]  # fmt: skip
    other = [(one, style) for one, style in styles if style != decided]
    figures = (share("calls_in_the_style", len(styles) - len(other), len(styles)),)
    if len(styles) < FEWEST_CALLS:
        return unknown(
            say("observed.too_few_shaped", n=len(styles), least=FEWEST_CALLS), figures=figures
        )
    if len(other) > len(styles) * (1 - NEARLY_ALL):
        call, style = other[0]
        told = lie("observed.call_in_another_style", call.span.place, n=len(styles),
                   times=len(other), decided=words("style", [decided]),
                   found=words("style", [style]))  # fmt: skip
        return fails(told, figures=figures)
    remark = seen("observed.calls_in_style", n=len(styles), decided=words("style", [decided]))
    return holds(remark, figures=figures)


def requests_carry_the_opt_out_flag(sighting: Sighting) -> Observed:
    """Every call of a provider that can store what it is sent says that it shall not."""
    manifest, traces = sighting.survey.manifest, sighting.traces
    flagged = {
        name
        for one in (manifest.application.models if manifest else ())
        if any(word in one.provider.lower() for word in HAS_A_FLAG)
        for name in (one.model, one.id)
    }
    calls = [one for one in (traces.real_calls if traces else ()) if one.model in flagged]
    stores = [_stores(one) for one in calls]
    figures = (share("calls_that_opt_out", stores.count(False), len(stores)),)
    if True in stores:
        first = calls[stores.index(True)]
        told = lie(
            "observed.call_stores", first.span.place, n=len(calls), times=stores.count(True)
        )
        return fails(told, figures=figures)
    if len(calls) < FEWEST_CALLS:
        return unknown(say("observed.too_few_flagged", n=len(calls), least=FEWEST_CALLS),
                       figures=figures)  # fmt: skip
    if None in stores:
        return unknown(say("observed.store_not_told", n=len(calls), times=stores.count(None)),
                       figures=figures)  # fmt: skip
    return holds(seen("observed.calls_opt_out", n=len(calls)), figures=figures)


def provider_limit_headers_equal_the_file(sighting: Sighting) -> Observed:
    """What the provider says it allows is what `models` counts on."""
    manifest, traces = sighting.survey.manifest, sighting.traces
    limited = [one for one in (manifest.application.models if manifest else ()) if one.limits]
    if not limited or traces is None:
        return unknown(say("observed.no_limits"))
    told: dict[str, list[tuple[int | None, int | None]]] = {}
    for call in traces.real_calls:
        if (headers := _limits(call, traces)) != (None, None):
            told.setdefault(call.model, []).append(headers)
    findings: list[Finding] = []
    for model in limited:
        answers = told.get(model.model) or told.get(model.id) or []
        if len(answers) < FEWEST_HEADERS:
            return unknown(say("observed.too_few_headers", model=model.model, n=len(answers),
                               least=FEWEST_HEADERS))  # fmt: skip
        rpm, tpm = answers[-1]
        planned = model.limits
        for unit, given, counted in (
            ("RPM", rpm, planned and planned.rpm), ("TPM", tpm, planned and planned.tpm)
        ):  # fmt: skip
            if counted and given is not None and given != counted:
                findings.append(gap("observed.limit_differs", model=model.model, unit=unit,
                                    given=given, counted=counted))  # fmt: skip
            elif counted and given is None:
                return unknown(say("observed.limit_not_told", model=model.model, unit=unit))
    if findings:
        return fails(*findings)
    return holds(seen("observed.limits_equal", n=len(limited)))


def every_target_is_healthy(sighting: Sighting) -> Observed:
    """Every model that a route may turn to has answered lately, the one behind the first too."""
    manifest, calls = sighting.survey.manifest, sighting.calls
    application = manifest.application if manifest else None
    named = {
        target for one in (application.routes if application else ()) for target in one.targets
    }
    targets = [one for one in (application.models if application else ()) if one.id in named]
    if len(targets) < 2 or calls is None:
        return unknown(say("observed.no_targets"))
    findings, quiet = [], []
    for target in targets:
        names = {target.id, target.model}
        n = sum(calls.by_model.get(name, 0) for name in names)
        well = sum(calls.answered.get(name, 0) for name in names)
        if n < FEWEST_ANSWERED:
            quiet.append(target.id)
        elif well < n * NEARLY_ALL:
            findings.append(gap("observed.target_fails", target=target.id, n=n, failed=n - well))
    figures = (share("targets_that_answer", len(targets) - len(findings) - len(quiet),
                     len(targets)),)  # fmt: skip
    if findings:
        return fails(*findings, figures=figures)
    if quiet:
        return unknown(say("observed.target_is_quiet", targets=", ".join(quiet),
                           least=FEWEST_ANSWERED), figures=figures)  # fmt: skip
    return holds(seen("observed.targets_answer", n=len(targets)), figures=figures)


# -- one call


def _style_of(sighting: Sighting) -> str:
    manifest = sighting.survey.manifest
    said = manifest.application.decisions.call_style if manifest else None
    if said:
        return said.style
    records = (one for one in sighting.survey.documents.decisions if one.is_in_force)
    return next((one.call_style for one in records if one.call_style), "")


def _style(call: ModelCall, traces: TraceFacts | None) -> str:
    """Empty where no span above it says how it was asked for."""
    above = traces.above(call.span) if traces else ()
    door = next((one for one in above if one.is_entry), None)
    if door is None or call.span.at is None or door.at is None:
        return ""
    begun = (call.span.at - door.at).total_seconds()
    if door.is_consumer or begun > door.duration_s:
        return "async"
    return "stream" if call.is_streamed else "sync"


def _stores(call: ModelCall) -> bool | None:
    found: list[Any] = [call.span.attributes.get(name) for name in STORES]
    for name in INVOCATION:
        parameters = _decoded(call.span.attributes.get(name))
        found.append(parameters.get("store") if isinstance(parameters, dict) else None)
    said = next((one for one in found if one is not None), None)
    return None if said is None else str(said).lower() not in {"false", "0"}


def _decoded(value: Any) -> Any:
    try:
        return msgspec.json.decode(value) if isinstance(value, str) else None
    except (msgspec.DecodeError, RecursionError):
        return None


def _limits(call: ModelCall, traces: TraceFacts) -> tuple[int | None, int | None]:
    below = [one for one in traces.by_trace[call.span.trace] if one.parent == call.span.id]
    held = [one.attributes for one in (call.span, *below)]
    return _figure(held, REQUESTS), _figure(held, TOKENS)


def _figure(held: list[Any], names: tuple[str, ...]) -> int | None:
    """A header's value stands as a text or as a list of texts."""
    found: Iterator[Any] = (one.get(f"{HEADER}{name}") for one in held for name in names)
    said = next((one for one in found if one is not None), None)
    match = FIGURE.search(str(said)) if said is not None else None
    return int(match.group(0)) if match else None
