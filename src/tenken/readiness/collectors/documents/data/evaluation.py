"""Reads what evaluations measure: promptfoo, deepeval, ragas, metric functions, own files."""

# ruff: noqa: E501 - a vocabulary reads best with one meaning a line

import ast
import re
from collections.abc import Iterator

from tenken.config.node import ABSENT, Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.documents.data.criteria import agent_criteria, is_agent_criteria
from tenken.readiness.collectors.documents.data.measured import may_measure, measured_by_script
from tenken.readiness.collectors.documents.data.measures import (
    measured_by,
    metric_name,
    task_of,
)
from tenken.readiness.collectors.documents.moving import NOWHERE, moved
from tenken.readiness.collectors.documents.statements import resolve
from tenken.readiness.facts.datasets import EvaluationConfig, Judge, MetricUse, RunRecord, Task
from tenken.readiness.facts.tree import Entry, Role, Tree
from tenken.readiness.facts.words.figures import is_blank, number_in
from tenken.readiness.facts.words.models import is_pinned
from tenken.remembered import remembered

EVALUATION_PATH = Pattern(
    r"(?i)((^|[/_.-])evals?([/_.-]|$)|evaluat|promptfoo|deepeval|ragas|評価)"
)
RECORDED = frozenset({".py", ".json", ".jsonl", ".yaml", ".yml"})
PROMPTFOO_NAME = Pattern(r"(?i)promptfoo.*\.(ya?ml|json)$")
SCORERS = Pattern(
    r"(deepeval|ragas|sklearn\.metrics|rouge|sacrebleu|bert_score|mlflow|evaluate\.load|f1_score|Metric\("
    r"|_evaluation\(|_?evaluator\(|Evaluator\(|_scores?\(|_judge\(|RedTeam\()"
)
MAX_SIZE = 300_000

TYPES = {
    "classification": Task.CLASSIFICATION, "extraction": Task.CLASSIFICATION, "分類": Task.CLASSIFICATION,
    "routing": Task.CLASSIFICATION, "抽出": Task.CLASSIFICATION,
    "generation": Task.GENERATION, "chat": Task.GENERATION, "summarization": Task.GENERATION,
    "qa": Task.GENERATION, "search": Task.GENERATION, "生成": Task.GENERATION,
    "safety": Task.SAFETY, "安全性": Task.SAFETY, "安全": Task.SAFETY,
}  # fmt: skip
JUDGED = Pattern(
    r"(?i)rubric|g_?eval|judge|model_?graded|factuality|closedqa|answer_relevance|context_faithful|select_best"
)
JUDGE_KEYS = ("judge_model", "judge", "grader", "evaluator_model", "評価モデル")
METRIC_KEYS = ("metric", "metrics", "requested_metrics", "scorer", "scorers", "指標")
THRESHOLD_KEYS = (
    "threshold",
    "min",
    "minimum",
    "pass_mark",
    "max",
    "at_least",
    "しきい値",
    "閾値",
)
AGREEMENT_KEYS = ("agreement", "human_agreement", "kappa", "agreement_with_humans", "一致率")
RUBRIC_KEYS = ("rubric", "criteria", "prompt", "value", "rubric_file", "採点基準")


def find_evaluations(tree: Tree) -> tuple[EvaluationConfig, ...]:
    """Every file that says which metrics an evaluation computes."""
    return tuple(
        found for entry in _candidates(tree) for found in _found(tree, entry) if found.metrics
    )


def _candidates(tree: Tree) -> Iterator[Entry]:
    for entry in tree.entries:
        if entry.role is Role.EXAMPLE or entry.size > MAX_SIZE:
            continue
        if entry.suffix in {".yaml", ".yml", ".json", ".py"} and EVALUATION_PATH.search(
            entry.path
        ):
            yield entry


def _found(tree: Tree, entry: Entry) -> Iterator[EvaluationConfig]:
    text = tree.text(entry.path)
    if not isinstance(text, str):
        return
    if entry.suffix == ".py":
        yield from moved(_python(text), entry.path)
    elif (found := _read(tree, entry, text)) is not None:
        yield found


def _read(tree: Tree, entry: Entry, text: str) -> EvaluationConfig | None:
    if not any(word in text for word in ("metric", "assert", "指標", "criteria")):
        return None
    documents = read_yaml(text)
    if isinstance(documents, YamlError) or not documents:
        return None
    document = documents[0]
    if document.at("tests") and (document.at("prompts") or PROMPTFOO_NAME.search(entry.path)):
        return _promptfoo(tree, entry.path, document)
    if is_agent_criteria(document):
        return agent_criteria(entry.path, document)
    return EvaluationConfig(
        path=entry.path,
        tool="own",
        metrics=tuple(_own(entry.path, document, Task.UNKNOWN)),
    )


# -- files of one's own


