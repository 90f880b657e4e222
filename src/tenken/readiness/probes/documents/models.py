"""What is recorded of models and providers: SLA, retirement, allow-list, terms of use."""

from collections.abc import Mapping

from tenken.evidence import Answer, Finding, FindingKind, Remark
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.answers import declared, fails, gap, holds, lie, partly, seen, unknown
from tenken.readiness.facts.documents import Column, Source, Statement, Subject
from tenken.readiness.facts.mentions import Reader
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.words.figures import date_in, number_in
from tenken.readiness.facts.words.models import canonical, is_floating
from tenken.readiness.probes.code.judging import without_models
from tenken.readiness.probes.documents.written import (
    MOST_TOLD,
    days_old,
    heard,
    is_fresh,
    model_of,
    models_in_use,
    providers_in_use,
)
from tenken.readiness.probes.gateways.made import models_reached
from tenken.sentence import say

ADDRESS = Pattern(r"https?://\S+")
LEGAL = Pattern(
    r"(?i)terms|polic|privacy|legal|dpa|data-?(usage|use|processing|controls|retention|handling)|agreement"
    r"|trust|enterprise-privacy|compliance"
)
HOME = Pattern(r"^https?://[^/]+/?$")
SLA_FRESH_DAYS = 365


def sla_is_recorded(survey: Survey) -> Answer:
    """Each model in use has an SLA figure with its source and the date it was read."""
    said = heard(survey.documents.on(Subject.SLA), lambda one: _sla_flaw(one, survey))
    if not said:
        return without_models(survey) or unknown(say("probes_1.no_sla"))
    findings = [flaw for one in said if (flaw := _sla_flaw(one, survey))]
    findings += _uncovered(said, survey, "probes_1.sla_missing_for_model")
    findings += _promised_too_much(survey)
    sound = tuple(_sla_seen(one) for one in said if not _sla_flaw(one, survey))
    return _weighed(sound, findings)


def _promised_too_much(survey: Survey) -> list[Finding]:
    """Where an SLO promises more than the models behind it can give."""
    doubts = survey.manifest.doubts if survey.manifest else ()
    return [
        Finding(kind=FindingKind.GAP, sentence=doubt.sentence, place=doubt.place)
        for doubt in doubts
    ]


def _sla_seen(one: Statement) -> Remark:
    name = one.text(Column.MODEL, Column.PROVIDER, Column.ID)
    return seen("probes_1.sla_recorded", one.place, model=name, sla=one.text(Column.SLA))


def _sla_flaw(one: Statement, survey: Survey) -> Finding | None:
    name = one.text(Column.MODEL, Column.ID, Column.PROVIDER)
    if number_in(one.text(Column.SLA)) is None:
        return lie("probes_1.sla_empty", one.place, model=name)
    if not ADDRESS.search(_sources(one)):
        return gap("probes_1.sla_without_source", one.place, model=name)
    if not is_fresh(one.text(Column.CHECKED), survey, SLA_FRESH_DAYS):
        return gap("probes_1.sla_without_date", one.place, model=name)
    return None


def _sources(one: Statement) -> str:
    targets = " ".join(link.target for link in one.links)
    return f"{one.text(Column.SOURCE)} {one.text(Column.SLA)} {targets}"


def _uncovered(said: tuple[Statement, ...], survey: Survey, id_: str) -> list[Finding]:
    """Models in use of which no row speaks, by name or by provider."""
    named = {model_of(one) for one in said}
    providers = {
        one.text(Column.PROVIDER).lower() for one in said if not one.text(Column.MODEL, Column.ID)
    }
    by_provider = any(
        name in provider for provider in providers for name in providers_in_use(survey)
    )
    return [
        gap(id_, place, model=model)
        for model, place in models_in_use(survey).items()
        if model not in named and not by_provider
    ]


def _weighed(sound: tuple[Remark, ...], findings: list[Finding]) -> Answer:
    told = tuple(findings[:MOST_TOLD])
    if not told:
        return holds(*sound[:MOST_TOLD])
    return partly(sound[:MOST_TOLD], told) if sound else fails(*told)


