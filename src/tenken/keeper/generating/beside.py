"""What the keeper watches besides objectives, for whoever pages in tenken's place.

The keeper goes on to find it, and tells nobody; how many of its alerts are open stands on the page
of metrics, by kind and severity, and a rule pages where there are any. Where tenken itself pages
nothing is made here: nobody gets a second pager.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from tenken.config.operating.objectives import Severity
from tenken.keeper.generating.given import KIND, URGENCIES, Given, Loss, Target
from tenken.keeper.generating.vocabulary import ALERTS_OPEN
from tenken.keeper.generating.yaml import Plain
from tenken.sentence import say

NAMES: Mapping[Severity, str] = MappingProxyType({"page": "TenkenPage", "ticket": "TenkenTicket"})
GROUP = "tenken-alerts"
FOR_S = 60


def told_by(given: Given, target: Target) -> bool:
    """Tell whether these files are who tells of it."""
    pages = {"prometheus": "prometheus", "alertmanager": "prometheus", "datadog": "datadog"}
    return pages.get(target) == given.alerts.by


def group(given: Given) -> Iterator[Plain]:
    """Give the rules for Prometheus."""
    if told_by(given, "prometheus"):
        rules: list[Plain] = [_rule(given, one) for one in URGENCIES]
        yield {"name": GROUP, "interval": given.seconds(FOR_S // 2), "rules": rules}


def _rule(given: Given, severity: Severity) -> Plain:
    labels = f'kind!="{KIND}",severity="{severity}"'
    console = given.alerts.console_url
    links = {"console_url": f"{console.rstrip('/')}/alerts"} if console else {}
    return {
        "alert": NAMES[severity],
        "expr": f"max by (kind) ({ALERTS_OPEN}{{{labels}}}) > 0",
        "for": given.seconds(FOR_S),
        "labels": {
            "application": given.application,
            "severity": severity,
            **({"owner": given.owner} if given.owner else {}),
        },
        "annotations": {
            "summary": "{{ $labels.kind }}: tenken has {{ $value }} open alerts of this kind",
            "description": "What it is, since when and why: `tenken alerts`, or the console.",
            **links,
            **_runbook(given),
        },
    }


def _runbook(given: Given) -> dict[str, str]:
    """Give the runbook where one is meant for all of them: a rule is of several kinds."""
    named = {path for kind, path in given.alerts.runbooks.items() if kind != KIND}
    if len(named) != 1:
        return {}
    path, base = named.pop(), given.alerts.runbook_url
    known = "://" in path or base is None
    return {"runbook_url": path if known else f"{(base or '').rstrip('/')}/{path.lstrip('/')}"}


def losses(given: Given, target: Target) -> Iterator[Loss]:
    """Say what of it nobody is told."""
    if told_by(given, target):
        yield Loss(slo="", sentence=say("slo.loss_mild", target=target))