def _own(
    path: str, node: Node, task: Task, *, use_case: str = "", depth: int = 0
) -> Iterator[MetricUse]:
    if depth > 6:
        return
    task = TYPES.get(_first(node, ("type", "task", "task_type", "kind")).text.lower(), task)
    for key in METRIC_KEYS:
        yield from _own_metrics(path, node, key, task=task, use_case=use_case)
    for key, value in node.mapping.items():
        if key not in METRIC_KEYS:
            named = use_case if key in {"tasks", "use_cases", "evaluations", "gates"} else key
            yield from _own(path, value, task, use_case=named, depth=depth + 1)
    for value in node.items:
        named = value.at("use_case").text or value.at("name").text or use_case
        yield from _own(path, value, task, use_case=named, depth=depth + 1)


def _own_metrics(
    path: str, node: Node, key: str, *, task: Task, use_case: str
) -> Iterator[MetricUse]:
    value = node.at(key)
    named = [(one.text, one, node) for one in value.many if one.text and not one.mapping]
    named += [
        (_first(one, ("name", "metric", "type")).text, one, one)
        for one in value.items
        if one.mapping
    ]
    named += [
        (name, one, one if one.mapping else Node({"threshold": one}))
        for name, one in value.mapping.items()
    ]
    for name, at, holder in named:
        if not name or is_blank(name):
            continue
        metric = metric_name(name)
        threshold = number_in(_first(holder, THRESHOLD_KEYS).text)
        yield MetricUse(
            place=Place(path, at.line or node.line_of(key)),
            metric=metric,
            task=task if task is not Task.UNKNOWN else task_of(metric),
            use_case=use_case,
            threshold=threshold,
            judge=_judge(path, holder, node, metric),
        )


def _first(node: Node, keys: tuple[str, ...]) -> Node:
    return next((node.at(key) for key in keys if node.at(key)), ABSENT)


def _judge(path: str, holder: Node, above: Node, metric: str) -> Judge | None:
    said = _first(holder, JUDGE_KEYS) or _first(above, JUDGE_KEYS)
    if not said and not JUDGED.search(metric):
        return None
    model = said.at("model").text or said.text
    homes = (said, holder, above)
    return Judge(
        place=Place(path, said.line or holder.line or above.line),
        model=model,
        pinned=is_pinned(model),
        rubric=any(_first(home, RUBRIC_KEYS).text for home in homes),
        agreement=next(
            (text for home in homes if (text := _first(home, AGREEMENT_KEYS).text)), ""
        ),
    )


# -- promptfoo


def _promptfoo(tree: Tree, path: str, document: Node) -> EvaluationConfig:
    grader = document.at("defaultTest", "options", "provider")
    asserts = list(document.at("defaultTest", "assert").items)
    for test in document.at("tests").items[:500]:
        asserts.extend(test.at("assert").items)
        asserts.extend(test.at("assertScoringFunction").items)
    files = [one.text.removeprefix("file://") for one in document.at("tests").many if one.text]
    return EvaluationConfig(
        path=path,
        tool="promptfoo",
        metrics=tuple(_assertion(path, one, grader) for one in asserts if one.at("type").text),
        datasets=tuple(resolve(tree, path, file, 0).path for file in files),
    )


def _assertion(path: str, node: Node, grader: Node) -> MetricUse:
    metric = metric_name(node.at("type").text.removeprefix("not-"))
    own = node.at("provider") or grader
    model = own.at("id").text or own.text
    judged = bool(JUDGED.search(metric))
    place = Place(path, node.line)
    rubric = bool(node.at("value").text)
    return MetricUse(
        place=place,
        metric=metric,
        task=task_of(metric_name(node.at("metric").text) or metric) if judged else task_of(metric),
        threshold=node.at("threshold").number,
        judge=Judge(place=place, model=model, pinned=is_pinned(model), rubric=rubric)
        if judged
        else None,
    )


# -- Python: deepeval, ragas and metric functions


@remembered
def _python(text: str) -> tuple[EvaluationConfig, ...]:
    """What tools compute for it, and what it works out itself; wherever it lies."""
    called = bool(SCORERS.search(text))
    tree = parsed(text) if called or may_measure(text) else None
    if tree is None:
        return ()
    found: list[EvaluationConfig] = []
    if called:
        tool = next((name for name in ("deepeval", "ragas") if name in text), "own")
        metrics = tuple(_calls(NOWHERE, tree))
        found.append(EvaluationConfig(path=NOWHERE, tool=tool, metrics=metrics))
    own = measured_by_script(NOWHERE, tree)
    return tuple(found) if own is None else (*found, own)


