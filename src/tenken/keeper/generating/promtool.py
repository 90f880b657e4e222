"""Tests of the rules for `promtool test rules`: a burn that is made up fires, and clears.

Each objective gets two: nothing fails and nothing is said; all fails and both urgencies fire, and
those whose short window is short end soon after it is over. Without any data only that is told.
"""

from collections.abc import Iterator, Mapping, Sequence

from tenken.config.operating.objectives import BurnPair, Severity, Slo, span
from tenken.keeper.generating import vocabulary as names
from tenken.keeper.generating.given import Objective
from tenken.keeper.generating.promql import selector
from tenken.keeper.generating.vocabulary import scope
from tenken.keeper.generating.yaml import Plain, written

BURNING_M = 30
"""So long everything fails."""
AFTER_M = 60
"""So long the series go on; `promtool` reckons every minute of it."""
AHEAD_M = 10
STEP = 60
COMMENT = "Run with: promtool test rules {file}"
ALIVE = f"1x{BURNING_M + AFTER_M}"
"""The keeper is seen, and reaches its store."""


def unit_tests(
    objectives: Sequence[Objective],
    *,
    rules: str,
    alerts: Mapping[Severity, str],
    not_seen: str,
    beside: Mapping[Severity, str],
) -> str:
    """Make the file of tests; `beside` is what alerts of other kinds are called."""
    cases = [_silence(not_seen, "no data", "up", "1x60")]
    cases.append(_silence(not_seen, "the store is away", names.STORE_UP, "0x60"))
    cases += [_beside(severity, name) for severity, name in beside.items()]
    for one in objectives:
        if one.slo.query is None:
            cases += [_well(one, alerts), _burning(one, alerts)]
    body: Plain = {"rule_files": [rules], "evaluation_interval": "5m", "tests": cases}
    return written(body, comment=COMMENT.format(file="tenken-slo.tests.yaml"))


class Series:
    """The metrics of an objective when all is well and when all fails, in events a minute."""

    def __init__(self, slo: Slo) -> None:
        self._slo = slo
        self._labels = scope(slo)

    def moving(self, bad: str, good: str) -> Iterator[tuple[str, str]]:
        """Give the values of each series, from those of bad events and of good ones."""
        yield names.STORE_UP, ALIVE
        match self._slo.sli:
            case "availability":
                yield self._outcome("answered"), good
                yield self._outcome("failed"), bad
                yield self._outcome("unknown"), NONE
                yield self._named(names.RESPONSES, {"status": "5xx"}), bad
                yield self._named(names.RESPONSES, {"status": "2xx"}), good
            case "latency" | "ttft":
                metric = names.DURATION if self._slo.sli == "latency" else names.FIRST_TOKEN
                bound = {"le": f"{self._slo.threshold_s or 0:g}"}
                yield self._named(f"{metric}_bucket", bound), good
                yield self._named(f"{metric}_count", {"part": "good"}), good
                yield self._named(f"{metric}_count", {"part": "bad"}), bad
            case "feedback_positive_rate":
                yield self._named(names.FEEDBACK, {"verdict": "good"}), good
                yield self._named(names.FEEDBACK, {"verdict": "bad"}), bad
            case "cost_per_request":
                yield self._outcome("answered"), _rising(STEP)
                yield self._named(names.COST, {"part": "good"}), _flat(good)
                yield self._named(names.COST, {"part": "bad"}), _dear(bad, self._slo)
            case _:
                yield self._outcome("answered"), good
                yield self._outcome("failed", part="bad"), bad
                yield self._bad_of_others(), bad

    def _bad_of_others(self) -> str:
        return {
            "guardrail_available": self._named(names.MATCHES, {"action": "failed"}),
            "safety_violation_rate": self._named(names.GUARDED, {}),
            "fallback_rate": self._named(names.FALLBACKS, {}),
        }[self._slo.sli]

    def _outcome(self, outcome: str, **more: str) -> str:
        return self._named(names.REQUESTS, {"outcome": outcome, **more})

    def _named(self, metric: str, labels: Mapping[str, str]) -> str:
        return selector(metric, {**self._labels, **labels})


def _rising(step: float) -> str:
    return f"0+{step:g}x{BURNING_M + AFTER_M}"


def _flat(_: str) -> str:
    return f"0+0x{BURNING_M + AFTER_M}"


