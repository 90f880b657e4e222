"""Holds a policy against the floors of its platform: tightened or kept, never loosened."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from tenken.errors import Problem
from tenken.guardrails.policy.draft import Draft, Stated
from tenken.guardrails.policy.policy import ACTIONS, Action
from tenken.guardrails.policy.risks import family
from tenken.guardrails.policy.written import RuleEntry
from tenken.guardrails.text import Direction, Origin
from tenken.place import Place
from tenken.sentence import say


class Floor(Struct, frozen=True, kw_only=True):
    """The weakest that a rule may act in one direction, for a risk and all below it."""

    risk: str
    """A floor for something that is no risk is about a guard of the application's own file."""
    action: Action
    direction: Direction
    at: Place


def loosened(draft: Draft, floors: Iterable[Floor]) -> Iterator[Problem]:
    """Give every place where the policy asks for less than a floor."""
    for floor in floors:
        if floor.risk not in draft.risks:
            continue
        for rules in draft.use_cases.values():
            own = (stated for (way, risk), stated in rules.items() if _under(floor, way, risk))
            for stated in own:
                yield from _held(draft, floor, stated)
            if not any((floor.direction, id_) in rules for id_ in family(floor.risk)):
                sentence = say("guard.floor_unanswered", risk=floor.risk, at=str(floor.at))
                yield draft.problem(("rules",), sentence)


def _under(floor: Floor, direction: Direction, risk: str) -> bool:
    if direction is not floor.direction:
        return False
    return floor.risk in family(risk) or risk in family(floor.risk)[1:]


def _held(draft: Draft, floor: Floor, stated: Stated) -> Iterator[Problem]:
    entry, at = stated.entry, str(floor.at)
    if ACTIONS.index(entry.action) < ACTIONS.index(floor.action):
        sentence = say("config.looser", has=entry.action, floor=floor.action, at=at)
        yield draft.problem((*stated.path, "action"), sentence)
    if not stated.path:
        return
    for origin in _blind(draft, entry):
        sentence = say("guard.floor_dodged", risk=entry.risk, origin=origin.value, at=at)
        yield draft.problem(stated.path, sentence)


def _blind(draft: Draft, entry: RuleEntry) -> Iterator[Origin]:
    """Whose texts the rule sees less of than the rule that ships: a floor would be dodged so."""
    by_risk = {rule.risk: rule for rule in draft.base.rules}
    ships = next((by_risk[id_] for id_ in family(entry.risk) if id_ in by_risk), None)
    if ships is None:
        return
    for origin in Origin:
        if _score(entry, origin) > _score(ships, origin):
            yield origin


def _score(entry: RuleEntry, origin: Origin) -> float:
    """From which score it acts on such a text; above all scores where it ignores it."""
    if origin in entry.ignores:
        return 2.0
    own: float | None = getattr(entry.thresholds, origin)
    return entry.threshold if own is None else own
