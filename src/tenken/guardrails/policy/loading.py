"""From the text of `guard/policy.yaml` to a policy, or every problem in it."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

import msgspec
from msgspec.structs import replace

from tenken import digest
from tenken.config.node import ABSENT
from tenken.errors import Malformed
from tenken.guardrails.detector import Detector
from tenken.guardrails.folding import fold, lower
from tenken.guardrails.output.structure import DETECTOR as SCHEMA
from tenken.guardrails.output.structure import RISK as INVALID
from tenken.guardrails.policy.draft import (
    ANY_USE_CASE,
    STOPS,
    Draft,
    Rules,
    Stated,
    nearest_rule,
    said,
    taxonomy,
)
from tenken.guardrails.policy.floors import Floor, loosened
from tenken.guardrails.policy.naming import judge_of, risks_of
from tenken.guardrails.policy.policy import (
    Allowed,
    Code,
    DataType,
    Key,
    Language,
    Policy,
    Rule,
    Terms,
)
from tenken.guardrails.policy.risks import DATA, Risk, Said, Severity, family, shipped
from tenken.guardrails.policy.written import (
    AllowEntry,
    CodeEntry,
    ListEntry,
    PolicyFile,
    RuleEntry,
    Told,
)
from tenken.guardrails.text import Direction, Origin
from tenken.pattern import Pattern

POLICY_NAMES = ("guard/policy.yaml", "guard/policy.yml")
NEVER = 2.0
"""Above every score."""
LONG_VALUES = ("pii.name", "pii.address")
"""Values that are no run of digits and letters: a stream has to wait for them by clauses."""
SEVERE = {Severity.HIGH, Severity.CRITICAL}


def load_policy(
    text: str,
    *,
    file: str,
    detectors: Iterable[Detector],
    floors: Iterable[Floor] = (),
    today: date | None = None,
) -> Policy:
    """Read a policy over the one that ships; raises Malformed with all its problems.

    `today` finds waivers that are over; without it they are not looked for.
    """
    # Here, not above: who states no policy of their own reads no YAML, and finds no mistake in it.
    from tenken.config.load import load_strictly  # noqa: PLC0415
    from tenken.config.schema import parse  # noqa: PLC0415
    from tenken.guardrails.policy.problems import problems  # noqa: PLC0415

    written = load_strictly(text, PolicyFile, file=file)
    draft = Draft(
        file=written,
        path=file,
        document=parse(text, file=file),
        shipped=shipped(),
        base=default_file() if written.base == "shipped" else PolicyFile(),
        sees=_sees(detectors, written),
        today=today,
    )
    found = {*problems(draft), *loosened(draft, floors)}
    if found:
        raise Malformed(tuple(sorted(found, key=lambda one: (one.place, one.key))))
    return _policy(draft, digest.of_bytes(text.encode()))


def default_policy(language: Language = "en", *, clauses: bool | None = None) -> Policy:
    """Give the policy of whoever states none."""
    written = replace(default_file(), language=language, rules=(), data=(), base="shipped")
    written = replace(written, stream=replace(written.stream, clauses=clauses))
    draft = Draft(
        file=written,
        path="",
        document=ABSENT,
        shipped=shipped(),
        base=default_file(),
        sees={},
    )
    return _policy(draft, digest.of_value([language, clauses]))


@cache
def default_file() -> PolicyFile:
    """Give the rules and data types that ship."""
    return msgspec.json.decode(DATA.joinpath("default.json").read_bytes(), type=PolicyFile)


def _sees(detectors: Iterable[Detector], file: PolicyFile) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {SCHEMA: (INVALID,)}  # of what a request asks for
    found |= {one.name: one.risks for one in detectors}
    for entry in file.lists:
        # A list of a detector's name is told by the two risks that it then has.
        found[entry.name] = (*found.get(entry.name, ()), entry.risk)
    for code in file.code:
        found[code.name] = (*found.get(code.name, ()), *code.risks)
    risks = taxonomy(file, shipped())
    for judge in file.judges:
        found[judge.name] = (*found.get(judge.name, ()), *risks_of(judge, risks))
    return found


def _policy(draft: Draft, content: str) -> Policy:
    own = {
        name: _rules(draft, rules)
        for name, rules in draft.use_cases.items()
        if name != ANY_USE_CASE
    }
    return Policy(
        risks=draft.risks,
        rules=_rules(draft, draft.use_cases[ANY_USE_CASE]),
        of_use_case=own,
        language=draft.file.language,
        lists=tuple(_terms(entry) for entry in draft.file.lists),
        code=tuple(_code(entry) for entry in draft.file.code),
        judges=tuple(judge_of(entry, draft.risks) for entry in draft.file.judges),
        data=tuple(
            DataType(
                type=entry.type,
                data_class=entry.data_class,
                treatment=entry.treatment,
                store=entry.store,
                risks=entry.risks,
            )
            for entry in draft.data.values()
        ),
        clauses=_clauses(draft),
        prompts=draft.file.prompts,
        names=draft.file.names,
        tell=_told(None, draft),
        digest=digest.of_value([content, digest.of_value(msgspec.to_builtins(draft.base))]),
    )


def _clauses(draft: Draft) -> bool:
    if draft.file.stream.clauses is not None:
        return draft.file.stream.clauses
    stated = (
        nearest_rule(rules, Direction.OUTWARD, risk)
        for rules in draft.use_cases.values()
        for risk in LONG_VALUES
    )
    return any(one.entry.action in STOPS for one in stated if one is not None)


def _rules(draft: Draft, rules: Rules) -> Mapping[Key, Rule]:
    risks = draft.risks
    return {
        (direction, risk): _rule(draft, risks, stated, direction)
        for (direction, risk), stated in rules.items()
    }


def _rule(draft: Draft, risks: Mapping[str, Risk], stated: Stated, direction: Direction) -> Rule:
    entry = stated.entry
    return Rule(
        risk=entry.risk,
        action=entry.action,
        direction=direction,
        thresholds=_thresholds(entry),
        flag_from=NEVER if entry.flag_from is None else entry.flag_from,
        detectors=frozenset(entry.detectors),
        closed=_closed(entry, risks),
        allowed=_allowed(entry.allow),
        tell=_told(entry.tell, draft),
    )


def _thresholds(entry: RuleEntry) -> Mapping[Origin, float]:
    own = {origin: getattr(entry.thresholds, origin) for origin in Origin}
    return {
        origin: entry.threshold if score is None else score
        for origin, score in own.items()
        if origin not in entry.ignores
    }


def _closed(entry: RuleEntry, risks: Mapping[str, Risk]) -> bool:
    if entry.fail is not None:
        return entry.fail == "closed"
    nearest = next(risks[id_] for id_ in family(entry.risk) if id_ in risks)
    return entry.action in STOPS and nearest.severity in SEVERE


def _allowed(entry: AllowEntry) -> Allowed:
    return Allowed(
        values=frozenset(lower(fold(value)) for value in entry.values),
        patterns=tuple(Pattern(pattern) for pattern in entry.patterns),
        rules=frozenset(entry.rules),
    )


def _told(own: Told | None, draft: Draft) -> Said:
    told = own or draft.file.tell or default_file().tell
    return Said(ja="", en="") if told is None else said(told)


def _terms(entry: ListEntry) -> Terms:
    return Terms(
        name=entry.name,
        risk=entry.risk,
        keywords=entry.keywords,
        patterns=entry.patterns,
        score=entry.score,
    )


def _code(entry: CodeEntry) -> Code:
    return Code(
        name=entry.name,
        file=entry.file,
        function=entry.function,
        risks=entry.risks,
        gates=entry.gates,
        timeout_s=entry.timeout_ms / 1000,
    )
