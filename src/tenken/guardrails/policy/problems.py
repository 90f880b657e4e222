"""What is wrong in a policy by itself: rules that cannot work, and risks that nobody answers."""

from collections.abc import Iterator

from tenken.config.node import Path
from tenken.config.schema import nearest
from tenken.errors import Problem
from tenken.guardrails.policy.coding import coded, unsound
from tenken.guardrails.policy.draft import (
    STOPS,
    Draft,
    Stated,
    directions,
    nearest_rule,
)
from tenken.guardrails.policy.judging import judged, unjudged
from tenken.guardrails.policy.policy import ACTIONS
from tenken.guardrails.policy.risks import SEVERITIES, Risk, SeenBy, Severity, family
from tenken.guardrails.policy.written import RuleEntry
from tenken.guardrails.text import Direction, Origin
from tenken.sentence import say


def problems(draft: Draft) -> Iterator[Problem]:
    """Give everything that is wrong in the file."""
    yield from _risks(draft)
    for stated in draft.stated():
        yield from _rule(draft, stated)
    yield from _twice(draft)
    yield from _watched(draft)
    yield from _unanswered(draft)
    yield from _lists(draft)
    yield from coded(draft)
    yield from judged(draft)
    yield from _data(draft)
    yield from _waivers(draft)


def sighted(draft: Draft, risk: str) -> set[str]:
    """Give the detectors that see a risk, or a part of it."""
    return {
        name
        for name, risks in draft.sees.items()
        if any(risk in family(seen) or seen in family(risk) for seen in risks)
    }


def _risks(draft: Draft) -> Iterator[Problem]:
    named = [entry.id for entry in draft.file.risks]
    for at, entry in enumerate(draft.file.risks):
        path: Path = ("risks", at)
        if entry.id in named[:at]:
            yield draft.problem((*path, "id"), say("guard.two_risks", risk=entry.id))
        ships = draft.shipped.get(entry.id)
        if ships and _milder(Severity(entry.severity), ships) and not _waived(draft, entry.id):
            sentence = say(
                "guard.milder", risk=entry.id, has=entry.severity, ships=ships.severity.value
            )
            yield draft.problem((*path, "severity"), sentence)


def _milder(has: Severity, ships: Risk) -> bool:
    return SEVERITIES.index(has) < SEVERITIES.index(ships.severity)


def _rule(draft: Draft, stated: Stated) -> Iterator[Problem]:
    entry, path = stated.entry, stated.path
    risk = draft.risks.get(entry.risk)
    if risk is None:
        near = nearest(entry.risk, draft.risks) or "-"
        yield draft.problem((*path, "risk"), say("guard.unknown_risk", risk=entry.risk, near=near))
        return
    if risk.seen_by is SeenBy.ELSEWHERE:
        yield draft.problem((*path, "risk"), say("guard.answered_elsewhere", risk=risk.id))
        return
    yield from _action(draft, stated, risk)
    yield from _direction(draft, stated, risk)
    yield from _detectors(draft, stated)
    yield from unjudged(draft, stated, risk)
    yield from _scores(draft, stated)
    for at, pattern in enumerate(entry.allow.patterns):
        yield from unsound(draft, (*path, "allow", "patterns", at), pattern, allows=True)


def _action(draft: Draft, stated: Stated, risk: Risk) -> Iterator[Problem]:
    entry, path = stated.entry, (*stated.path, "action")
    if entry.action == "mask" and risk.label is None:
        yield draft.problem(path, say("guard.cannot_mask", risk=risk.id))
    if entry.fail == "closed" and entry.action not in STOPS:
        sentence = say("guard.fails_closed", risk=risk.id, action=entry.action)
        yield draft.problem((*stated.path, "fail"), sentence)


def _direction(draft: Draft, stated: Stated, risk: Risk) -> Iterator[Problem]:
    for at, way in enumerate(stated.entry.directions):
        if Direction(way) not in risk.directions:
            yield draft.problem(
                (*stated.path, "directions", at),
                say("guard.wrong_way", risk=risk.id, direction=way),
            )


def _detectors(draft: Draft, stated: Stated) -> Iterator[Problem]:
    entry = stated.entry
    able = sighted(draft, entry.risk)
    for at, name in enumerate(entry.detectors):
        path: Path = (*stated.path, "detectors", at)
        if name not in draft.sees:
            near = nearest(name, draft.sees) or "-"
            sentence = say("guard.unknown_detector", detector=name, near=near)
            yield draft.problem(path, sentence)
        elif name not in able:
            yield draft.problem(path, say("guard.blind", detector=name, risk=entry.risk))
    if entry.action in STOPS and not able:
        yield draft.problem(
            (*stated.path, "action"),
            say("guard.nothing_sees", risk=entry.risk, action=entry.action),
        )


def _scores(draft: Draft, stated: Stated) -> Iterator[Problem]:
    entry = stated.entry
    own = {origin: getattr(entry.thresholds, origin) for origin in Origin}
    lowest = min([entry.threshold, *(score for score in own.values() if score is not None)])
    if entry.flag_from is not None and entry.flag_from > lowest:
        yield draft.problem(
            (*stated.path, "flag_from"),
            say("guard.flag_above", flag_from=entry.flag_from, threshold=lowest),
        )
    for origin, score in own.items():
        if score is not None and origin in entry.ignores:
            path = (*stated.path, "thresholds", origin.value)
            yield draft.problem(path, say("guard.ignored_threshold", origin=origin.value))
    if set(Origin) <= set(entry.ignores):
        yield draft.problem((*stated.path, "ignores"), say("guard.ignores_all", risk=entry.risk))


