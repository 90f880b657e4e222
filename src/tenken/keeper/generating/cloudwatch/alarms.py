"""Alarms on burn rates: two of metric math for each pair, and one that is made of both.

A window is one period of an alarm, which is a day at most here: sums of several periods are no
single figure that an alarm could hold against a threshold.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tenken.config.operating.objectives import BurnPair, Severity, span
from tenken.keeper.generating.cloudwatch.counting import Counted, Sums, sums_of
from tenken.keeper.generating.given import File, Generated, Given, Loss, Objective, unread
from tenken.keeper.generating.prometheus import NOT_SEEN, NOT_SEEN_AFTER_S, unknown
from tenken.keeper.generating.vocabulary import STORE_UP
from tenken.sentence import Sentence, say

TEMPLATE, AGENT = "tenken-cloudwatch.json", "tenken-cloudwatch-agent.json"
NAMESPACE, JOB = "Tenken", "tenken"
MINUTE_S, LONGEST_S = 60, 86_400
Plain = dict[str, Any]
TOPICS: Mapping[Severity, str] = {"page": "PageTopic", "ticket": "TicketTopic"}


def cloudwatch(given: Given) -> Generated:
    """Make the template, and what the agent has to send."""
    found = [(one, sums_of(one.slo)) for one in given.objectives]
    resources: Plain = {}
    for one, sums in found:
        for pair in _fitting(given, one, sums):
            resources.update(_alarms(given, one, sums, pair))
    if resources and given.of_ours:
        resources[NOT_SEEN] = _not_seen(given)
    used = {one["Properties"]["AlarmActions"][0]["Ref"] for one in resources.values()
            if "AlarmActions" in one["Properties"]}  # fmt: skip
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"{given.application}: objectives. Made by `tenken slo generate`.",
        "Parameters": {
            topic: {"Type": "String", "Description": f"ARN of the SNS topic for a {severity}"}
            for severity, topic in TOPICS.items() if topic in used
        },
        "Resources": resources,
    }  # fmt: skip
    counted = [sums for one, sums in found if sums and one.pairs]
    files = (File(path=TEMPLATE, text=_json(template)), File(path=AGENT, text=_agent(counted)))
    return Generated(files=files, losses=tuple(_losses(given)))


# -- alarms


def _fitting(given: Given, one: Objective, sums: Sums | None) -> Iterator[BurnPair]:
    if sums is not None:
        yield from (pair for pair in one.pairs if _period(given, pair.long_minutes) <= LONGEST_S)


def _period(given: Given, minutes: int) -> int:
    """A window as a period: whole minutes."""
    return max(1, round(minutes / given.faster)) * MINUTE_S


def _alarms(given: Given, one: Objective, sums: Sums | None, pair: BurnPair) -> Plain:
    if sums is None:
        return {}
    name = f"{given.application}-{one.slo.name}-{pair.severity}-{span(pair.long_minutes)}"
    label = _label(name)
    told = f"{one.slo.sli}, target {one.slo.target_percent:g} % over {one.slo.window_days:g} days."
    runbook = given.runbook(one.slo)
    about = f"{told} Burns {pair}. " + (f"Runbook: {runbook}" if runbook else "")
    long, short = f"{name}-long", f"{name}-short"
    topic = [{"Ref": TOPICS[pair.severity]}]
    windows = ((f"{label}Long", long, pair.long_minutes),
               (f"{label}Short", short, pair.short_minutes))  # fmt: skip
    both = {
        id_: _burning(given, one, sums, name=each, pair=pair, minutes=minutes)
        for id_, each, minutes in windows
    }
    return {
        **both,
        label: {
            "Type": "AWS::CloudWatch::CompositeAlarm",
            "DependsOn": list(both),
            "Properties": {
                "AlarmName": name,
                "AlarmDescription": about.strip(),
                "AlarmRule": f'ALARM("{long}") AND ALARM("{short}")',
                "AlarmActions": topic,
                "OKActions": topic,
            },
        },
    }


def _burning(
    given: Given, one: Objective, sums: Sums, *, name: str, pair: BurnPair, minutes: int
) -> Plain:
    """One window: it burns faster than the pair allows. Without any event it does not."""
    ids = {counted: f"m{number}" for number, counted in enumerate(sums.every)}
    total = _sum(ids[each] for each in sums.total)
    bad = _sum(ids[each] for each in sums.bad) or f"{total} - {_sum(ids[e] for e in sums.good)}"
    budget = f"{one.slo.budget:.10g}"
    burn = {"Id": "burn", "Label": str(pair), "ReturnData": True,
            "Expression": f"IF({total} > 0, ({bad}) / {total} / {budget}, 0)"}  # fmt: skip
    period = _period(given, minutes)
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": name,
            "Metrics": [burn, *(_series(id_, each, period) for each, id_ in ids.items())],
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": pair.burn,
            "EvaluationPeriods": 1,
            "TreatMissingData": "notBreaching",
        },
    }


def _sum(ids: Iterable[str]) -> str:
    """What never occurred has no series: it counts as none."""
    parts = " + ".join(f"FILL({one}, 0)" for one in ids)
    return f"({parts})" if parts else ""


def _series(id_: str, counted: Counted, period: int) -> Plain:
    dimensions = [{"Name": name, "Value": value} for name, value in counted.dimensions]
    metric = {"Namespace": NAMESPACE, "MetricName": counted.metric, "Dimensions": dimensions}
    stat = {"Metric": metric, "Period": period, "Stat": "Sum"}
    return {"Id": id_, "ReturnData": False, "MetricStat": stat}


def _not_seen(given: Given) -> Plain:
    """No data is no success: that nothing of the keeper is seen is told."""
    topic = [{"Ref": TOPICS[given.mildest]}]
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": f"{given.application}-tenken-not-seen",
            "AlarmDescription": "No keeper of tenken that reads its store is seen.",
            "Namespace": NAMESPACE,
            "MetricName": STORE_UP,
            "Dimensions": [{"Name": "job", "Value": JOB}],
            "Statistic": "Maximum",
            "Period": MINUTE_S,
            "EvaluationPeriods": max(1, NOT_SEEN_AFTER_S // MINUTE_S),
            "ComparisonOperator": "LessThanThreshold",
            "Threshold": 1,
            "TreatMissingData": "breaching",
            "AlarmActions": topic,
            "OKActions": topic,
        },
    }


def _label(name: str) -> str:
    """A logical id of CloudFormation: letters and digits."""
    parts = "".join(one if one.isalnum() and one.isascii() else " " for one in name).split()
    return "Slo" + "".join(part.capitalize() for part in parts)


# -- the agent


def _agent(counted: Iterable[Sums]) -> str:
    """Give each metric the sets of dimensions by which alarms name it."""
    sets: dict[tuple[str, ...], set[str]] = {("job",): {STORE_UP}}
    for sums in counted:
        for one in sums.every:
            sets.setdefault(one.set, set()).add(one.metric)
    declared = [
        {
            "source_labels": ["job"],
            "label_matcher": f"^{JOB}$",
            "dimensions": [list(dimensions)],
            "metric_selectors": [f"^{metric}$" for metric in sorted(metrics)],
        }
        for dimensions, metrics in sorted(sets.items())
    ]
    processor = {"metric_namespace": NAMESPACE, "metric_declaration": declared}
    prometheus = {"prometheus_config_path": "env:PROMETHEUS_CONFIG_CONTENT",
                  "emf_processor": processor}  # fmt: skip
    return _json({"logs": {"metrics_collected": {"prometheus": prometheus}}})


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


# -- what is lost


def _losses(given: Given) -> Iterator[Loss]:
    yield from unread(given)
    for one in given.objectives:
        sums = sums_of(one.slo)
        if sums is None:
            sentence = _not_counted(one)
            yield Loss(slo=one.slo.name, sentence=sentence)
            continue
        for pair in one.pairs:
            if _period(given, pair.long_minutes) > LONGEST_S:
                yield Loss(slo=one.slo.name, sentence=say("slo.loss_long_day", pair=str(pair)))
    yield Loss(slo="", sentence=say("slo.loss_no_budget", target="CloudWatch"))
    yield Loss(slo="", sentence=say("slo.loss_agent", file=AGENT, job=JOB))
    yield Loss(slo="", sentence=say("slo.loss_topics"))


def _not_counted(one: Objective) -> Sentence:
    if one.slo.query is None and one.slo.sli in {"latency", "ttft"}:
        return say("slo.loss_histogram")
    if one.slo.query is None and one.slo.sli == "cost_per_request":
        return say("slo.loss_no_ratio", target="CloudWatch")
    return unknown(one, "CloudWatch")
