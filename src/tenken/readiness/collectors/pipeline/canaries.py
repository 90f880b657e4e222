"""Rollouts in steps and what they watch: Argo Rollouts, Flagger."""

from collections.abc import Iterator, Mapping

from tenken.config.node import Node
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.pipeline.documents import Document
from tenken.readiness.facts.pipeline import (
    Canary,
    Neutraliser,
    NeutraliserKind,
    Signal,
    Watch,
)

SIGNALS: Mapping[Signal, frozenset[str]] = {
    Signal.COST: frozenset({
        "cost", "costs", "token", "tokens", "usd", "spend", "price", "budget",
    }),
    Signal.ACCURACY: frozenset({
        "accuracy", "quality", "score", "faithfulness", "relevance", "relevancy", "groundedness",
        "judge", "eval", "evaluation", "feedback", "thumbs", "hallucination", "correctness",
    }),
    Signal.ERRORS: frozenset({
        "error", "errors", "5xx", "success", "failure", "failures", "failed", "status", "5",
    }),
    Signal.LATENCY: frozenset({"latency", "duration", "ttft", "ttfb", "p95", "p99"}),
}  # fmt: skip
"""Words in the name or the query of a metric, the telling ones first."""
SEPARATORS = Pattern(r"[^A-Za-z0-9]+")
LIMIT = 1_000


def canaries_of(documents: tuple[Document, ...]) -> Iterator[Canary]:
    """Give every rollout in steps among the manifests."""
    templates = _templates(documents)
    for document in documents:
        kind = document.node.at("kind").text
        group = document.node.at("apiVersion").text.partition("/")[0]
        if kind == "Rollout" and group == "argoproj.io":
            yield from _argo(document, templates)
        elif kind == "Canary" and group == "flagger.app":
            yield _flagger(document, templates)


def _templates(documents: tuple[Document, ...]) -> Mapping[str, Document]:
    """Analysis and metric templates by name."""
    kinds = {"AnalysisTemplate", "ClusterAnalysisTemplate", "MetricTemplate"}
    return {
        it.node.at("metadata", "name").text: it
        for it in documents
        if it.node.at("kind").text in kinds
    }


def _argo(document: Document, templates: Mapping[str, Document]) -> Iterator[Canary]:
    strategy = document.node.at("spec", "strategy", "canary")
    if not strategy:
        return
    steps = strategy.at("steps").items
    percents = tuple(int(it.at("setWeight").number or 0) for it in steps if it.at("setWeight"))
    analyses = [strategy.at("analysis"), *(it.at("analysis") for it in steps)]
    named = [
        template.at("templateName").text
        for analysis in analyses
        for template in analysis.at("templates").items
    ]
    known = [templates[name] for name in named if name in templates]
    watches: list[Watch] = []
    hollow: list[Neutraliser] = []
    for template in known:
        for metric in template.node.at("spec", "metrics").items:
            watches += _watch(metric, template.path, metric.at("provider"))
            hollow += _hollow(metric, template.path)
    yield Canary(
        tool="argo-rollouts",
        place=Place(document.path, strategy.line),
        percents=percents,
        watches=tuple(watches),
        neutralisers=tuple(hollow),
        analysis_elsewhere=len(known) < len(named),
    )


def _watch(metric: Node, path: str, query: Node) -> Iterator[Watch]:
    name = metric.at("name").text
    text = " ".join((name, *(node.text for node in query.walk())))
    yield Watch(signal=signal_of(name, text), name=name, place=Place(path, metric.line))


def signal_of(name: str, text: str) -> Signal:
    """What a metric speaks of: by its name, else by its query."""
    for source in (name, text):
        words = set(SEPARATORS.sub(" ", source).lower().split())
        for signal, telling in SIGNALS.items():
            if words & telling:
                return signal
    return Signal.OTHER


def _hollow(metric: Node, path: str) -> Iterator[Neutraliser]:
    """A limit nobody reaches, no condition at all, or no data taken as success."""
    if (metric.at("failureLimit").number or 0) >= LIMIT:
        place = Place(path, metric.line_of("failureLimit"))
        detail = f"failureLimit: {metric.at('failureLimit').text}"
        yield Neutraliser(kind=NeutraliserKind.FLAG, place=place, detail=detail)
    conditions = (metric.at("successCondition"), metric.at("failureCondition"))
    if not any(conditions):
        place = Place(path, metric.line)
        detail = f"{metric.at('name').text}: no successCondition"
        yield Neutraliser(kind=NeutraliserKind.REPORT_ONLY, place=place, detail=detail)
    success = conditions[0].text.replace(" ", "")
    if "len(result)==0||" in success or "isNaN(result[0])||" in success:
        place = Place(path, metric.line_of("successCondition"))
        yield Neutraliser(kind=NeutraliserKind.FLAG, place=place, detail=conditions[0].text[:80])


def _flagger(document: Document, templates: Mapping[str, Document]) -> Canary:
    analysis = document.node.at("spec", "analysis")
    analysis = analysis or document.node.at("spec", "canaryAnalysis")
    watches: list[Watch] = []
    missing = False
    for metric in analysis.at("metrics").items:
        reference = metric.at("templateRef", "name").text
        template = templates.get(reference)
        missing = missing or (bool(reference) and template is None)
        watches += _watch(metric, document.path, template.node if template else metric)
    top = int(analysis.at("maxWeight").number or 0)
    step = int(analysis.at("stepWeight").number or 0)
    percents = tuple(int(it.number or 0) for it in analysis.at("stepWeights").items)
    hollow: tuple[Neutraliser, ...] = ()
    if (analysis.at("threshold").number or 0) >= LIMIT or document.node.at(
        "spec", "skipAnalysis"
    ).text == "true":
        place = Place(document.path, analysis.line)
        kind = NeutraliserKind.FLAG
        hollow = (Neutraliser(kind=kind, place=place, detail="skipAnalysis / threshold"),)
    return Canary(
        tool="flagger",
        place=Place(document.path, analysis.line or document.node.line),
        percents=percents or (tuple(range(step, top + 1, step)) if step else ()),
        watches=tuple(watches),
        neutralisers=hollow,
        analysis_elsewhere=missing,
    )
