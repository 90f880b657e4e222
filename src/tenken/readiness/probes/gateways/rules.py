"""What the guard policy of a gateway says of risks and data, where every call passes it."""

from tenken.evidence import Answer
from tenken.readiness.answers import lie, spoiled
from tenken.readiness.facts.documents import Column, Source, Statement, Subject
from tenken.readiness.facts.gateways import GuardPolicy, PolicyRule
from tenken.readiness.facts.mentions import Masker
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.gateways.made import all_through

STRENGTH = ("shadow", "flag", "mask", "block")


def policy_in_effect(survey: Survey) -> GuardPolicy | None:
    """The policy that every call is screened by."""
    return next((one.policy for one in all_through(survey) if one.policy is not None), None)


def unless_refused(survey: Survey, answer: Answer) -> Answer:
    """A policy with a mistake is not served: what it says is done by nobody."""
    refused = next((one.refused for one in survey.gateways.gateways if one.refused), None)
    if refused is None:
        return answer
    return spoiled(answer, lie("gateways.policy_refused", refused))


def rules_for(policy: GuardPolicy, risks: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The rule that answers each risk of a taxonomy, whether the file states it or it ships."""
    found = ((risk, _nearest(policy, _id(risk))) for risk in risks)
    return tuple(_statement(_id(risk), rule) for risk, rule in found if rule is not None)


def _id(risk: Statement) -> str:
    return risk.text(Column.ID, Column.NAME, Column.RISKS)


def _nearest(policy: GuardPolicy, risk: str) -> PolicyRule | None:
    by_risk = {one.risk: one for one in policy.rules}
    parts = risk.split(".")
    above = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    own = next((by_risk[one] for one in above if one in by_risk), None)
    return own or _weakest_below(policy, risk)


def _weakest_below(policy: GuardPolicy, risk: str) -> PolicyRule | None:
    """A risk of the taxonomy may be a family of the policy's."""
    below = [one for one in policy.rules if one.risk.startswith(f"{risk}.")]
    return min(below, key=lambda one: STRENGTH.index(one.action), default=None)


def _statement(risk: str, rule: PolicyRule) -> Statement:
    tests = str(rule.tests) if rule.tests else ""
    cells = {
        Column.RISKS: risk,
        Column.ACTION: rule.action,
        Column.TESTS: tests,
        Column.WAIVED: rule.waived_until,
    }
    return Statement(
        subject=Subject.GUARD_RULE,
        source=Source.DATA,
        place=rule.place,
        cells={key: text for key, text in cells.items() if text},
    )


def data_of(policy: GuardPolicy | None) -> tuple[Statement, ...]:
    """The types of data that the policy classifies itself."""
    if policy is None:
        return ()
    return tuple(
        Statement(
            subject=Subject.DATA_TYPE,
            source=Source.DATA,
            place=one.place,
            cells={
                Column.NAME: one.type,
                Column.CLASS: one.data_class,
                Column.TREATMENT: one.treatment,
            },
        )
        for one in policy.data
    )


def maskers_of(policy: GuardPolicy | None, survey: Survey) -> tuple[Masker, ...]:
    """The gateway masks before any model or log sees a text."""
    if policy is None or not policy.masks:
        return ()
    place = next((one.place for one in all_through(survey) if one.policy is policy), None)
    return (Masker(place=place, types=policy.masks, library="tenken"),) if place else ()
