"""Logs, traces and spans, from installed to in effect."""

from collections import defaultdict
from collections.abc import Callable

from tenken.evidence import Answer, Finding, Holding
from tenken.place import Place
from tenken.readiness.answers import fails, gap, holds, lie, note, partly, seen, unknown
from tenken.readiness.facts.code import SignKind
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.telemetry import LogSetup, Propagation, Tracing
from tenken.readiness.probes.code.deployed import is_set, tracings
from tenken.readiness.probes.code.judging import (
    MOST,
    no_calls,
    shown,
    unless_foreign,
    without_models,
)
from tenken.sentence import say

GENERAL = ("ddtrace", "opentelemetry", "logfire", "sentry", "xray", "elastic-apm", "newrelic",
    "ddtrace.llmobs",
           "langfuse", "langsmith", "openllmetry", "openinference", "mlflow", "weave",
           "opik", "braintrust", "agentops")  # fmt: skip
APM = frozenset(
    {"ddtrace", "opentelemetry", "logfire", "sentry", "xray", "elastic-apm", "newrelic"}
)
"""Libraries that trace a request, not only what is said to a model."""
PACKAGES = {
    "ddtrace": "ddtrace",
    "opentelemetry-sdk": "opentelemetry",
    "opentelemetry-distro": "opentelemetry",
}
COSTING = frozenset({"ddtrace.llmobs", "langfuse", "langsmith", "logfire", "tenken", "weave"})
"""Back ends that price the tokens they are sent."""
FIRST_TOKEN = frozenset({"langfuse", "openllmetry", "tenken"})
"""Libraries whose spans tell when the first token of a stream came."""
WITH_SERVERS = frozenset({"fastapi", "starlette", "flask", "quart", "django", "django-ninja"})
"""Frameworks behind a server that logs by itself."""
SERVER_FLAGS = ("--no-access-log", "--log-config", "--access-logformat", "--logger-class")
OVER_OTEL = frozenset({"opentelemetry", "logfire", "openllmetry", "openinference", "langfuse",
    "langsmith", "mlflow", "weave"})  # fmt: skip
"""What makes its spans by OpenTelemetry, or can be told to."""
JOINED = defaultdict(frozenset[str], {
    "opentelemetry": OVER_OTEL, "logfire": OVER_OTEL, "ddtrace": OVER_OTEL | {"ddtrace.llmobs"},
})  # fmt: skip
"""By what traces requests, the tools whose spans become part of the same trace."""
BARE = frozenset({"logfire", "opentelemetry"})
"""Libraries that trace a request only where the web framework is instrumented by name."""
PARAMETERS = (
    "temperature", "top_p", "max_tokens", "parameters", "params", "seed", "top_k", "settings",
)  # fmt: skip
HEADERS = frozenset({
    "x-request-id", "x-correlation-id", "request-id", "x-trace-id", "traceparent",
    "x-cloud-trace-context", "x-amzn-trace-id",
})  # fmt: skip
"""Headers that code reads by itself: lines can be joined by them, spans cannot."""


def structured_logs(survey: Survey) -> Answer:
    """Every line the application writes is structured."""
    code = survey.code
    off = [one for one in code.logs if _is_off(one, survey)]
    good = tuple(
        seen("code.log_structured", one.place, library=one.library)
        for one in code.logs
        if _writes_structured(one) and one not in off
    )
    idle = tuple(
        _without_effect(one) for one in code.logs if one.structured and not _writes_structured(one)
    )
    plain = tuple(
        gap("code.log_plain", one.place, library=one.library)
        for one in code.logs
        if not one.structured
    )
    printed = tuple(place for place in code.prints)
    if good:
        found = (
            *(one for one in idle if one.sentence.id == "code.log_undone"),
            *(lie("code.log_printed", place) for place in printed[:MOST]),
            *_server_lines(survey),
        )
        return partly(good, found) if found else holds(*good[:3])
    if off:
        reason = say("code.log_off_unless", name=_name(off[0]))
        return unknown(reason, note("code.log_off_here", off[0].place, library=off[0].library))
    if plain or idle:
        return fails(*(*idle, *plain)[:MOST])
    if printed:
        return fails(*(gap("code.log_only_print", place) for place in printed[:3]))
    return unknown(say("code.log_not_found"))


def _name(one: LogSetup | Tracing) -> str:
    return one.off_unless.name if one.off_unless is not None else ""


