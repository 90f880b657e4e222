"""What the rules of `guard/policy.yaml` stop, by what the checklist asks for.

A rule that only watches (`shadow`, `flag`), that lets pass what its detector could not look at
(`fail: open`), or that looks away from the very texts it is for, is told as what it is. What ships
and was never stated holds as it ships, and a mere `flag` of the shipped rules promises nothing.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from msgspec import Struct, field

from tenken.config.schema import line_at, parse
from tenken.errors import Malformed
from tenken.guardrails.policy.draft import ANY_USE_CASE
from tenken.guardrails.policy.loading import NEVER, POLICY_NAMES, load_policy
from tenken.guardrails.policy.policy import Policy, Rule
from tenken.guardrails.policy.risks import SeenBy, Severity, family
from tenken.guardrails.text import Direction, Origin
from tenken.readiness.collectors.gateways.seers import SEERS
from tenken.readiness.collectors.gateways.stated import Written
from tenken.readiness.collectors.gateways.taxonomy import policy_of, tries_of
from tenken.readiness.facts.code import Guard, GuardStage, GuardTopic, GuardWeakness
from tenken.readiness.facts.gateways import GuardPolicy, Product
from tenken.readiness.facts.tree import CollectorProblem, Tree
from tenken.sentence import say

SURELY = 0.99
"""No detector is so sure of a text: a rule that waits for this never acts."""
STOPS = frozenset({"mask", "block"})


class Asked(Struct, frozen=True):
    """What a topic of the checklist is in terms of risks."""

    topic: GuardTopic
    direction: Direction
    risks: tuple[str, ...]
    """Each of them has to be stopped."""
    origin: Origin
    """Whose texts have to be looked at."""


ASKED = (
    Asked(
        GuardTopic.INJECTION,
        Direction.INWARD,
        ("injection.direct", "injection.indirect", "injection.obfuscated"),
        Origin.USER,
    ),
    Asked(GuardTopic.OFF_TOPIC, Direction.INWARD, ("topic.off_topic",), Origin.USER),
    Asked(GuardTopic.PII, Direction.INWARD, ("pii",), Origin.USER),
    Asked(GuardTopic.HARM, Direction.OUTWARD, ("harm",), Origin.ASSISTANT),
    Asked(GuardTopic.PII, Direction.OUTWARD, ("pii",), Origin.ASSISTANT),
    Asked(
        GuardTopic.GROUNDING,
        Direction.OUTWARD,
        ("grounding.unsupported", "grounding.contradiction"),
        Origin.ASSISTANT,
    ),
)
STAGES = {Direction.INWARD: GuardStage.INPUT, Direction.OUTWARD: GuardStage.OUTPUT}


class Screens(Struct, frozen=True, kw_only=True):
    """What a policy file comes to."""

    by_use_case: Mapping[str, tuple[Guard, ...]] = field(default_factory=dict)
    """The guards of each use case; of all others under `ANY_USE_CASE`."""
    policy: GuardPolicy | None = None
    problems: tuple[CollectorProblem, ...] = ()
    """Why it is not served."""

    def of(self, use_case: str) -> tuple[Guard, ...]:
        """Give the guards on the routes of a use case."""
        return self.by_use_case.get(use_case, self.by_use_case.get(ANY_USE_CASE, ()))


def policy_path(tree: Tree) -> str | None:
    """Give the path of the policy, where the repository has one."""
    return next((path for path in POLICY_NAMES if tree.entry(path) is not None), None)


def screens_of(tree: Tree, today: date) -> Screens:
    """Give what the policy stops; nothing where there is none, or none that would be served."""
    path = policy_path(tree)
    text = tree.text(path) if path is not None else None
    if path is None or not isinstance(text, str):
        return Screens()
    try:
        policy = load_policy(text, file=path, detectors=SEERS, today=today)
    except Malformed as malformed:
        problems = (
            CollectorProblem(path=path, line=one.place.line, sentence=one.sentence)
            for one in malformed.problems
        )
        return Screens(problems=tuple(problems))
    if away := tuple(_away(tree, path, text, policy)):
        return Screens(problems=away)
    written = Written(parse(text, file=path), path)
    names = (ANY_USE_CASE, *policy.of_use_case)
    return Screens(
        by_use_case={name: tuple(_guards(policy, written, name)) for name in names},
        policy=policy_of(policy, written, tries_of(tree, path)),
    )


def _away(tree: Tree, path: str, text: str, policy: Policy) -> Iterator[CollectorProblem]:
    """Code that the policy names and the repository has not: such a policy is refused."""
    for at, code in enumerate(policy.code):
        if not isinstance(tree.text(code.file), str):
            line = line_at(parse(text, file=path), ("code", at, "file"))
            sentence = say("guard.code_not_there", file=code.file)
            yield CollectorProblem(path=path, line=line, sentence=sentence)


def _guards(policy: Policy, written: Written, use_case: str) -> Iterator[Guard]:
    for asked in ASKED:
        judged = [
            _judged(policy, written, use_case, risk=risk, asked=asked)
            for risk in _members(policy, asked)
        ]
        if (guard := _guard(judged, written, use_case, asked)) is not None:
            yield guard


def _members(policy: Policy, asked: Asked) -> list[str]:
    """Each risk itself, or where it is a family all of it that is not mild."""
    found: list[str] = []
    for risk in asked.risks:
        below = [
            one.id
            for one in policy.risks.values()
            if risk in family(one.id)[1:]
            and asked.direction in one.directions
            and one.severity is not Severity.LOW
        ]
        found += below or [risk]
    return found


class _Judged(Struct, frozen=True, eq=False):
    rule: Rule | None
    weakness: GuardWeakness | None


def _judged(
    policy: Policy, written: Written, use_case: str, *, risk: str, asked: Asked
) -> _Judged:
    rule = policy.rule(risk, asked.direction, use_case)
    if rule is None or rule.action not in STOPS:
        return _Judged(rule, GuardWeakness.LOGS_ONLY)
    if rule.thresholds.get(asked.origin, NEVER) >= SURELY:
        return _Judged(rule, GuardWeakness.SEES_LITTLE)
    known = policy.risk(risk)
    by_verdict = known is not None and known.seen_by is SeenBy.VERDICT
    opens = not rule.closed and (by_verdict or written.fails_open(rule.risk, use_case))
    return _Judged(rule, GuardWeakness.FAILS_OPEN if opens else None)


def _guard(judged: list[_Judged], written: Written, use_case: str, asked: Asked) -> Guard | None:
    """One guard for a topic; in part where only some of its risks are stopped."""
    strong = [one.rule for one in judged if one.rule is not None and one.weakness is None]
    weak = [one for one in judged if one.rule is not None and one.weakness is not None]
    own = [one for one in weak if one.rule and written.states(one.rule.risk, use_case)]
    if not strong and not own:
        return None  # as it ships it is only recorded, and nobody has promised more
    shown = strong[0] if strong else own[0].rule
    return Guard(
        place=written.place(shown.risk if shown else "", use_case),
        library=Product.TENKEN.value,
        stage=STAGES[asked.direction],
        topics=(asked.topic,),
        function="",
        weakness=None if strong else own[0].weakness,
        in_part=(asked.topic,) if strong and len(strong) < len(judged) else (),
        recorded=True,
    )
