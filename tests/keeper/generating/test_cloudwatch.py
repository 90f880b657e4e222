"""What CloudWatch is given: held to the published shapes of its API, and to what it can count.

The shapes are those of botocore's model of CloudWatch (`PutMetricAlarm`, `PutCompositeAlarm` of
1.44.3, read 2026-11-23), whose members have the names of the CloudFormation properties.
"""

import ast
import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.session import Session
from botocore.validate import ParamValidator
from msgspec.structs import replace

from tenken.keeper.generating.cloudwatch.alarms import AGENT, TEMPLATE, cloudwatch
from tests.keeper.generating.given import CATALOGUE, DOGS, OWN, UNMEASURED, WORDS, given, slo

ARN = "arn:aws:sns:ap-northeast-1:123456789012:page"
OPERATIONS = {"AWS::CloudWatch::Alarm": "PutMetricAlarm",
              "AWS::CloudWatch::CompositeAlarm": "PutCompositeAlarm"}  # fmt: skip
Properties = Mapping[str, Any]


def made(*slos: Any, file: str = TEMPLATE, faster: int = 1) -> dict[str, Any]:
    """One of the files."""
    found = {one.path: one.text for one in cloudwatch(given(*slos, faster=faster)).files}
    content: dict[str, Any] = json.loads(found[file])
    return content


def alarms(template: Mapping[str, Any], kind: str = "AWS::CloudWatch::Alarm") -> list[Properties]:
    return [one["Properties"] for one in template["Resources"].values() if one["Type"] == kind]


Counts = Mapping[str, float]


def breaches(alarm: Properties, counts: Counts) -> bool:
    """Whether its metric math is over the threshold, by events of a metric and its last label."""
    queries = [one for one in alarm["Metrics"] if "MetricStat" in one]
    (math,) = (one["Expression"] for one in alarm["Metrics"] if "Expression" in one)
    named = {one["Id"]: one["MetricStat"]["Metric"] for one in queries}
    values = {
        id_: counts.get(f"{one['MetricName']} {one['Dimensions'][-1]['Value']}", 0.0)
        for id_, one in named.items()
    }
    return worked_out(ast.parse(math, mode="eval").body, values) > float(alarm["Threshold"])


def worked_out(node: ast.expr, values: Counts) -> float:
    """What an expression of `IF`, `FILL` and the four operations comes to."""
    match node:
        case ast.Constant():
            return float(str(node.value))
        case ast.Name():
            return values[node.id]
        case ast.Call(func=ast.Name(id="FILL"), args=[series, _]):
            return worked_out(series, values)
        case ast.Call(func=ast.Name(id="IF"), args=[ast.Compare(left=left), then, other]):
            return worked_out(then if worked_out(left, values) > 0 else other, values)
        case ast.BinOp(left=left, op=operation, right=right):
            one, two = worked_out(left, values), worked_out(right, values)
            match operation:
                case ast.Add():
                    return one + two
                case ast.Sub():
                    return one - two
                case ast.Div():
                    return one / two
                case _:
                    raise AssertionError(ast.dump(node))
        case _:
            raise AssertionError(ast.dump(node))


def test_every_alarm_is_what_the_api_takes() -> None:
    """Names, types and what is required; references as CloudFormation fills them in."""
    model = Session().get_service_model("cloudwatch")
    template = made()
    for one in template["Resources"].values():
        shape = model.operation_model(OPERATIONS[one["Type"]]).input_shape
        written = json.dumps(one["Properties"])
        for topic in ("PageTopic", "TicketTopic"):
            written = written.replace(json.dumps({"Ref": topic}), f'"{ARN}"')
        properties = json.loads(written)
        report = ParamValidator().validate(properties, shape)
        assert not report.has_errors(), report.generate_report()
    assert set(template["Parameters"]) == {"PageTopic", "TicketTopic"}