# -- retirement


def registered_with_retirement(survey: Survey) -> Answer:
    """Every model in use stands in the register with a retirement date, checked lately."""
    rows = survey.documents.on(Subject.MODEL)
    if not rows:
        return unknown(say("probes_1.no_model_register"))
    findings = [flaw for one in rows if (flaw := _retirement_flaw(one, survey))]
    findings += _unregistered(rows, survey)
    sound = tuple(
        seen(
            "probes_1.model_registered",
            one.place,
            model=model_of(one),
            retires=one.text(Column.RETIRES),
        )
        for one in rows
        if not _retirement_flaw(one, survey)
    )
    return _weighed(sound, findings)


def _retirement_flaw(one: Statement, survey: Survey) -> Finding | None:
    model = model_of(one)
    retires = date_in(one.text(Column.RETIRES))
    if retires is None:
        told = gap if one.source is Source.MANIFEST else lie  # a draft does not look done
        return told("probes_1.retirement_empty", one.place, model=model)
    if days_old(retires, survey) > 0:
        return lie("probes_1.model_is_retired", one.place, model=model, retired=str(retires))
    if not is_fresh(one.text(Column.CHECKED), survey):
        return lie("probes_1.retirement_not_checked", one.place, model=model)
    if not one.text(Column.SOURCE) and not one.links:
        return gap("probes_1.retirement_without_source", one.place, model=model)
    if is_floating(model):
        return gap("probes_1.model_floats", one.place, model=model)
    return None


def _unregistered(rows: tuple[Statement, ...], survey: Survey) -> list[Finding]:
    known = {model_of(one) for one in rows}
    return [
        gap("probes_1.model_not_registered", place, model=model)
        for model, place in models_in_use(survey).items()
        if model not in known
    ]


# -- allow-list


def on_the_allow_list(survey: Survey) -> Answer:
    """Every model in use is on the list of allowed models, and something enforces the list."""
    rows = [one for one in survey.documents.on(Subject.ALLOWED_MODEL) if _is_allowed(one)]
    reached = models_reached(survey)
    if not rows:
        return _only_listed(reached) or unknown(say("probes_7.no_allow_list"))
    allowed = {model_of(one) for one in rows}
    used = {canonical(name): place for name, place in reached.items()} or models_in_use(survey)
    outside = [(model, place) for model, place in used.items() if model not in allowed]
    if outside:
        told = [lie("probes_7.model_not_allowed", place, model=model) for model, place in outside]
        return fails(*told[:MOST_TOLD])
    floating = [one for one in rows if is_floating(model_of(one))]
    if floating:
        names = [
            gap("probes_7.allowed_model_floats", one.place, model=model_of(one))
            for one in floating
        ]
        return fails(*names[:MOST_TOLD])
    if not used:
        return unknown(say("probes_7.no_model_followed"))
    remark = seen("probes_7.models_allowed", rows[0].place, count=len(used))
    enforced = next(iter(reached.values()), None) or _enforced(rows, survey)
    if enforced is None:
        return declared(remark)
    return holds(remark, seen("probes_7.allow_list_read", enforced))


def _only_listed(reached: Mapping[str, Place]) -> Answer | None:
    """A gateway that every call goes through refuses whatever its file does not name."""
    if not reached:
        return None
    floating = [
        gap("probes_7.allowed_model_floats", place, model=name)
        for name, place in reached.items()
        if is_floating(name)
    ]
    if floating:
        return fails(*floating[:MOST_TOLD])
    place = next(iter(reached.values()))
    return holds(seen("gateways.models_listed", place, count=len(reached)))


def _is_allowed(one: Statement) -> bool:
    said = one.text(Column.ALLOWED).lower()
    return bool(model_of(one)) and said not in {"false", "no", "×", "✗", "不可", "否", "禁止"}


def _enforced(rows: list[Statement], survey: Survey) -> Place | None:
    """Production code that opens the list."""
    for file in {one.place.path for one in rows}:
        for mention in survey.documents.mentioned(file.rpartition("/")[2], Reader.CODE):
            return mention.place
    return None


