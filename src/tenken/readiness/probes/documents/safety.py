"""Risks, the rules that answer them, incidents and red teaming, as written down."""

# ruff: noqa: E501 - patterns and vocabularies read best unbroken

from collections.abc import Iterator, Mapping
from datetime import date

from tenken.evidence import Answer, Finding
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.answers import declared, fails, gap, holds, lie, seen, unknown
from tenken.readiness.facts.documents import (
    Aspect,
    Column,
    Document,
    DocumentKind,
    Source,
    Statement,
    Subject,
)
from tenken.readiness.facts.gateways import GuardPolicy
from tenken.readiness.facts.mentions import Reader
from tenken.readiness.facts.pipeline import Occasion
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.words.figures import date_in
from tenken.readiness.probes.documents.sameness import essence, repeated
from tenken.readiness.probes.documents.typed import acts
from tenken.readiness.probes.documents.written import (
    FRESH_DAYS,
    MOST_TOLD,
    days_old,
    heard,
    judged_by,
    keys,
)
from tenken.readiness.probes.gateways.rules import policy_in_effect, rules_for
from tenken.sentence import say, words

DEFAULT_IDS = frozenset({
    "hate", "harassment", "violence", "sexual", "self-harm", "self_harm", "selfharm", "illicit", "weapons",
    "profanity", "toxicity", "insult", "misinformation", "bias", "privacy", "pii", "illegal",
    *(f"s{number}" for number in range(1, 15)), *(f"llm{number:02}" for number in range(1, 11)),
    "暴力", "ヘイト", "性的", "自傷", "差別", "違法", "誹謗中傷",
})  # fmt: skip


def taxonomy_is_own(survey: Survey) -> Answer:
    """The risks have an id, a severity, an example of this use case and an owner."""
    risks = heard(survey.documents.on(Subject.RISK), _risk_flaw)
    if not risks:
        return unknown(say("probes_4.no_taxonomy"))
    if all(_risk_id(one).lower() in DEFAULT_IDS for one in risks):
        return fails(lie("probes_4.taxonomy_is_a_default", risks[0].place, count=len(risks)))
    alike = repeated(one.text(Column.EXAMPLE) for one in risks)
    return judged_by(
        risks,
        lambda one: _risk_flaw(one) or _same_example(one, alike),
        lambda one: seen("probes_4.risk_stated", one.place, risk=_risk_id(one)),
    )


def _same_example(one: Statement, alike: frozenset[str]) -> Finding | None:
    if essence(one.text(Column.EXAMPLE)) not in alike:
        return None
    return lie("probes_4.example_repeated", one.place, risk=_risk_id(one))


def _risk_id(one: Statement) -> str:
    return one.text(Column.ID, Column.NAME, Column.RISKS)


def _risk_flaw(one: Statement) -> Finding | None:
    required = (Column.SEVERITY, Column.EXAMPLE, Column.OWNER)
    lacking = [column for column in required if not one.text(column)]
    if not _risk_id(one):
        lacking.insert(0, Column.ID)
    if lacking:
        return gap("probes_4.risk_lacks", one.place, risk=_risk_id(one), parts=keys(lacking))
    return None


# -- rules

STOPS = frozenset(
    {
        "block",
        "mask",
        "refuse",
        "reject",
        "redact",
        "stop",
        "deny",
        "遮断",
        "拒否",
        "ブロック",
        "マスク",
    }
)
HIGH = frozenset({"high", "critical", "severe", "高", "重大", "最高", "致命的"})


SWITCH = Pattern(
    r"(?mi)^(enabled:[ ]*(false|no|off)|disabled:[ ]*(true|yes|on)"
    r"|(mode|enforcement):[ ]*[\"']?(monitor|log|shadow|dry[_-]?run|off|disabled|observe|report)"
    r"(_only|-only)?[\"']?)[ ]*$"
)
"""At the left edge of a policy: it speaks of every rule below."""


def rules_reflect_the_taxonomy(survey: Survey) -> Answer:
    """Every risk has a rule in effect with test prompts; high severities are stopped."""
    risks = survey.documents.on(Subject.RISK)
    if not risks:
        return unknown(say("probes_4.no_taxonomy"))
    policy = policy_in_effect(survey)
    rules = _rules(survey, risks, policy)
    if not rules and policy is None:
        return _by_code_alone(risks, survey)
    off = tuple(_switched_off(rules, survey))
    if off:
        return fails(*off)
    answer = judged_by(
        risks,
        lambda risk: _rule_flaw(risk, rules),
        lambda risk: seen("probes_4.risk_has_rule", risk.place, risk=_risk_id(risk)),
    )
    if answer.findings or policy is not None or _rules_in_effect(rules, survey):
        return answer
    return declared(*answer.seen)


def _rules(
    survey: Survey, risks: tuple[Statement, ...], policy: GuardPolicy | None
) -> tuple[Statement, ...]:
    """Those of documents; of a gateway's policy also what ships and is not written there."""
    rules = survey.documents.on(Subject.GUARD_RULE)
    if policy is None:
        return rules
    others = (one for one in rules if one.place.path != policy.path)
    return (*others, *rules_for(policy, risks))


