"""OpenSLO v1, out and in.

Out: an `SLO` for each objective, and for each of its pairs an `AlertPolicy` with its condition.
In: what a document says, as `slos` of tenken.yaml, and a list of what could not be taken over.
"""

from collections.abc import Iterator

from msgspec import Struct

from tenken.config.node import Node
from tenken.config.operating.objectives import INDICATORS, BurnPair, span
from tenken.config.schema import parse_all
from tenken.keeper.generating.given import File, Generated, Given, Loss, Objective
from tenken.keeper.generating.promql import Events, indicator_of
from tenken.keeper.generating.yaml import Plain, written
from tenken.pattern import Pattern
from tenken.sentence import say

VERSION = "openslo/v1"
FILE = "tenken.openslo.yaml"
PREFIX = "tenken/"
"""Of annotations that bring an objective back as it was."""
RANGE = Pattern(r"\[[0-9]+[smhdw]\]")
WINDOW = Pattern(r"^([0-9]{1,6})([hdwMQY])$")
DECIMAL = Pattern(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
DAYS = {"h": 1 / 24, "d": 1.0, "w": 7.0, "M": 30.0, "Q": 90.0, "Y": 365.0}
LANGUAGES = {"prometheus": "promql", "datadog": "datadog"}
NAME = Pattern(r"[^a-z0-9_.-]+")
COMMENT = "Made by `tenken slo generate --for openslo`; a change belongs into tenken.yaml."


# -- out


def openslo(given: Given) -> Generated:
    """Make documents."""
    documents: list[str] = []
    for one in given.objectives:
        if _source(one) is None:
            continue
        documents += [written(document) for document in (_slo(given, one), *_policies(given, one))]
    text = "---\n".join(documents)
    files = (File(path=FILE, text=f"# {COMMENT}\n{text}"),) if documents else ()
    return Generated(files=files, losses=tuple(_losses(given)))


def _source(objective: Objective) -> Plain | None:
    slo = objective.slo
    if slo.query is not None and slo.query.language == "datadog":
        return _ratio(slo.query.good, slo.query.total, "Datadog")
    indicator = indicator_of(slo)
    if not isinstance(indicator, Events):
        return None
    good, total = indicator.good, indicator.total
    if slo.query is not None:
        good, total = slo.query.good, slo.query.total
    return _ratio(good.replace("$window", "5m"), total.replace("$window", "5m"), "Prometheus")


def _ratio(good: str, total: str, kind: str) -> Plain:
    def metric(query: str) -> Plain:
        return {"metricSource": {"type": kind, "spec": {"query": query}}}

    return {"ratioMetric": {"counter": False, "good": metric(good), "total": metric(total)}}


def _slo(given: Given, objective: Objective) -> Plain:
    slo = objective.slo
    kept = {
        f"{PREFIX}sli": slo.sli,
        f"{PREFIX}use_case": slo.use_case or "",
        f"{PREFIX}route": slo.route or "",
        f"{PREFIX}threshold_s": f"{slo.threshold_s:g}" if slo.threshold_s else "",
        f"{PREFIX}owner": slo.owner,
        f"{PREFIX}runbook": slo.runbook,
    }
    notes: Plain = {name: value for name, value in kept.items() if value}
    hours = round(slo.window_days * 24)
    duration = f"{hours // 24}d" if hours % 24 == 0 else f"{hours}h"
    return {
        "apiVersion": VERSION,
        "kind": "SLO",
        "metadata": {"name": slo.name, "annotations": notes},
        "spec": {
            "description": slo.sli,
            "service": given.application,
            "indicator": {"metadata": {"name": f"{slo.name}-sli"}, "spec": _source(objective)},
            "timeWindow": [{"duration": duration, "isRolling": True}],
            "budgetingMethod": "Occurrences",
            "objectives": [{"displayName": slo.name, "target": round(1 - slo.budget, 9)}],
            "alertPolicies": [_policy_name(objective, pair) for pair in objective.pairs],
        },
    }


def _policy_name(objective: Objective, pair: BurnPair) -> str:
    return f"{objective.slo.name}-{pair.severity}-{span(pair.long_minutes)}"


def _policies(given: Given, objective: Objective) -> Iterator[Plain]:
    for pair in objective.pairs:
        name = _policy_name(objective, pair)
        condition: Plain = {
            "kind": "burnrate",
            "op": "gt",
            "threshold": pair.burn,
            "lookbackWindow": span(pair.long_minutes),
            "alertAfter": "0m",
        }
        yield {
            "apiVersion": VERSION,
            "kind": "AlertPolicy",
            "metadata": {"name": name},
            "spec": {
                "description": f"{pair}; {given.runbook(objective.slo)}".rstrip("; "),
                "alertWhenBreaching": True,
                "alertWhenResolved": True,
                "conditions": [
                    {
                        "kind": "AlertCondition",
                        "metadata": {"name": f"{name}-condition"},
                        "spec": {"severity": pair.severity, "condition": condition},
                    }
                ],
                "notificationTargets": [{"targetRef": pair.severity}],
            },
        }


def _losses(given: Given) -> Iterator[Loss]:
    for one in given.objectives:
        if _source(one) is None:
            yield Loss(slo=one.slo.name, sentence=say("slo.loss_no_ratio", target="OpenSLO"))
        elif one.pairs:
            yield Loss(slo=one.slo.name, sentence=say("slo.loss_short_window", target="OpenSLO"))
    yield Loss(slo="", sentence=say("slo.loss_targets"))


# -- in


class Imported(Struct, frozen=True, kw_only=True):
    """What was read: `slos` of tenken.yaml as text, and what could not be taken over."""

    text: str
    losses: tuple[Loss, ...]


def read_openslo(text: str, *, file: str) -> Imported:
    """Read documents; raises Malformed for what is no YAML."""
    entries: list[Plain] = []
    losses: list[Loss] = []
    for document in parse_all(text, file=file):
        kind, version = document.at("kind").text, document.at("apiVersion").text
        name = NAME.sub("-", document.at("metadata", "name").text.lower()).strip("-") or "slo"
        if version != VERSION:
            losses.append(Loss(slo=name, sentence=say("slo.other_version", version=version)))
        elif kind != "SLO":
            losses.append(Loss(slo=name, sentence=say("slo.other_kind", kind=kind)))
        else:
            for at, target in enumerate(document.at("spec", "objectives").items):
                entry = Entry(document, f"{name}-{at + 1}" if at else name)
                entries.append(entry.plain(target))
                losses += entry.losses
    return Imported(text=written({"slos": entries}), losses=tuple(losses))


class Entry:
    """One objective as it is read."""

    def __init__(self, document: Node, name: str) -> None:
        self._document = document
        self._spec = document.at("spec")
        self._name = name
        self.losses: list[Loss] = []

    def plain(self, target: Node) -> Plain:
        """Give it as tenken.yaml has it."""
        share = target.at("target").number
        percent = target.at("targetPercent").number if share is None else 100 * share
        if percent is None:
            self._lost("import_no_target")
        entry: dict[str, Plain] = {
            "name": self._name,
            "sli": self._note("sli") or self._spec.at("description").text or self._name,
            "target_percent": round(percent or 0, 6),
            "window_days": self._days(),
        }
        for key in ("use_case", "route", "owner", "runbook"):
            if self._note(key):
                entry[key] = self._note(key)
        if DECIMAL.fullmatch(self._note("threshold_s")):  # without one the settings are refused
            entry["threshold_s"] = float(self._note("threshold_s"))
        if self._note("sli") not in INDICATORS:
            entry |= self._query()
        if target.at("timeSliceTarget"):
            self._lost("import_slices")
        if self._spec.at("alertPolicies").items:
            self._lost("import_policies")
        return entry

    def _note(self, key: str) -> str:
        return self._document.at("metadata", "annotations", f"{PREFIX}{key}").text

    def _lost(self, why: str) -> None:
        self.losses.append(Loss(slo=self._name, sentence=say(f"slo.{why}")))

    def _days(self) -> float:
        window = next(iter(self._spec.at("timeWindow").items), None)
        found = WINDOW.match(window.at("duration").text) if window else None
        if window is None or found is None:
            self._lost("import_no_window")
            return 30.0
        if window.at("calendar"):
            self._lost("import_calendar")
        return round(int(str(found.group(1))) * DAYS[str(found.group(2))], 4)

    def _query(self) -> dict[str, Plain]:
        ratio = self._spec.at("indicator", "spec", "ratioMetric")
        good, total = (ratio.at(key, "metricSource") for key in ("good", "total"))
        language = LANGUAGES.get(good.at("type").text.lower(), "")
        queries = [one.at("spec", "query").text for one in (good, total)]
        one_language = good.at("type").text.lower() == total.at("type").text.lower()
        if not all(queries) or not language or not one_language:
            self._lost("import_no_ratio")
            return {}
        if language == "promql":
            queries = [RANGE.sub("[$window]", one) for one in queries]
            if any("$window" not in one for one in queries):
                self._lost("import_no_range")
                return {}
        return {"query": {"good": queries[0], "total": queries[1], "language": language}}
