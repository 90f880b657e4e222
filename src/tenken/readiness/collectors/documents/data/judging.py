"""Finds the prompts of judges that are kept as files, one for each thing they grade."""

from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.documents.data.measures import metric_name, task_of
from tenken.readiness.facts.datasets import EvaluationConfig, MetricUse, Task
from tenken.readiness.facts.tree import Entry, Role, Tree

JUDGE_PROMPT = Pattern(
    r"(?i)(^|/)[^/]*eval[^/]*/(.*/)?(prompts?|metrics|judges?|rubrics?|evaluators)/"
)
SUFFIXES = frozenset({".md", ".txt", ".prompt", ".prompty", ".jinja", ".j2"})
GRADES = Pattern(r"(?i)\bscor(e|ing)\b|\brat(e|ing)\b|criteria|rubric|採点|評価基準")
MAX_SIZE = 100_000


def find_judge_prompts(tree: Tree) -> tuple[EvaluationConfig, ...]:
    """Prompts that grade answers, where code of the same evaluation reads their folder."""
    by_folder: dict[str, list[MetricUse]] = {}
    for entry in tree.entries:
        if use := _graded(tree, entry):
            by_folder.setdefault(entry.path.rpartition("/")[0], []).append(use)
    readers = ((_reader(tree, folder), uses) for folder, uses in by_folder.items())
    return tuple(
        EvaluationConfig(path=path, tool="own", metrics=tuple(uses))
        for path, uses in readers
        if path
    )


def _graded(tree: Tree, entry: Entry) -> MetricUse | None:
    is_prompt = entry.suffix in SUFFIXES and bool(JUDGE_PROMPT.search(entry.path))
    if not is_prompt or entry.role is Role.EXAMPLE or entry.size > MAX_SIZE:
        return None
    metric = metric_name(entry.name.removesuffix(entry.suffix))
    text = tree.text(entry.path)
    task = task_of(metric)
    if task is Task.UNKNOWN or not isinstance(text, str) or not GRADES.search(text):
        return None
    return MetricUse(place=Place(entry.path, 1), metric=metric, task=task)


def _reader(tree: Tree, folder: str) -> str:
    """The Python file in the folder or the one above that opens the prompts of the folder."""
    above, _, name = folder.rpartition("/")
    words = (f'"{name}"', f"'{name}'", f"{name}/") if name else ()
    for entry in tree.below(above):
        text = tree.text(entry.path) if entry.suffix == ".py" else ""
        if isinstance(text, str) and any(word in text for word in words):
            return entry.path
    return ""
