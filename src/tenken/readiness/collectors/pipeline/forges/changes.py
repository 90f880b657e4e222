"""Conditions on what changed: a step compares the changed files with patterns, a job asks for it.

Such a job runs on its occasions for these files, exactly as if `paths:` stood at the event.
"""

from collections.abc import Iterator, Mapping

from tenken.config.node import ABSENT, Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.piece import Files
from tenken.readiness.collectors.pipeline.forges.expressions import Value, decide
from tenken.readiness.facts.pipeline import Occasion, PathFilter

COMPARED = frozenset({Occasion.PULL_REQUEST, Occasion.DEFAULT_BRANCH, Occasion.BRANCH})
"""Occasions on which there is something to compare with."""
CHANGED_FILES = frozenset({"tj-actions/changed-files", "step-security/changed-files"})
PATHS_FILTER = frozenset({"dorny/paths-filter", "step-security/paths-filter"})
ANY_CHANGED = ("any_changed", "any_modified")
OUTPUT = Pattern(r"\$\{\{ *steps\.([A-Za-z0-9_-]+)\.outputs\.([A-Za-z0-9_-]+) *\}\}")
BRACES = Pattern(r"^([^{}]*)\{([^{}]*)\}(.*)$")
MOST_SPELLINGS = 64


def changed_outputs(document: Node, path: str, files: Files) -> Mapping[str, PathFilter]:
    """`needs.JOB.outputs.NAME` for each output that says whether such files were changed."""
    found: dict[str, PathFilter] = {}
    for name, job in document.at("jobs").mapping.items():
        known = dict(_steps(job, path, files)) if job.at("outputs").mapping else {}
        for output, written in job.at("outputs").mapping.items():
            matched = OUTPUT.fullmatch(written.text.strip())
            paths = known.get((matched[1], matched[2])) if matched else None
            if paths is not None:
                found[f"needs.{name}.outputs.{output}"] = paths
    return found


def narrowed(
    text: str, values: Mapping[str, Value], changes: Mapping[str, PathFilter]
) -> PathFilter | None:
    """For which changed files a condition holds; None where more than that decides it."""
    names = [name for name in changes if name in text]
    none: dict[str, Value] = {**values, **dict.fromkeys(names, "false")}
    unchanged = decide(text, none).value
    enough = [name for name in names if decide(text, {**none, name: "true"}).value is True]
    if unchanged is None or not enough:
        return None
    if unchanged:  # files may still switch it off, unless each answer lets it run
        return PathFilter() if len(enough) == len(names) else None
    include = tuple(dict.fromkeys(it for name in enough for it in changes[name].include))
    return PathFilter(include=include, place=changes[enough[0]].place)


def _steps(job: Node, path: str, files: Files) -> Iterator[tuple[tuple[str, str], PathFilter]]:
    for step in job.at("steps").items:
        action = step.at("uses").text.partition("@")[0].lower()
        given = step.at("with")
        place = Place(path, step.line_of("uses"))
        for output, patterns in _outputs(action, given, files):
            include = tuple(it for pattern in patterns for it in _spelt_out(pattern))
            if include and not any(it.startswith("!") for it in include):
                paths = PathFilter(include=include, place=place)
                yield (step.at("id").text, output), paths


def _outputs(action: str, given: Node, files: Files) -> Iterator[tuple[str, tuple[str, ...]]]:
    if given.at("files_ignore") or given.at("predicate-quantifier").text == "every":
        return
    if action in PATHS_FILTER:
        for name, patterns in _written_out(given.at("filters").text, files).mapping.items():
            yield name, tuple(_patterns(patterns))
    elif action in CHANGED_FILES:
        whole = tuple(given.at("files").text.split())
        yield from ((output, whole) for output in ANY_CHANGED)
        for name, patterns in _written_out(given.at("files_yaml").text, files).mapping.items():
            several = tuple(_patterns(patterns))
            yield from ((f"{name}_{output}", several) for output in ANY_CHANGED)


def _written_out(text: str, files: Files) -> Node:
    """The filters: YAML inside the workflow, or the path of a file that holds it."""
    if "\n" not in text.strip() and ":" not in text:
        return files.yaml(text.strip()) if text.strip() else ABSENT
    documents = read_yaml(text)
    return ABSENT if isinstance(documents, YamlError) or not documents else documents[0]


def _patterns(node: Node) -> Iterator[str]:
    """A pattern, a list of them, or lists in lists where anchors are used."""
    if node.items:
        for one in node.items:
            yield from _patterns(one)
    elif node.mapping:  # `added|modified: 'src/**'`
        for kinds, one in node.mapping.items():
            yield from _patterns(one) if "modified" in kinds else ()
    elif node.text:
        yield node.text


def _spelt_out(pattern: str) -> Iterator[str]:
    """`*.{ts,tsx}` as two patterns."""
    pending = [pattern]
    for _ in range(MOST_SPELLINGS):
        if not pending:
            return
        one = pending.pop(0)
        found = BRACES.match(one)
        if found is None:
            yield one
        else:
            pending += [f"{found[1]}{choice}{found[3]}" for choice in found[2].split(",")]
