"""Rules for Prometheus: how fast each budget burns, what is left of it, and two alerts.

    tenken_slo:burn:1h{slo="answers"}      how many times too fast, over each window
    tenken_slo:budget_left{slo="answers"}  1 for all of it, below 0 where it is overdrawn
    TenkenSloPage, TenkenSloTicket         one for each pair, with the runbook

A share that nothing was measured for has no result, so that no data neither alarms nor passes for
a kept promise; that the keeper is not seen, or does not reach its store, is an alert of its own.
"""

from collections.abc import Iterator

from tenken.config.operating.objectives import BurnPair, Severity, Slo, span
from tenken.keeper.generating import beside
from tenken.keeper.generating import vocabulary as names
from tenken.keeper.generating.given import (
    File,
    Generated,
    Given,
    Loss,
    Objective,
    unread,
)
from tenken.keeper.generating.promql import Events, Indicator, indicator_of
from tenken.keeper.generating.promtool import unit_tests
from tenken.keeper.generating.yaml import Plain, written
from tenken.sentence import Sentence, say

BURN = "tenken_slo:burn:"
GOOD_NOW = "tenken_slo:good_now"
BUDGET_LEFT = "tenken_slo:budget_left"
ALERTS: dict[Severity, str] = {"page": "TenkenSloPage", "ticket": "TenkenSloTicket"}
NOT_SEEN = "TenkenNotSeen"
RULES = "tenken-slo.rules.yaml"
TESTS = "tenken-slo.tests.yaml"
SLICE_MINUTES = 5
FAST_S, SLOW_S = 30, 300
NOT_SEEN_AFTER_S = 900
COMMENT = (
    "Made by `tenken slo generate --for prometheus`; a change belongs into tenken.yaml.\n"
    "The budget looks back {days:g} days: Prometheus keeps 15 unless it is started with\n"
    "--storage.tsdb.retention.time={keep}d or more."
)


def prometheus(given: Given) -> Generated:
    """Make rules and their tests."""
    told = [(one, indicator_of(one.slo)) for one in given.objectives]
    known = [(one, indicator) for one, indicator in told if indicator is not None]
    groups = [_alive(given), *beside.group(given)]
    for one, indicator in known:
        groups += [_fast(given, one, indicator), _slow(given, one, indicator)]
    days = max((one.slo.window_days for one, _ in known), default=30)
    rules = written(
        {"groups": groups}, comment=COMMENT.format(days=days, keep=round(days + 0.5) + 1)
    )
    files = (File(path=RULES, text=rules), *_tests(given, [one for one, _ in known]))
    return Generated(files=files, losses=tuple(_losses(given)))


def _tests(given: Given, known: list[Objective]) -> Iterator[File]:
    if given.faster == 1:
        told = beside.NAMES if beside.told_by(given, "prometheus") else {}
        text = unit_tests(known, rules=RULES, alerts=ALERTS, not_seen=NOT_SEEN, beside=told)
        yield File(path=TESTS, text=text)


def burn_name(given: Given, minutes: float) -> str:
    """Give the name that a burn is recorded under."""
    return f"{BURN}{given.window(minutes)}"


def labels_of(given: Given, objective: Objective) -> dict[str, str]:
    """Give the labels that everything of an objective bears."""
    slo = objective.slo
    named = {"application": given.application, "slo": slo.name, "use_case": slo.use_case or ""}
    return {name: value for name, value in named.items() if value}


def condition(given: Given, objective: Objective, pair: BurnPair) -> str:
    """Give when a pair alarms."""
    which = chosen(given.application, objective.slo)
    long, short = (
        f"{burn_name(given, one)}{which} > {pair.burn:g}"
        for one in (pair.long_minutes, pair.short_minutes)
    )
    return f"{long} and {short}"


def chosen(application: str, slo: Slo) -> str:
    """Give the labels that choose what is recorded of an objective."""
    return f'{{application="{application}",slo="{slo.name}"}}'


def bad_share(application: str, indicator: Indicator, objective: Objective, window: str) -> str:
    """Give the share of bad events over a window."""
    if isinstance(indicator, Events):
        return indicator.bad_share(window)
    return indicator.bad_share(f"{GOOD_NOW}{chosen(application, objective.slo)}", window)


