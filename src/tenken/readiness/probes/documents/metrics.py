"""Whether metrics fit their task, are computed, and judges can be trusted."""

from collections.abc import Iterator
from itertools import islice

from tenken.evidence import Answer, Finding
from tenken.pattern import Pattern
from tenken.readiness.answers import declared, fails, gap, holds, lie, partly, seen, unknown
from tenken.readiness.facts.datasets import EvaluationConfig, MetricUse, Task
from tenken.readiness.facts.documents import Column, Subject
from tenken.readiness.facts.pipeline import Effect, Purpose
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.tree import Tree
from tenken.readiness.facts.words.models import canonical
from tenken.readiness.probes.documents.written import MOST_TOLD, models_in_use
from tenken.readiness.probes.pipeline.order import runs_for
from tenken.readiness.probes.pipeline.scoring import weaknesses
from tenken.sentence import say

UNFIT = {
    Task.CLASSIFICATION: Pattern(r"rouge|bleu|bert_?score|similar|rubric|judge|chrf"),
    Task.GENERATION: Pattern(
        r"^(exact_match|accuracy|equals|accuracy_score|string_match|levenshtein|em)$"
    ),
    Task.SAFETY: Pattern(r"^(accuracy|exact_match|rouge|bleu|f1|macro_f1)"),
}
BY_TOOL = frozenset({"promptfoo", "deepeval", "ragas"})
RUNNER = Pattern(
    r"(?m)^\s*(from|import) (evaltools|azure\.ai\.evaluation|mlflow|langfuse|phoenix|giskard)"
)
"""Tools that compute by name what a configuration given to them asks for."""
AGENT_EVALUATOR = "adk"
SCRIPT = "script"
EVALUATOR_IMPORT = Pattern(r"(?m)^\s*(from|import) google\.adk\.evaluation")
TAKEN_UNASKED = "test_config.json"
MAX_FILES = 50


def metrics_fit(survey: Survey, task: Task) -> Answer:
    """Metrics of a task fit it, have a threshold, are computed, and their judge is pinned."""
    uses = [
        (config, one)
        for config in survey.documents.evaluations
        for one in config.metrics
        if one.task is task
    ]
    if not uses:
        return _none(survey, task)
    flaws = (flaw for _, one in uses for flaw in (*_flaws(one), *_own_work(one, survey)))
    findings = tuple(flaws)[:MOST_TOLD]
    sound = [(config, one) for config, one in uses if not any(True for _ in _flaws(one))]
    remarks = tuple(
        seen("probes_6.metric_fits", one.place, metric=one.metric) for _, one in sound
    )[:MOST_TOLD]
    if not sound:
        return fails(*findings)
    computed = [(config, one) for config, one in sound if _is_computed(config, one, survey)]
    if not computed:
        return declared(*remarks)
    if not any(_by_itself(config, survey) for config, _ in computed):
        first = computed[0][1]
        findings = (*findings, gap("probes_6.metric_by_hand", first.place, metric=first.metric))
    if not any(one.threshold is not None for _, one in computed):
        findings = (
            *findings,
            gap(
                "probes_6.metric_without_threshold",
                computed[0][1].place,
                metric=computed[0][1].metric,
            ),
        )
    return partly(remarks, findings) if findings else holds(*remarks)


def _none(survey: Survey, task: Task) -> Answer:
    configs = [one for one in survey.documents.evaluations if one.metrics]
    if task is not Task.SAFETY and not _has_task(survey, task):
        return unknown(say(f"probes_6.no_{task.value}_metrics"))
    if configs:
        place = configs[0].metrics[0].place
        return fails(gap(f"probes_6.{task.value}_not_measured", place))
    return unknown(say(f"probes_6.no_{task.value}_metrics"))


def _has_task(survey: Survey, task: Task) -> bool:
    kinds = {
        Task.CLASSIFICATION: {"classification", "extraction"},
        Task.GENERATION: {"generation", "chat"},
    }
    said = {one.text(Column.CLASS) for one in survey.documents.on(Subject.TARGET)}
    return bool(said & kinds.get(task, set()))


def _flaws(one: MetricUse) -> Iterator[Finding]:
    pattern = UNFIT.get(one.task)
    if pattern is not None and pattern.search(one.metric):
        yield lie(f"probes_6.metric_unfit_for_{one.task.value}", one.place, metric=one.metric)
        return
    judge = one.judge
    if judge is None:
        return
    if not judge.pinned:
        model = judge.model or "?"
        yield lie("probes_6.judge_unpinned", judge.place, metric=one.metric, model=model)


def _own_work(one: MetricUse, survey: Survey) -> Iterator[Finding]:
    """A model that marks what it wrote itself measures something, and is never the whole of it."""
    judge = one.judge
    if judge and judge.pinned and canonical(judge.model) in models_in_use(survey):
        yield lie("probes_6.judge_is_the_model", judge.place, model=judge.model)


def _by_itself(config: EvaluationConfig, survey: Survey) -> bool:
    """Of the agent evaluator it is known which file of criteria it takes without being told."""
    if config.tool == SCRIPT:
        return _stops_a_pipeline(config, survey)
    if config.tool != AGENT_EVALUATOR:
        return True
    name = config.path.rpartition("/")[2]
    runs = runs_for(survey.pipeline, Purpose.EVALUATION)
    return any(name == TAKEN_UNASKED or name in it.run.command for it in runs)


def _stops_a_pipeline(config: EvaluationConfig, survey: Survey) -> bool:
    """A pipeline runs the script by itself, and its bad end is the pipeline's."""
    return any(
        it.run.evaluation is not None
        and config.path in it.run.evaluation.files
        and it.run.evaluation.effect is Effect.STOPS
        and not any(weaknesses(survey, it))
        for it in runs_for(survey.pipeline, Purpose.EVALUATION)
    )


def _is_computed(config: EvaluationConfig, one: MetricUse, survey: Survey) -> bool:
    """A tool computes what its own configuration names; of others, code must name the metric."""
    tree = survey.tree
    if config.tool in BY_TOOL or config.path.endswith(".py"):
        return True
    folder = config.path.rpartition("/")[0]
    if config.tool == AGENT_EVALUATOR:
        runs = runs_for(survey.pipeline, Purpose.EVALUATION)
        started = any(it.run.tool == "adk eval" for it in runs)
        return started or _is_imported(tree, folder.rpartition("/")[0])
    spelled = {one.metric, one.metric.replace("_", "-")}
    name = config.path.rpartition("/")[2]
    for entry in islice(tree.below(folder), MAX_FILES):
        text = tree.text(entry.path) if entry.suffix in {".py", ".ts", ".js"} else ""
        if not isinstance(text, str):
            continue
        if any(word in text for word in spelled) or (name in text and RUNNER.search(text)):
            return True
    return False


def _is_imported(tree: Tree, folder: str) -> bool:
    """Code beside the criteria, or a folder above, calls the agent evaluator."""
    code = (it for it in tree.below(folder) if it.suffix == ".py")
    texts = (tree.text(entry.path) for entry in islice(code, MAX_FILES))
    return any(isinstance(text, str) and EVALUATOR_IMPORT.search(text) for text in texts)