def _writes_structured(one: LogSetup) -> bool:
    return one.structured and one.is_entered and one.is_attached and one.undone is None


def _without_effect(one: LogSetup) -> Finding:
    if one.is_entered and one.undone is not None:
        return lie("code.log_undone", one.undone, library=one.library, at=str(one.place))
    kind = "code.log_never_set_up" if not one.is_entered else "code.log_not_attached"
    return lie(kind, one.place, library=one.library)


def _is_off(one: LogSetup, survey: Survey) -> bool:
    return one.off_unless is not None and not is_set(one.off_unless, survey)


def _server_lines(survey: Survey) -> tuple[Finding, ...]:
    """A server writes a line for each request, in its own form unless it is told otherwise."""
    doors = [one for one in survey.code.routes if one.framework in WITH_SERVERS]
    commands = (image.command for image in survey.infrastructure.images)
    told = any(flag in command for command in commands for flag in SERVER_FLAGS)
    if not doors or told or survey.code.server_logs:
        return ()
    return (gap("code.log_of_server", doors[0].place, framework=doors[0].framework),)


def exported(survey: Survey) -> Answer:
    """Traces leave the process."""
    if (other := shown(survey, SignKind.TRACE)) is not None:
        return other
    found = [one for one in tracings(survey) if one.library in GENERAL]
    if not found:
        return _declared_only(survey)
    working = [one for one in found if one.library in APM and _works(one)]
    if working:
        remarks = tuple(
            seen("code.trace_exported", _at(one), library=one.library) for one in working
        )
        alone = tuple(
            gap("code.trace_by_hand", one.initialised, library=one.library) for one in working
        )
        by_hand = all(one.by_hand for one in working)
        return _if_set(partly(remarks, alone) if by_hand else holds(*remarks), working)
    apm = [one for one in found if one.library in APM]
    if not apm:
        first = next((one for one in found if _works(one)), found[0])
        return unknown(say("code.trace_models_only", library=first.library))
    if all(one.initialised is None and one.sampled_off is None for one in apm):
        return unknown(
            say("code.trace_start_not_seen", library=apm[0].library),
            *(_broken(one) for one in apm),
        )
    return fails(
        *(
            _broken(one)
            for one in apm
            if one.initialised is not None or one.sampled_off is not None
        )
    )


def _if_set(answer: Answer, working: list[Tracing]) -> Answer:
    """Half of it, where all that works does so only under a setting that nothing sets."""
    if answer.holding is not Holding.HOLDS or any(one.off_unless is None for one in working):
        return answer
    return partly(answer.seen, tuple(_unset(one) for one in working))


def _unset(one: Tracing) -> Finding:
    return gap("code.trace_off_unless", one.initialised, library=one.library, name=_name(one))


def _declared_only(survey: Survey) -> Answer:
    for one in survey.code.dependencies:
        if one.name in PACKAGES and survey.code.python_files:
            return unknown(
                say("code.trace_declared", library=one.name),
                gap("code.trace_never_imported", one.place, library=one.name),
            )
    return unknown(say("code.trace_not_found"))


def _patches_requests(one: Tracing) -> bool:
    """A launcher starts it, and with it the instrumentation of the web framework."""
    return one.launched and _works(one)


def _works(one: Tracing) -> bool:
    sent = one.initialised is not None and one.exporter is not None
    return sent and one.sampled_off is None and one.lost_at is None


def _at(one: Tracing) -> Place | None:
    return one.exporter or one.initialised or one.imported


def _broken(one: Tracing) -> Finding:
    if one.sampled_off is not None:
        return lie("code.trace_sampled_off", one.sampled_off, library=one.library)
    if one.lost_at is not None and one.off_unless:
        return lie("code.trace_never_set", one.initialised, library=one.library,
                   name=_name(one), at=str(one.lost_at))  # fmt: skip
    if one.lost_at is not None and one.endpoint_variable:
        return lie("code.trace_other_variable", one.lost_at, name=one.endpoint_variable)
    if one.lost_at is not None:
        return lie("code.trace_no_agent", one.lost_at, library=one.library)
    if one.initialised is None:
        return lie("code.trace_not_started", one.imported, library=one.library)
    if one.console_only:
        return lie("code.trace_console_only", one.initialised, library=one.library)
    return lie("code.trace_no_exporter", one.initialised, library=one.library)


