"""Limits, forecast, throughput and token estimates."""

# ruff: noqa: E501 - patterns and vocabularies read best unbroken

from collections.abc import Iterator

from tenken.evidence import Answer, Finding
from tenken.pattern import Pattern
from tenken.readiness.answers import fails, gap, holds, lie, partly, seen, unknown
from tenken.readiness.facts.documents import Column, Source, Statement, Subject
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.words.figures import date_in, number_in, numbers_in
from tenken.readiness.probes.documents.written import (
    MOST_TOLD,
    has_figure,
    heard,
    is_fresh,
    judged_by,
    keys,
    model_of,
    models_in_use,
)
from tenken.sentence import say

LIMITS_FRESH_DAYS = 180
PER_TIME = Pattern(
    r"(?i)rps|rpm|tpm|qps|/ ?(s|sec|min|h)\b|per (second|minute|hour)|(a|each) (second|minute|hour)"
    r"|毎秒|毎分|/秒|/分|秒間|1秒|1分|requests? a"
)
FACTOR = Pattern(r"(?i)headroom|margin|×|x ?[0-9]|[0-9]\s?(x|倍)|余裕|安全率")
VENDOR = Pattern(
    r"(?i)limit of the provider|provider'?s? limit|vendor|プロバイダーの?上限|上限値と同じ"
)


def limits_are_documented(survey: Survey) -> Answer:
    """TPM or RPM of every model in use is written down, with the date it was read."""
    rows = survey.documents.on(Subject.LIMIT)
    if not rows:
        return _given_capacity(survey) or unknown(say("probes_2.no_limits"))
    findings = [flaw for one in rows if (flaw := _limit_flaw(one, survey))]
    sound = [one for one in rows if not _limit_flaw(one, survey)]
    listed = {model_of(one) for one in rows}
    findings += [
        gap("probes_2.limit_missing_for_model", place, model=model)
        for model, place in models_in_use(survey).items()
        if model not in listed
    ]
    remarks = tuple(
        seen("probes_2.limit_documented", one.place, model=model_of(one), limit=_limit(one))
        for one in sound
    )[:MOST_TOLD]
    told = tuple(findings[:MOST_TOLD])
    if not told:
        return holds(*remarks)
    return partly(remarks, told) if remarks else fails(*told)


def _given_capacity(survey: Survey) -> Answer | None:
    """Capacity that a template gives to a model: a figure, and no plan that says it is enough."""
    capacities = survey.infrastructure.capacities[:MOST_TOLD]
    if not capacities:
        return None
    remarks = tuple(
        seen("probes_2.capacity_given", one.place, model=one.model, capacity=one.capacity.written)
        for one in capacities
    )
    return partly(remarks, (gap("probes_2.capacity_without_plan", capacities[0].place),))


def _limit(one: Statement) -> str:
    parts = ((Column.TPM, "TPM"), (Column.RPM, "RPM"))
    return ", ".join(f"{one.text(column)} {unit}" for column, unit in parts if one.text(column))


def _limit_flaw(one: Statement, survey: Survey) -> Finding | None:
    if not has_figure(one, Column.TPM, Column.RPM):
        return lie("probes_2.limit_without_figure", one.place, model=model_of(one))
    if not one.text(Column.MODEL, Column.PROVIDER, Column.ID):
        return gap("probes_2.limit_of_nothing", one.place)
    if not is_fresh(one.text(Column.CHECKED), survey, LIMITS_FRESH_DAYS):
        return gap(
            "probes_2.limit_not_dated", one.place, model=model_of(one), days=LIMITS_FRESH_DAYS
        )
    return None


# -- forecast and throughput


def forecast_has_figures(survey: Survey) -> Answer:
    """The forecast of traffic has a figure, a horizon and where it comes from."""
    rows = heard(survey.documents.on(Subject.FORECAST), lambda one: _forecast_flaw(one, survey))
    if not rows:
        return unknown(say("probes_2.no_forecast"))
    flaws = [(one, _forecast_flaw(one, survey)) for one in rows]
    sound = [one for one, flaw in flaws if flaw is None]
    if sound:
        figure = sound[0].text(Column.REQUESTS, Column.GROWTH, Column.WHAT)
        return holds(seen("probes_2.forecast_stated", sound[0].place, figure=figure))
    return fails(*[flaw for _, flaw in flaws if flaw][:MOST_TOLD])


def _forecast_flaw(one: Statement, survey: Survey) -> Finding | None:
    prose = one.text(Column.WHAT) if one.source is Source.TEXT else ""
    figures = has_figure(one, Column.REQUESTS, Column.GROWTH) or _counts(prose)
    if not figures:
        return lie("probes_2.forecast_without_figure", one.place)
    horizon = date_in(one.text(Column.HORIZON, Column.DUE) or prose)
    if horizon is None:
        return gap("probes_2.forecast_without_horizon", one.place)
    if horizon < survey.now.date():
        return lie("probes_2.forecast_is_over", one.place, horizon=str(horizon))
    if not one.text(Column.SOURCE, Column.BASIS) and not SOURCE.search(prose):
        return gap("probes_2.forecast_without_source", one.place)
    return None


