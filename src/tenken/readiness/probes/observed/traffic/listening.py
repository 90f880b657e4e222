"""Whether alerts lead somewhere: to somebody, and to what is to be done."""

from collections.abc import Iterator, Mapping

from tenken.evidence import Finding
from tenken.pattern import Pattern
from tenken.readiness.answers import gap, lie, seen
from tenken.readiness.facts.observed.metrics import OnCall
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.observed.said import Observed, fails, holds, share, unknown
from tenken.readiness.probes.running.alerting import SYMPTOMS, alerts_of, topics
from tenken.sentence import say

LINKS = ("runbook_url", "runbook", "runbookurl", "playbook")
MOST_TOLD = 5
SEVERITIES = frozenset({"severity", "priority", "urgency", "level"})
MATCHER = Pattern(r"""([A-Za-z_]\w*)\s*=~?\s*"?([^"]*)"?""")
URGENT = Pattern(r"(?i)critical|page|p1|sev-?1|emergency|high")


def firing_alerts_link_to_the_scenario_runbook(sighting: Sighting) -> Observed:
    """What fires, and every rule that is loaded of the repository's, links to a runbook of it."""
    metrics, survey = sighting.metrics, sighting.survey
    own = {one.name for one in alerts_of(survey) if topics(one) & SYMPTOMS}
    rules = [one for one in (metrics.rules or () if metrics else ()) if one.name in own]
    fires = [one for one in (metrics.firing or () if metrics else ()) if one.name in own]
    if not rules:
        return unknown(say("observed.no_rules"))
    held = {one.name: one.annotations for one in rules}
    held.update({one.name: one.annotations for one in fires})
    findings = list(_without_runbook(held, survey))
    figures = (share("rules_with_a_runbook", len(held) - len(findings), len(held)),)
    if findings:
        return fails(*findings[:MOST_TOLD], figures=figures)
    away = [name for name, notes in held.items() if _path(_link(notes), survey) is None]
    if away:
        return unknown(say("observed.runbook_is_elsewhere", alert=away[0]), figures=figures)
    return holds(seen("observed.rules_link_runbooks", n=len(held), firing=len(fires)),
                 figures=figures)  # fmt: skip


def on_call_target_resolves(sighting: Sighting) -> Observed:
    """Whatever is urgent is routed to a receiver that has somewhere to send it."""
    routes = sighting.metrics.on_call if sighting.metrics else None
    if not routes:
        return unknown(say("observed.no_routing"))
    services = sighting.about.services
    urgent = [one for one in routes if URGENT.search(one.matchers) and _is_ours(one, services)]
    urgent = urgent or [routes[0]]
    if nowhere := [one for one in urgent if not one.sends]:
        told = (lie("observed.receiver_sends_nowhere", receiver=one.receiver,
                    alerts=one.matchers or "*") for one in nowhere)  # fmt: skip
        return fails(*told)
    names = ", ".join(sorted({one.receiver for one in urgent}))
    return holds(seen("observed.urgent_is_sent", receivers=names))


def _is_ours(route: OnCall, services: frozenset[str]) -> bool:
    """It takes alerts of this service: by their severity alone, or by a label that names it."""
    parts = (MATCHER.fullmatch(one.strip()) for one in route.matchers.split(","))
    named = [(part.group(1), part.group(2)) for part in parts if part]
    return all(label.lower() in SEVERITIES or value in services for label, value in named)


def _without_runbook(held: Mapping[str, Mapping[str, str]], survey: Survey) -> Iterator[Finding]:
    for name, notes in sorted(held.items()):
        link = _link(notes)
        if not link:
            yield gap("observed.rule_without_runbook", alert=name)
        elif _path(link, survey) == "":
            yield lie("observed.runbook_is_not_there", alert=name, link=link)


def _link(notes: Mapping[str, str]) -> str:
    return next((notes[name] for name in LINKS if notes.get(name)), "")


def _path(link: str, survey: Survey) -> str | None:
    """The tracked file that it leads to; empty where that is not there, None for another place."""
    bare = link.partition("#")[0].partition("?")[0].rstrip("/")
    remote = survey.repository.remote
    if "://" in bare and not (remote and f"/{remote.partition('/')[2]}/" in bare):
        return None
    paths = {entry.path for entry in survey.tree.entries}
    return next((path for path in paths if bare == path or bare.endswith(f"/{path}")), "")