def propagated(survey: Survey) -> Answer:
    """The trace of a request goes through the application."""
    if (other := shown(survey, SignKind.TRACE)) is not None:
        return other
    ways = [
        one for one in survey.code.propagations if not _by_header(one) and one.inherits_upstream
    ]
    off = [one for one in tracings(survey) if one.library in APM and one.sampled_off is not None]
    if off and (ways or any(one.launched for one in off)):
        return fails(*(_broken(one) for one in off))
    launched = [one for one in tracings(survey) if _patches_requests(one)]
    remarks = (
        *(seen("code.trace_propagated", one.place, how=one.how) for one in ways[:3]),
        *(seen("code.trace_propagated", one.initialised, how=one.library) for one in launched),
    )
    lines = tuple(seen("code.trace_in_logs", place) for place in survey.code.log_ids[:2])
    if remarks and lines:
        return holds(*remarks, *lines)
    if remarks:
        return partly(remarks, (gap("code.trace_not_in_logs", remarks[0].place),))
    if lines and any(one.library in APM for one in tracings(survey)):
        return partly(lines, (gap("code.trace_not_taken_over", lines[0].place),))
    headers = [one for one in survey.code.propagations if _by_header(one)]
    if headers:
        return fails(gap("code.trace_only_request_id", headers[0].place, how=headers[0].how))
    return unknown(say("code.trace_propagation_not_found"))


def _by_header(one: Propagation) -> bool:
    """Read by the code itself, in whatever way its framework spells the header."""
    return one.how.lower().removeprefix("http_").replace("_", "-") in HEADERS


def inherited(survey: Survey) -> Answer:
    """An id that comes in with a request is kept."""
    taken = [one for one in survey.code.propagations if one.inherits_upstream]
    made = [one for one in survey.code.propagations if not one.inherits_upstream]
    if taken:
        remarks = tuple(seen("code.request_id_taken", one.place, how=one.how) for one in taken[:3])
        found = tuple(lie("code.request_id_new", one.place) for one in made[:3])
        if not (survey.code.log_ids or any(_by_header(one) for one in taken)):
            found = (*found, gap("code.trace_not_in_logs", taken[0].place))
        return partly(remarks, found) if found else holds(*remarks)
    if made:
        return fails(*(lie("code.request_id_new", one.place) for one in made[:3]))
    return unknown(say("code.request_id_not_found"))


def model_tracings(survey: Survey) -> tuple[Tracing, ...]:
    """Libraries that make spans of model calls."""
    return tuple(one for one in tracings(survey) if one.traces_models)


def spans(survey: Survey) -> Answer:
    """Model calls become spans."""
    if (other := shown(survey, SignKind.SPAN)) is not None:
        return other
    if not survey.code.calls:
        return no_calls(survey)
    found = model_tracings(survey)
    working = [one for one in found if _works(one)]
    if working and not any(_joined(one, survey) for one in working):
        return _apart(survey, working[0])
    if working:
        remarks = tuple(
            seen("code.span_models", one.initialised, library=one.library) for one in working
        )
        return unless_foreign(survey.code, _if_set(holds(*remarks), working))
    if found:
        return fails(*(_broken(one) for one in found))
    return _by_hand(survey)


def _joined(one: Tracing, survey: Survey) -> bool:
    """It traces requests too, or stands beside something that does and shares its context."""
    beside = (it for it in tracings(survey) if _works(it) and one.library in JOINED[it.library])
    return any(_traces_requests(other, survey) for other in (one, *beside) if other.library in APM)


def _traces_requests(one: Tracing, survey: Survey) -> bool:
    """By itself, or because the web framework is instrumented as well."""
    taken = any(way.inherits_upstream and not _by_header(way) for way in survey.code.propagations)
    return taken or one.launched or one.library not in BARE


def _apart(survey: Survey, one: Tracing) -> Answer:
    """A tool for model calls alone: joined to nothing where the application serves requests."""
    if any(not route.is_open_by_design for route in survey.code.routes):
        return fails(lie("code.span_apart", one.initialised, library=one.library))
    remark = seen("code.span_models", one.initialised, library=one.library)
    return partly((remark,), (gap("code.span_apart_from_request", one.initialised),))