SOURCE = Pattern(r"(?i)source|based on|according|basis|from the|出典|根拠|に基づ|実績|前提")
COUNTED = Pattern(
    r"(?i)[0-9][0-9,.]*\s?(万|億|千|k|m)?\s?(requests?|users?|enquir|inquir|calls?|%|件|リクエスト|回|人|倍)"
)


def _counts(prose: str) -> bool:
    return bool(COUNTED.search(prose))


def throughput_is_stated(survey: Survey) -> Answer:
    """The throughput that is needed is stated with its headroom and how it follows."""
    said = survey.documents.on(Subject.THROUGHPUT)
    rows = heard(said, lambda one: next(_throughput_flaws(one, survey), None))
    if not rows:
        return unknown(say("probes_2.no_throughput"))
    findings = tuple(flaw for one in rows for flaw in _throughput_flaws(one, survey))
    sound = [one for one in rows if not any(True for _ in _throughput_flaws(one, survey))]
    if sound:
        needed = sound[0].text(Column.NEEDED, Column.WHAT)
        return holds(seen("probes_2.throughput_stated", sound[0].place, needed=needed))
    return fails(*findings[:MOST_TOLD])


def _throughput_flaws(one: Statement, survey: Survey) -> Iterator[Finding]:
    prose = one.text(Column.WHAT) if one.source is Source.TEXT else ""
    maximum = number_in(one.text(Column.MAXIMUM)) or (
        number_in(prose) if VENDOR.search(prose) else None
    )
    if maximum is not None and (VENDOR.search(prose) or _is_vendor_limit(maximum, survey)):
        yield lie("probes_2.maximum_is_the_vendors", one.place, maximum=maximum)
        return
    needed = has_figure(one, Column.NEEDED) or (
        bool(PER_TIME.search(prose)) and number_in(prose) is not None
    )
    if not needed:
        yield gap("probes_2.throughput_lacks", one.place, parts=keys((Column.NEEDED,)))
    if not has_figure(one, Column.HEADROOM) and not FACTOR.search(prose):
        yield gap("probes_2.throughput_lacks", one.place, parts=keys((Column.HEADROOM,)))
    if not one.text(Column.BASIS, Column.SOURCE) and not SOURCE.search(prose):
        yield gap("probes_2.throughput_lacks", one.place, parts=keys((Column.BASIS,)))


def _is_vendor_limit(maximum: float, survey: Survey) -> bool:
    limits = (number_in(one.text(Column.RPM)) for one in survey.documents.on(Subject.LIMIT))
    return any(limit in {maximum, maximum * 60} for limit in limits if limit)


# -- tokens


def tokens_are_estimated(survey: Survey, column: Column) -> Answer:
    """Tokens of one direction are estimated for every route, from something."""
    said = survey.documents.on(Subject.TOKENS)
    rows = heard(said, lambda one: _token_flaw(one, column, survey))
    if not rows:
        return unknown(say("probes_2.no_token_estimate"))
    prose = [one for one in rows if one.source is Source.TEXT and not has_figure(one, column)]
    if len(prose) == len(rows):
        return fails(lie("probes_2.tokens_one_constant", prose[0].place))
    tabled = [one for one in rows if one not in prose]
    copied = _copied(tabled)
    if copied is not None:
        return fails(lie("probes_2.tokens_copied", copied.place, count=len(tabled)))
    answer = judged_by(
        tabled,
        lambda one: _token_flaw(one, column, survey),
        lambda one: seen(
            "probes_2.tokens_estimated", one.place, route=_route(one), tokens=one.text(column)
        ),
    )
    missing = tuple(_routes_without(tabled, survey))
    return partly(answer.seen, (*answer.findings, *missing)) if missing and answer.seen else answer


def _route(one: Statement) -> str:
    return one.text(Column.ROUTE, Column.USE_CASE, Column.NAME, Column.ID)


def _copied(rows: list[Statement]) -> Statement | None:
    """The first row, where every route has the same figures."""
    figures = {(one.text(Column.INPUT_TOKENS), one.text(Column.OUTPUT_TOKENS)) for one in rows}
    return rows[0] if len(rows) > 1 and len(figures) == 1 else None


def _token_flaw(one: Statement, column: Column, survey: Survey) -> Finding | None:
    figures = tuple(numbers_in(one.text(column)))
    if not figures:
        return gap("probes_2.tokens_lack", one.place, route=_route(one), parts=keys((column,)))
    if not _route(one):
        return gap("probes_2.tokens_of_no_route", one.place)
    if column is Column.OUTPUT_TOKENS and set(figures) <= _caps(survey):
        return lie("probes_2.tokens_are_the_cap", one.place, route=_route(one), cap=figures[0])
    return None


def _caps(survey: Survey) -> set[float]:
    return {cap for call in survey.code.generations if (cap := call.max_tokens.number) is not None}


def _routes_without(rows: list[Statement], survey: Survey) -> Iterator[Finding]:
    said = " ".join(f"{_route(one)} {one.text(Column.USE_CASE)}" for one in rows).lower()
    for route in survey.code.routes:
        last = route.path.rstrip("/").rpartition("/")[2].lower()
        known = (
            route.path.lower() in said
            or (last and last.rstrip("s") in said)
            or route.function in said
        )
        if route.reaches_model and not known:
            yield gap("probes_2.route_without_estimate", route.place, route=route.name)