# -- terms of providers


def terms_are_recorded(survey: Survey) -> Answer:
    """For each provider in use: the terms that were read, when, and for which plan."""
    rows = survey.documents.on(Subject.DATA_USE)
    rows = tuple(one for one in rows if one.source is not Source.TEXT or _speaks_of_training(one))
    if not rows:
        return unknown(say("probes_7.no_provider_terms"))
    findings = [flaw for one in rows if (flaw := _terms_flaw(one, survey))]
    sound = tuple(
        seen("probes_7.terms_recorded", one.place, provider=one.text(Column.PROVIDER))
        for one in rows
        if not _terms_flaw(one, survey)
    )
    said = " ".join(one.text(Column.PROVIDER, Column.WHAT).lower() for one in rows)
    findings += [
        gap("probes_7.terms_missing_for_provider", place, provider=provider)
        for provider, place in providers_in_use(survey).items()
        if provider not in said
    ]
    return _weighed(sound, findings)


TRAINING = Pattern(r"(?i)train|opt[- ]?out|retention|学習|オプトアウト|保持")


def _speaks_of_training(one: Statement) -> bool:
    return bool(TRAINING.search(one.text(Column.WHAT)))


def _terms_flaw(one: Statement, survey: Survey) -> Finding | None:
    provider = one.text(Column.PROVIDER) or one.text(Column.WHAT)[:60]
    links = " ".join(link.target for link in one.links)
    found = ADDRESS.search(f"{one.text(Column.TERMS)} {one.text(Column.SOURCE)} {links}")
    if found is None:
        return gap("probes_7.terms_without_link", one.place, provider=provider)
    address = found.group(0).rstrip(")>]")
    if HOME.match(address) or not LEGAL.search(address):
        return lie("probes_7.terms_are_marketing", one.place, provider=provider, url=address)
    if not one.text(Column.PLAN):
        return gap("probes_7.terms_without_plan", one.place, provider=provider)
    if not is_fresh(one.text(Column.CHECKED), survey, SLA_FRESH_DAYS):
        return gap("probes_7.terms_without_date", one.place, provider=provider)
    return None


def opt_out_is_set(survey: Survey) -> Answer:
    """For each provider in use: training is switched off, and the row says where."""
    rows = [one for one in survey.documents.on(Subject.DATA_USE) if one.source is not Source.TEXT]
    if not rows:
        return unknown(say("probes_7.no_opt_out"))
    findings = [flaw for one in rows if (flaw := _opt_out_flaw(one))]
    if findings:
        return fails(*findings[:MOST_TOLD])
    remarks = tuple(
        seen("probes_7.opt_out_said", one.place, provider=one.text(Column.PROVIDER))
        for one in rows[:MOST_TOLD]
    )
    unset = [call for call in survey.code.generations if not _sends_opt_out(survey, call.place)]
    if unset or not survey.code.calls:
        return declared(*remarks)
    return holds(*remarks, seen("probes_7.opt_out_in_code", survey.code.calls[0].place))


NOT_STORED = Pattern(r"\bstore\s*=\s*False\b|[\"']store[\"']\s*:\s*(False|false)\b")


def _sends_opt_out(survey: Survey, place: Place) -> bool:
    """The file that calls the model asks the provider to keep nothing."""
    text = survey.tree.text(place.path)
    return isinstance(text, str) and bool(NOT_STORED.search(text))


def _opt_out_flaw(one: Statement) -> Finding | None:
    provider = one.text(Column.PROVIDER)
    said = one.text(Column.TRAINING).lower()
    if not said and not one.text(Column.OPT_OUT):
        return gap("probes_7.training_not_said", one.place, provider=provider)
    if said in {"yes", "true", "used", "opted_in", "利用される", "あり", "有", "される"}:
        return gap("probes_7.training_is_on", one.place, provider=provider)
    if said in {"opted_out", "opted out", "オプトアウト", "オプトアウト済み"} and not one.text(
        Column.OPT_OUT
    ):
        return gap("probes_7.opt_out_nowhere", one.place, provider=provider)
    return None