def _by_hand(survey: Survey) -> Answer:
    """Spans that the code opens around calls, or that a client's requests leave."""
    apm = [one for one in tracings(survey) if one.library in APM]
    started = any(one.initialised is not None for one in apm)
    spanned = [call for call in survey.code.generations if call.span is not None]
    sent = [call for call in survey.code.generations if call.library == "http"]
    if started and spanned:
        remarks = tuple(seen("code.span_by_hand", call.span) for call in spanned[:MOST])
        bare = [call for call in survey.code.generations if call.span is None]
        gaps = tuple(gap("code.span_call_missing", call.place) for call in bare[:MOST])
        lost = tuple(_broken(one) for one in apm if not _works(one))
        return partly(remarks, (*gaps, *lost) or (gap("code.span_no_model", spanned[0].span),))
    if sent and any(one.launched and _works(one) for one in apm):
        remarks = tuple(seen("code.span_http", call.place) for call in sent[:MOST])
        return partly(remarks, (gap("code.span_no_model", sent[0].place),))
    if any(_works(one) for one in apm):
        return fails(gap("code.span_models_missing", survey.code.calls[0].place))
    return unknown(say("code.span_not_found"))


def masked(survey: Survey, where: Callable[[Tracing], Place | None], side: str) -> Answer:
    """What people wrote is masked before it is stored, and is stored."""
    found = [one for one in model_tracings(survey) if _works(one)]
    absent = without_models(survey)
    if absent is not None or not found:
        return absent or _without_spans(survey)
    good = tuple(
        seen("code.mask_set", where(one), library=one.library)
        for one in found
        if where(one) is not None
    )
    without = [one for one in found if where(one) is None]
    bad = tuple(_unmasked(one, side) for one in without if not one.may_mask)
    if bad:
        return partly(good, bad) if good else fails(*bad)
    if without:
        notes = [note("code.mask_here", one.changed_at) for one in without if one.changed_at]
        return unknown(say("code.mask_not_followed", library=without[0].library), *notes)
    return unless_foreign(survey.code, _if_set(holds(*good), found))


def _unmasked(one: Tracing, side: str) -> Finding:
    if one.mask_does_nothing is not None:
        return lie("code.mask_does_nothing", one.mask_does_nothing, library=one.library)
    if one.drops_content is not None:
        return lie("code.mask_drops", one.drops_content, library=one.library)
    return gap(f"code.mask_missing_{side}", one.initialised, library=one.library)


def carries(
    survey: Survey, words: tuple[str, ...], libraries: frozenset[str] | None, what: str
) -> Answer:
    """Spans hold a figure: by the library, or because the code writes it."""
    found = [one for one in model_tracings(survey) if _works(one)]
    written = [one for one in survey.code.span_fields if _speaks(one.name.lower(), words)]
    absent = without_models(survey)
    if absent is not None or not (found or written):
        return absent or _without_spans(survey)
    by_library = [one for one in found if libraries is None or one.library in libraries]
    if by_library:
        remarks = tuple(
            seen("code.span_by_library", one.initialised, library=one.library, what=what)
            for one in by_library
        )
        return unless_foreign(survey.code, _if_set(holds(*remarks), by_library))
    if written and (found or any(_works(one) for one in tracings(survey))):
        remarks = tuple(seen("code.span_written", one.place, name=one.name) for one in written[:3])
        return unless_foreign(survey.code, holds(*remarks))
    return unknown(say("code.span_field_not_found", what=what))


def model_and_parameters(survey: Survey) -> Answer:
    """Spans name the model and what it was asked with; libraries write both."""
    answer = carries(survey, ("model", *PARAMETERS), None, "model")
    if answer.holding is not Holding.HOLDS or any(map(_works, model_tracings(survey))):
        return answer
    names = [one.name.lower() for one in survey.code.span_fields]
    lacking = [words for words in (("model",), PARAMETERS)
               if not any(_speaks(name, words) for name in names)]  # fmt: skip
    if not lacking:
        return answer
    kind = (
        "code.span_without_parameters" if lacking[0] == PARAMETERS else "code.span_without_model"
    )
    return partly(answer.seen, (gap(kind, answer.seen[0].place),))


def _speaks(name: str, words: tuple[str, ...]) -> bool:
    """A whole word of a dotted name, so that a tokenizer counts no tokens."""
    parts = name.replace("-", "_").replace(".", "_").split("_")
    return any(word in parts or ("_" in word and word in name) for word in words)


def _without_spans(survey: Survey) -> Answer:
    return unknown(say("code.span_not_found")) if survey.code.calls else no_calls(survey)