NONE = _flat("")
ALL = _rising(STEP)
WHILE_BURNING = f"0+{STEP}x{BURNING_M} {STEP * BURNING_M}+0x{AFTER_M}"
AFTER_BURNING = f"0+0x{BURNING_M} 0+{STEP}x{AFTER_M}"


def _dear(bad: str, slo: Slo) -> str:
    """Three times the bound for each request, while it burns."""
    if bad == NONE:
        return NONE
    step = STEP * 3 * (slo.threshold_usd or 0)
    return f"0+{step:g}x{BURNING_M} {step * BURNING_M:g}+0x{AFTER_M}"


def _well(objective: Objective, alerts: Mapping[Severity, str]) -> Plain:
    checks = [
        _alarm(objective, alerts, pair, minute=minute, fires=False)
        for pair in objective.pairs
        for minute in (AHEAD_M, BURNING_M)
    ]
    return _case(objective, "well", Series(objective.slo).moving(bad=NONE, good=ALL), checks)


def _burning(objective: Objective, alerts: Mapping[Severity, str]) -> Plain:
    checks: list[Plain] = []
    for pair in objective.pairs:
        checks.append(_alarm(objective, alerts, pair, minute=AHEAD_M, fires=True))
        over = BURNING_M + pair.short_minutes + AHEAD_M
        if over <= BURNING_M + AFTER_M:
            checks.append(_alarm(objective, alerts, pair, minute=over, fires=False))
    moving = Series(objective.slo).moving(bad=WHILE_BURNING, good=AFTER_BURNING)
    return _case(objective, "burning, then over", moving, checks)


def _case(
    objective: Objective, what: str, moving: Iterator[tuple[str, str]], checks: list[Plain]
) -> Plain:
    series: list[Plain] = [{"series": name, "values": values} for name, values in moving]
    return {
        "name": f"{objective.slo.name}: {what}",
        "interval": "1m",
        "input_series": series,
        "promql_expr_test": checks,
    }


def _alarm(
    objective: Objective,
    alerts: Mapping[Severity, str],
    pair: BurnPair,
    *,
    minute: int,
    fires: bool,
) -> Plain:
    labels = {
        "alertname": alerts[pair.severity],
        "slo": objective.slo.name,
        "window": span(pair.long_minutes),
        "alertstate": "firing",
    }
    samples: list[Plain] = [{"labels": "{}", "value": 1}] if fires else []
    return {
        "expr": f"max({selector('ALERTS', labels)})",
        "eval_time": f"{minute}m",
        "exp_samples": samples,
    }


def _silence(not_seen: str, what: str, series: str, values: str) -> Plain:
    samples: list[Plain] = [{"labels": "{}", "value": 1}]
    said: Plain = {
        "expr": f'max(ALERTS{{alertname="{not_seen}",alertstate="firing"}})',
        "eval_time": "30m",
        "exp_samples": samples,
    }
    others: Plain = {
        "expr": f'count(ALERTS{{alertname!="{not_seen}"}})', "eval_time": "30m", "exp_samples": [],
    }  # fmt: skip
    return {
        "name": what,
        "interval": "1m",
        "input_series": [{"series": series, "values": values}],
        "promql_expr_test": [said, others],
    }


def _beside(severity: Severity, name: str) -> Plain:
    """An alert of the keeper opens, and is over; one of an objective has rules of its own."""
    lag, burn = (
        selector(names.ALERTS_OPEN, {"kind": kind, "severity": severity})
        for kind in ("lag", "burn")
    )
    fires = selector("ALERTS", {"alertname": name, "alertstate": "firing"})
    samples: list[Plain] = [{"labels": '{kind="lag"}', "value": 1}]
    checks: list[Plain] = [
        {"expr": f"max by (kind) ({fires})", "eval_time": f"{minute}m", "exp_samples": expected}
        for minute, expected in ((AHEAD_M, samples), (BURNING_M + AHEAD_M, list[Plain]()))
    ]
    return {
        "name": f"{severity}: the ledger is behind, then not",
        "interval": "1m",
        "input_series": [
            {"series": lag, "values": f"1x{BURNING_M} 0x{AFTER_M}"},
            {"series": burn, "values": ALIVE},
        ],
        "promql_expr_test": checks,
    }