def parsed(text: str) -> ast.Module | None:
    """The syntax tree of a module, or None; nothing in it is run."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


METRIC_FUNCTIONS = frozenset({
    "f1_score", "precision_score", "recall_score", "accuracy_score", "classification_report",
    "precision_recall_fscore_support", "corpus_bleu", "sentence_bleu", "corpus_chrf", "bert_score",
    "Faithfulness", "AnswerRelevancy", "ResponseRelevancy", "AnswerCorrectness", "FactualCorrectness",
    "ContextPrecision", "ContextRecall", "SemanticSimilarity", "GEval", "AspectCritic", "RubricsScore",
})  # fmt: skip
WORD_BREAK = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z])"
)  # on identifiers of a syntax tree: short, and ours to split


def _calls(path: str, tree: ast.Module) -> Iterator[MetricUse]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = (
            node.func.attr
            if isinstance(node.func, ast.Attribute)
            else getattr(node.func, "id", "")
        )
        if name in METRIC_FUNCTIONS or (name.endswith("Metric") and len(name) > len("Metric")):
            yield _called(path, node, name)
        elif (own := metric_name(WORD_BREAK.sub("_", measured_by(name)))) and (
            task := task_of(own)
        ) is not Task.UNKNOWN:
            yield MetricUse(place=Place(path, node.lineno), metric=own, task=task)


def _called(path: str, node: ast.Call, name: str) -> MetricUse:
    given = {one.arg: one.value for one in node.keywords if one.arg}
    metric = metric_name(WORD_BREAK.sub("_", name.removesuffix("Metric")))
    model = _constant(given.get("model")) or _constant(given.get("llm"))
    threshold = _constant(given.get("threshold"))
    place = Place(path, node.lineno)
    task = task_of(metric)
    judged = task is not Task.CLASSIFICATION and "bleu" not in metric and "chrf" not in metric
    rubric = bool({"criteria", "evaluation_steps", "rubric", "rubrics", "definition"} & set(given))
    judge = Judge(
        place=place, model=model, pinned=is_pinned(model), rubric=rubric or name != "GEval"
    )
    return MetricUse(
        place=place,
        metric=metric,
        task=task,
        threshold=number_in(threshold),
        judge=judge if judged else None,
    )


def _constant(node: ast.expr | None) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ""


# -- records of runs

IDENTIFIERS = (
    ("prompt", Pattern(r"(?i)^prompt(_?(sha256|hash|version|id|digest|commit|ref))$|^prompts?_sha$")),
    ("model", Pattern(r"(?i)^(model|model_?(name|id|version)|resolved_model)$")),
    ("dataset", Pattern(r"(?i)^(data_?set|data|golden)_?(sha256|hash|version|id|digest|ref)$")),
    ("parameters", Pattern(r"(?i)^(temperature|params|parameters|model_?params|max_tokens|seed|generation_config)$")),
    ("result", Pattern(r"(?i)^(scores?|results?|metrics?|accuracy|(macro_?)?f1|pass_?rate|passed)$")),
)  # fmt: skip
RECORD_HINT = Pattern(
    r"(?i)(prompt_?(sha|hash|version|id|digest)|dataset_?(sha|hash|version|id|digest))"
)


def find_run_records(tree: Tree) -> tuple[RunRecord, ...]:
    """Records of evaluation runs, and the code that writes them with all their keys."""
    found: list[RunRecord] = []
    for entry in tree.entries:
        if entry.role is Role.EXAMPLE or entry.size > MAX_SIZE or entry.suffix not in RECORDED:
            continue
        if not EVALUATION_PATH.search(entry.path):
            continue
        text = tree.text(entry.path)
        if isinstance(text, str) and RECORD_HINT.search(text):
            found.extend(_records(entry, text))
    return tuple(found)


def _records(entry: Entry, text: str) -> Iterator[RunRecord]:
    if entry.suffix == ".py":
        tree = parsed(text)
        keyed = _keys_of_code(tree) if tree else ()
    else:
        keyed = _keys_of_data(text)
    for line, keys in keyed:
        record = _record(Place(entry.path, line), keys)
        if record.prompt and (record.model or record.dataset):
            yield record


def _keys_of_code(tree: ast.Module) -> Iterator[tuple[int, dict[str, str]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            yield node.lineno, {_constant(key): "" for key in node.keys if key is not None}
        elif isinstance(node, ast.Call) and len(node.keywords) > 2:
            yield node.lineno, {one.arg: "" for one in node.keywords if one.arg}
        elif isinstance(node, ast.ClassDef):
            fields = [one for one in node.body if isinstance(one, ast.AnnAssign)]
            yield (
                node.lineno,
                {one.target.id: "" for one in fields if isinstance(one.target, ast.Name)},
            )


def _keys_of_data(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    documents = read_yaml(text.splitlines()[0] if text.startswith("{") and "\n{" in text else text)
    if isinstance(documents, YamlError):
        return
    for document in documents[:20]:
        for node in (document, *document.items[:20]):
            said = {
                key: value.text or ("…" if value else "") for key, value in node.mapping.items()
            }
            nested = {k: v.text for one in node.mapping.values() for k, v in one.mapping.items()}
            yield node.line, {**nested, **said}


def _record(place: Place, keys: dict[str, str]) -> RunRecord:
    held = {name: key for name, pattern in IDENTIFIERS for key in keys if pattern.search(key)}
    return RunRecord(
        place=place,
        prompt=held.get("prompt", ""),
        model=held.get("model", ""),
        dataset=held.get("dataset", ""),
        parameters="parameters" in held,
        result="result" in held,
    )