def test_windows_are_periods_and_pairs_are_made_of_both() -> None:
    """No period is longer than a day; three days are told to be lost."""
    template = made(CATALOGUE[0])
    math = [one for one in alarms(template) if "Metrics" in one]
    periods = {query["MetricStat"]["Period"] for one in math for query in one["Metrics"]
               if "MetricStat" in query}  # fmt: skip
    composite = alarms(template, "AWS::CloudWatch::CompositeAlarm")
    names = {one["AlarmName"] for one in math}

    assert periods == {300, 1800, 3600, 7200, 21600, 86400}
    assert len(composite) == 3
    assert [one for one in math if "AlarmActions" in one] == [], "nobody hears of half a pair"
    for one in composite:
        long, short = (part.split('"')[1] for part in one["AlarmRule"].split(" AND "))
        assert {long, short} <= names
    lost = [one.sentence.id for one in cloudwatch(given(CATALOGUE[0])).losses]
    assert "slo.loss_long_day" in lost


R, S = "tenken_requests_total", "tenken_responses_total"
BACK, MATCHED, SAID = (f"tenken_{one}_total" for one in ("requests_fallbacks", "guard_matches",
                                                         "feedback"))  # fmt: skip


@pytest.mark.parametrize(
    ("indicator", "counts", "over"),
    [
        ("availability", {f"{R} answered": 1000}, False),
        ("availability", {f"{R} answered": 980, f"{S} 5xx": 20}, True),
        ("availability", {f"{R} answered": 990, f"{R} interrupted": 20}, True),
        ("availability", {f"{R} answered": 995, f"{R} blocked": 5}, False),
        ("availability", {}, False),
        ("fallback_rate", {f"{R} answered": 100, f"{BACK} answer": 90}, True),
        ("fallback_rate", {f"{R} answered": 100}, False),
        ("guardrail_available", {f"{R} answered": 100, f"{MATCHED} failed": 9}, True),
        ("feedback_positive_rate", {f"{SAID} good": 9, f"{SAID} bad": 91}, True),
        ("feedback_positive_rate", {f"{SAID} good": 9}, False),
    ],
)  # fmt: skip
def test_it_burns_when_events_go_wrong(indicator: str, counts: Counts, *, over: bool) -> None:
    """By the metric math itself; without events it does not burn."""
    target = 99.9 if indicator in {"availability", "guardrail_available"} else 95
    found = [one for one in alarms(made(slo(indicator, target=target))) if "Metrics" in one]
    slowest = min(found, key=lambda one: one["Threshold"])

    assert breaches(slowest, counts) is over


def test_the_agent_sends_what_alarms_name() -> None:
    """Each metric under exactly these dimensions, or the alarm has no data."""
    emf = made(file=AGENT)["logs"]["metrics_collected"]["prometheus"]["emf_processor"]
    sent = {
        (selector.strip("^$"), tuple(dimensions))
        for one in emf["metric_declaration"]
        for selector in one["metric_selectors"]
        for dimensions in one["dimensions"]
    }
    queries = [query["MetricStat"]["Metric"] for one in alarms(made()) for query in
               one.get("Metrics", ()) if "MetricStat" in query]  # fmt: skip
    named = {
        (one["MetricName"], tuple(part["Name"] for part in one["Dimensions"])) for one in queries
    }

    assert named
    assert named <= sent
    assert ("tenken_store_up", ("job",)) in sent
    assert {one["Namespace"] for one in queries} == {emf["metric_namespace"]}


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (CATALOGUE[1], "loss_histogram"), (CATALOGUE[2], "loss_histogram"),
        (CATALOGUE[7], "loss_no_ratio"), (UNMEASURED, "loss_no_metric"), (WORDS, "loss_words"),
        (OWN, "loss_language"), (DOGS, "loss_language"),
        (replace(CATALOGUE[3], route="ask"), "loss_no_metric"),
    ],
)  # fmt: skip
def test_what_it_cannot_count_is_told(one: Any, reason: str) -> None:
    """And gets no alarm that would never ring."""
    found = cloudwatch(given(one))

    assert (one.name, f"slo.{reason}") in [(loss.slo, loss.sentence.id) for loss in found.losses]
    assert made(one)["Resources"] == {}


def test_that_nothing_is_seen_is_told() -> None:
    """Missing data is no success."""
    (heard,) = [one for one in alarms(made(CATALOGUE[0])) if "MetricName" in one]

    assert heard["TreatMissingData"] == "breaching"
    assert heard["AlarmActions"] == [{"Ref": "TicketTopic"}]