def _by_code_alone(risks: tuple[Statement, ...], survey: Survey) -> Answer:
    """No policy file: the ids may stand in the guard's own code, without tests that can be seen."""
    named = [one for one in risks if survey.documents.mentioned(_risk_id(one), Reader.CODE)]
    if not named:
        return unknown(say("probes_4.no_guard_rules"))
    missing = [
        lie("probes_4.risk_without_rule", one.place, risk=_risk_id(one))
        for one in risks
        if one not in named
    ]
    if missing:
        return fails(*missing[:MOST_TOLD])
    return declared(
        *(seen("probes_4.risk_in_code", one.place, risk=_risk_id(one)) for one in named)
    )


def _rule_flaw(risk: Statement, rules: tuple[Statement, ...]) -> Finding | None:
    id_ = _risk_id(risk)
    answering = [rule for rule in rules if id_.lower() in _answers(rule)]
    if not answering:
        return lie("probes_4.risk_without_rule", risk.place, risk=id_)
    stopping = [rule for rule in answering if rule.text(Column.ACTION).lower() in STOPS]
    waived = any(rule.text(Column.WAIVED) for rule in answering)
    if risk.text(Column.SEVERITY).lower() in HIGH and not stopping and not waived:
        rule = answering[0]
        action = rule.text(Column.ACTION)
        return lie("probes_4.high_risk_only_logged", rule.place, risk=id_, action=action)
    if not any(rule.text(Column.TESTS) for rule in answering):
        return gap("probes_4.rule_without_tests", answering[0].place, risk=id_)
    return None


def _answers(rule: Statement) -> set[str]:
    said = rule.text(Column.RISKS, Column.ID, Column.NAME)
    return {part.strip(" `").lower() for part in said.replace(";", ",").split(",")}


def _switched_off(rules: tuple[Statement, ...], survey: Survey) -> Iterator[Finding]:
    """A policy that says at its top that it is off, or only watches."""
    for path in dict.fromkeys(rule.place.path for rule in rules):
        text = survey.tree.text(path)
        found = SWITCH.search(text) if isinstance(text, str) else None
        if found is not None and isinstance(text, str):
            place = Place(path, text.count("\n", 0, found.start()) + 1)
            yield lie("probes_4.rules_switched_off", place, written=found.group(0).strip())


def _rules_in_effect(rules: tuple[Statement, ...], survey: Survey) -> bool:
    """Production code opens the policy, or names its rules."""
    files = {rule.place.path.rpartition("/")[2] for rule in rules}
    words = {*files, *(rule.text(Column.ID) for rule in rules)}
    return any(survey.documents.mentioned(word, Reader.CODE) for word in words if word)


# -- incidents

CONTACT = Pattern(
    r"(?i)[\w.+-]+@[\w-]+\.[\w.]+|#[a-z][\w-]{2,}|(?:\+|\b0)[0-9][0-9() -]{7,}"
    r"|https?://\S*(?:slack|teams|pager|opsgenie|chat|hooks|oncall)\S*|pagerduty|opsgenie|@[a-z][\w-]+"
)
EMPTY_CONTACT = Pattern(
    r"(?i)^@?(on-?call|oncall|team|someone|担当者?|責任者|担当の方|person in charge)$"
)
RESERVED = Pattern(
    r"(?i)@(?:[\w-]+\.)*(?:example\.(?:com|net|org)|example|test|invalid|localhost)$"
)
"""Mail that is never delivered: domains set aside for examples."""
MACHINE = Pattern(
    r"(?i)alert|monitor|metric|dashboard|detector|アラート|監視|メトリク|検知ルール|ダッシュボード"
)


def incidents_are_detected(survey: Survey) -> Answer:
    """It is written how a harmful answer or a leak is noticed, by a signal that exists."""
    document = _process(survey, Aspect.DETECT)
    if isinstance(document, Answer):
        return document
    section = document.about(Aspect.DETECT)[0]
    remark = seen("probes_4.detection_written", section.place, title=section.title)
    known = _signals(survey)
    said = f"{section.text} {' '.join(section.commands)}".lower()
    named = next((name for name in known if name.lower() in said), "")
    if MACHINE.search(section.text) and named:
        return holds(remark, seen("probes_4.detection_signal", section.place, name=named))
    return declared(remark)


def _signals(survey: Survey) -> Iterator[str]:
    yield from (metric.name for metric in survey.code.metrics if len(metric.name) > 3)
    yield from (alert.name for alert in survey.monitoring.alerts if len(alert.name) > 3)


def incidents_are_escalated(survey: Survey) -> Answer:
    """It is written whom a safety incident goes to, and the contact is a real one."""
    document = _process(survey, Aspect.ESCALATE)
    if isinstance(document, Answer):
        return document
    section = document.about(Aspect.ESCALATE)[0]
    contacts = (found.group(0).rstrip(".") for found in CONTACT.finditer(section.text))
    if all(EMPTY_CONTACT.match(one) or RESERVED.search(one) for one in contacts):
        return fails(lie("probes_4.contact_is_empty", section.place))
    return holds(seen("probes_4.contact_written", section.place))