def _fast(given: Given, objective: Objective, indicator: Indicator) -> Plain:
    labels = labels_of(given, objective)
    rules: list[Plain] = []
    if not isinstance(indicator, Events):
        expr = indicator.good.replace("$window", given.window(SLICE_MINUTES))
        rules.append({"record": GOOD_NOW, "expr": expr, "labels": labels})
    for minutes in objective.minutes:
        share = bad_share(given.application, indicator, objective, given.window(minutes))
        expr = f"({share}) / {objective.slo.budget:.10g}"
        rules.append({"record": burn_name(given, minutes), "expr": expr, "labels": labels})
    rules += [_alert(given, objective, pair) for pair in objective.pairs]
    return {
        "name": f"tenken-slo-{objective.slo.name}",
        "interval": given.seconds(FAST_S),
        "rules": rules,
    }


def _slow(given: Given, objective: Objective, indicator: Indicator) -> Plain:
    """Look back over the whole window, which costs more and changes slowly."""
    slo = objective.slo
    share = bad_share(given.application, indicator, objective, given.window(slo.window_minutes))
    left = f"1 - ({share}) / {slo.budget:.10g}"
    rule: Plain = {"record": BUDGET_LEFT, "expr": left, "labels": labels_of(given, objective)}
    return {
        "name": f"tenken-slo-{slo.name}-budget",
        "interval": given.seconds(SLOW_S),
        "rules": [rule],
    }


def _alert(given: Given, objective: Objective, pair: BurnPair) -> Plain:
    slo = objective.slo
    owner = {"owner": slo.owner or given.owner} if slo.owner or given.owner else {}
    description = (
        f"{slo.sli}, target {slo.target_percent:g} % over {slo.window_days:g} days, "
        f"burns its budget {{{{ $value | humanize }}}} times faster than allowed ({pair})."
    )
    return {
        "alert": ALERTS[pair.severity],
        "expr": condition(given, objective, pair),
        "labels": {
            **labels_of(given, objective),
            "severity": pair.severity,
            "window": span(pair.long_minutes),
            **owner,
        },
        "annotations": {
            "summary": f"{slo.name}: the error budget burns too fast",
            "description": description,
            **links_of(given.runbook(slo)),
        },
    }


def links_of(runbook: str) -> dict[str, str]:
    """Give the annotation of a runbook, where there is one."""
    return {"runbook_url": runbook} if runbook else {}


def _alive(given: Given) -> Plain:
    """No data is no success: that nothing of the keeper is seen, or nothing new, is told."""
    labels = {"application": given.application, "severity": "ticket"}
    rule: Plain = {
        "alert": NOT_SEEN,
        "expr": f"absent({names.STORE_UP} == 1)",
        "for": given.seconds(NOT_SEEN_AFTER_S),
        "labels": labels,
        "annotations": {
            "summary": "Prometheus sees no keeper of tenken that reads its store: "
            "no objective is being watched",
            **links_of(given.runbook()),
        },
    }
    return {"name": "tenken-slo-alive", "rules": [rule]}


def _losses(given: Given) -> Iterator[Loss]:
    yield from unread(given)
    yield from beside.losses(given, "prometheus")
    for one in given.objectives:
        slo = one.slo
        if indicator_of(slo) is None:
            yield Loss(slo=slo.name, sentence=unknown(one, "Prometheus"))
        elif slo.query is not None:
            yield Loss(slo=slo.name, sentence=say("slo.loss_untested"))
        elif slo.sli == "safety_violation_rate":
            yield Loss(slo=slo.name, sentence=say("slo.loss_failures_match"))
        elif slo.sli == "cost_per_request":
            yield Loss(slo=slo.name, sentence=say("slo.loss_unweighed", minutes=SLICE_MINUTES))


def unknown(objective: Objective, target: str) -> Sentence:
    """Give why a target does not know an objective's events."""
    slo = objective.slo
    if not slo.counts:
        return say("slo.loss_words", sli=slo.sli, target=target)
    if slo.query is not None:
        return say("slo.loss_language", language=slo.query.language, target=target)
    return say("slo.loss_no_metric", sli=slo.sli, target=target)