def _twice(draft: Draft) -> Iterator[Problem]:
    """Two rules for one risk and direction, of the same use case."""
    seen: dict[tuple[Path, Direction, str], Stated] = {}
    for stated in draft.stated():
        entry = stated.entry
        for direction in directions(entry, draft.risks.get(entry.risk)):
            first = seen.setdefault((stated.path[:-1], direction, entry.risk), stated)
            if first is not stated:
                line = draft.line(first.path)
                sentence = say(
                    "guard.two_rules", risk=entry.risk, direction=direction.value, line=line
                )
                yield draft.problem((*stated.path, "risk"), sentence)


def _watched(draft: Draft) -> Iterator[Problem]:
    """A critical risk that is only watched, by its own rule or by the one above it."""
    critical = (risk for risk in draft.risks.values() if risk.severity is Severity.CRITICAL)
    for risk in critical:
        for rules in draft.use_cases.values():
            for way in risk.directions:
                stated = nearest_rule(rules, way, risk.id)
                shadow = stated is not None and stated.entry.action == "shadow"
                if stated and shadow and not _waived(draft, risk.id):
                    sentence = say("guard.critical_on_shadow", risk=risk.id)
                    yield draft.problem((*stated.path, "action"), sentence)


def _unanswered(draft: Draft) -> Iterator[Problem]:
    """A risk of this service that no rule answers, in a direction in which it can happen."""
    rules = draft.use_cases[""]
    own = {entry.id: at for at, entry in enumerate(draft.file.risks)}
    wanted = (
        draft.risks if draft.file.base == "shipped" else {id_: draft.risks[id_] for id_ in own}
    )
    for risk in wanted.values():
        if risk.seen_by is SeenBy.ELSEWHERE:
            continue
        if not all(nearest_rule(rules, way, risk.id) for way in risk.directions):
            path: Path = ("risks", own[risk.id]) if risk.id in own else ("rules",)
            yield draft.problem(path, say("guard.no_rule", risk=risk.id))
        elif risk.id in own and risk.id not in draft.shipped and not sighted(draft, risk.id):
            yield from _unseen(draft, risk, own[risk.id])


def _unseen(draft: Draft, risk: Risk, at: int) -> Iterator[Problem]:
    """A risk of this service that only its family's rule answers, and that nothing sees."""
    for way in risk.directions:
        stated = nearest_rule(draft.use_cases[""], way, risk.id)
        if stated and stated.entry.risk != risk.id and stated.entry.action in STOPS:
            action = stated.entry.action
            sentence = say("guard.nothing_sees", risk=risk.id, action=action)
            yield draft.problem(("risks", at), sentence)
            return


def _lists(draft: Draft) -> Iterator[Problem]:
    names: list[str] = []
    for at, entry in enumerate(draft.file.lists):
        path: Path = ("lists", at)
        if not entry.keywords and not entry.patterns:
            yield draft.problem(path, say("guard.empty_list", name=entry.name))
        if entry.name in names or len(draft.sees[entry.name]) > 1:
            yield draft.problem((*path, "name"), say("guard.taken_name", name=entry.name))
        if entry.risk not in draft.risks:
            near = nearest(entry.risk, draft.risks) or "-"
            sentence = say("guard.unknown_risk", risk=entry.risk, near=near)
            yield draft.problem((*path, "risk"), sentence)
        for number, pattern in enumerate(entry.patterns):
            yield from unsound(draft, (*path, "patterns", number), pattern)
        names.append(entry.name)


def _data(draft: Draft) -> Iterator[Problem]:
    """Types of data whose rules do less than their treatment says, or that nothing sees."""
    own = {entry.type: at for at, entry in enumerate(draft.file.data)}
    for name, entry in draft.data.items():
        for risk in entry.risks:
            at: Path = ("data", own[name]) if name in own else ()
            if risk not in draft.risks:
                near = nearest(risk, draft.risks) or "-"
                yield draft.problem(
                    (*at, "risks"), say("guard.unknown_risk", risk=risk, near=near)
                )
            elif entry.treatment != "allow":
                yield from _treated(draft, at, (name, risk, entry.treatment))


def _treated(draft: Draft, at: Path, wanted: tuple[str, str, str]) -> Iterator[Problem]:
    name, risk, treatment = wanted
    for rules in draft.use_cases.values():
        for direction in draft.risks[risk].directions:
            stated = nearest_rule(rules, direction, risk)
            has = stated.entry.action if stated else "-"
            if stated and _as_strong(stated.entry, treatment):
                continue
            sentence = say(
                "guard.data_not_covered", type=name, treatment=treatment, risk=risk,
                direction=direction.value, has=has,
            )  # fmt: skip
            yield draft.problem(at or (stated.path if stated else ("rules",)), sentence)


def _as_strong(entry: RuleEntry, treatment: str) -> bool:
    actions: tuple[str, ...] = ACTIONS
    return actions.index(entry.action) >= actions.index(treatment)


def _waivers(draft: Draft) -> Iterator[Problem]:
    for at, entry in enumerate(draft.file.waivers):
        if entry.risk not in draft.risks:
            near = nearest(entry.risk, draft.risks) or "-"
            sentence = say("guard.unknown_risk", risk=entry.risk, near=near)
            yield draft.problem(("waivers", at, "risk"), sentence)
        if draft.today and entry.expires_on < draft.today:
            sentence = say("guard.waiver_over", risk=entry.risk, day=entry.expires_on.isoformat())
            yield draft.problem(("waivers", at, "expires_on"), sentence)


def _waived(draft: Draft, risk: str) -> bool:
    today = draft.today
    return any(
        entry.risk in family(risk) and (today is None or entry.expires_on >= today)
        for entry in draft.file.waivers
    )