def emergency_actions_are_written(survey: Survey) -> Answer:
    """The commands that stop the feature and roll back a prompt are written down."""
    document = _process(survey, Aspect.EMERGENCY, Aspect.ROLL_BACK)
    if isinstance(document, Answer):
        return document
    sections = (*document.about(Aspect.EMERGENCY), *document.about(Aspect.ROLL_BACK))
    typed = [one for one in sections if any(_is_command(line) for line in one.commands)]
    if not typed:
        return fails(lie("probes_4.emergency_without_command", sections[0].place))
    command = next(line for line in typed[0].commands if _is_command(line))
    return holds(seen("probes_4.emergency_command", typed[0].place, command=command))


def _is_command(line: str) -> bool:
    return " " in line.strip() and acts(line)


SAFETY = Pattern(
    r"(?i)safety|harm|leak|inappropriate|jailbreak|injection|wrong answer|hallucinat|abuse"
    r"|安全|有害|不適切|漏えい|漏洩|誤回答|誤った回答|悪用"
)


def _is_on_safety(document: Document) -> bool:
    """It speaks of what a model may say, not of servers alone."""
    words = f"{document.path} {document.title}"
    return bool(SAFETY.search(words)) or any(SAFETY.search(one.text) for one in document.sections)


def _process(survey: Survey, *aspects: Aspect) -> Document | Answer:
    """The first process that says something on these aspects, else what is to be answered."""
    named = survey.manifest.application.safety.incident_process if survey.manifest else ""
    processes = [
        one
        for one in survey.documents.documents
        if one.path == named
        or (
            one.kind is DocumentKind.INCIDENT_PROCESS
            and not one.is_template
            and _is_on_safety(one)
        )
    ]
    for document in processes:
        if any(document.about(aspect) for aspect in aspects):
            return document
    empty = [one for document in processes for one in document.sections if one.aspect in aspects]
    if empty and Aspect.ESCALATE in aspects:
        return fails(lie("probes_4.contact_is_empty", empty[0].place))
    if empty:
        return fails(lie("probes_4.process_is_headings", empty[0].place, title=empty[0].title))
    if processes:
        place = Place(processes[0].path, 1)
        return fails(gap("probes_4.process_lacks", place, parts=words("part", [aspects[0].value])))
    return unknown(say("probes_4.no_process"))


# -- red teaming

ATTACKS: Mapping[str, str] = {
    "jailbreak": r"jail ?break|dan\b|role-?play|ignore (all |the )?(previous|prior)|脱獄|ジェイルブレイク|ロールプレイ|制限の回避",
    "injection": r"injection|indirect|hidden instruction|inject|prompt-?leak|インジェクション|注入|間接|埋め込まれた指示",
    "multi_turn": r"multi-?\s?turn|crescendo|goat\b|several turns|conversation(al)? attack|マルチターン|複数ターン|多段|複数回の会話|段階的",
}  # fmt: skip
PATTERNS = {name: Pattern(f"(?i){words}") for name, words in ATTACKS.items()}


def red_team_plan_covers(survey: Survey, attack: str) -> Answer:
    """A plan of red teaming that is not overdue covers a class of attacks."""
    plans = survey.documents.on(Subject.RED_TEAM)
    if not plans:
        return unknown(say("probes_4.no_red_team_plan"))
    covering = [one for one in plans if PATTERNS[attack].search(one.text(Column.WHAT))]
    if not covering:
        return fails(gap(f"probes_4.plan_lacks_{attack}", plans[0].place))
    overdue = [one for one in covering if _overdue(one, survey)]
    if len(overdue) == len(covering):
        days = FRESH_DAYS
        return fails(lie("probes_4.red_team_overdue", overdue[0].place, days=days))
    plan = next(one for one in covering if one not in overdue)
    remark = seen(f"probes_4.plan_covers_{attack}", plan.place)
    if plan.source is Source.DATA and _runs_on_schedule(plan, survey):
        return holds(remark)
    return declared(remark)


def _overdue(plan: Statement, survey: Survey) -> bool:
    if plan.source is Source.DATA:
        return False
    following = date_in(plan.text(Column.DUE))
    if following is not None:
        return following < survey.now.date()
    last = _last_run(plan)
    return last is not None and days_old(last, survey) > FRESH_DAYS


def _last_run(plan: Statement) -> date | None:
    dates = [day for word in plan.text(Column.WHAT).split() if (day := date_in(word))]
    return max(dates, default=None)


def _runs_on_schedule(plan: Statement, survey: Survey) -> bool:
    """A pipeline with a timer runs the tool of the plan, or its file."""
    words = (plan.text(Column.NAME), plan.place.path.rpartition("/")[2])
    return any(
        Occasion.SCHEDULE in job.occasions
        and not run.neutralisers
        and any(one in run.command for one in words)
        for job in survey.pipeline.jobs
        for run in job.runs
    )
