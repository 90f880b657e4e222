"""When a GitLab job runs: `rules`, `only`/`except`, `when`, and the `workflow` around it."""

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from tenken.config.node import Node
from tenken.pattern import Pattern, PatternError
from tenken.place import Place
from tenken.readiness.facts.pipeline import Neutraliser, NeutraliserKind, Occasion, PathFilter

COMPARISON = Pattern(r"^\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?\s*(?:(==|!=|=~|!~)\s*(.+))?$")
ANY = PathFilter()
PIPELINES: Mapping[Occasion, str] = {
    Occasion.PULL_REQUEST: "merge_request_event",
    Occasion.DEFAULT_BRANCH: "push",
    Occasion.BRANCH: "push",
    Occasion.TAG: "push",
    Occasion.SCHEDULE: "schedule",
    Occasion.MANUAL: "web",
}
REFS: Mapping[str, frozenset[Occasion]] = {
    "branches": frozenset({Occasion.PULL_REQUEST, Occasion.DEFAULT_BRANCH, Occasion.BRANCH}),
    "merge_requests": frozenset({Occasion.PULL_REQUEST}),
    "tags": frozenset({Occasion.TAG}),
    "schedules": frozenset({Occasion.SCHEDULE}),
    "web": frozenset({Occasion.MANUAL}),
    "pushes": frozenset({Occasion.DEFAULT_BRANCH, Occasion.BRANCH, Occasion.TAG}),
}
"""The words that `only` and `except` know besides names of branches."""
PUSHES = (Occasion.PULL_REQUEST, Occasion.DEFAULT_BRANCH, Occasion.BRANCH, Occasion.TAG)
"""A job without rules runs on every push, so on each push to the branch of a merge request."""


class Timing(Struct):
    """When a job runs."""

    surely: dict[Occasion, PathFilter] = field(default_factory=dict)
    perhaps: frozenset[Occasion] = frozenset()
    branches: tuple[str, ...] = ()
    manual: bool = False
    neutralisers: tuple[Neutraliser, ...] = ()


def timing_of(job: Node, root: Node, path: str, default_branch: str) -> Timing:
    """Tell on which occasions a job runs, for which paths, and whether a person starts it."""
    allowed = _workflow(root, path, default_branch)
    rules = job.at("rules")
    if "rules" in job.mapping:
        timing = _by_rules(rules, path, default_branch)
    elif job.at("only") or job.at("except"):
        timing = _by_refs(job, path, default_branch)
    else:
        timing = _plain(job, path)
    timing.surely = {it: paths for it, paths in timing.surely.items() if it in allowed}
    timing.perhaps &= allowed
    if not timing.surely and not timing.perhaps and not timing.neutralisers:
        place = Place(path, job.line_of("rules"))
        never = Neutraliser(kind=NeutraliserKind.NEVER, place=place, detail="rules")
        timing.neutralisers = (never,)
    return timing


def _workflow(root: Node, path: str, default_branch: str) -> frozenset[Occasion]:
    rules = root.at("workflow", "rules")
    if not rules:
        return frozenset(PIPELINES)
    timing = _by_rules(rules, path, default_branch)
    return frozenset(timing.surely) | timing.perhaps


def _plain(job: Node, path: str) -> Timing:
    when = job.at("when").text
    place = Place(path, job.line_of("when"))
    if when == "never":
        never = Neutraliser(kind=NeutraliserKind.NEVER, place=place, detail="when: never")
        return Timing(neutralisers=(never,))
    timing = Timing(surely=dict.fromkeys(PUSHES, ANY), manual=when == "manual")
    if when in {"always", "on_failure"}:
        anyway = Neutraliser(kind=NeutraliserKind.RUNS_ANYWAY, place=place, detail=f"when: {when}")
        timing.neutralisers = (anyway,)
    return timing


def _by_rules(rules: Node, path: str, default_branch: str) -> Timing:
    """The first rule that holds decides, for each occasion by itself."""
    timing = Timing()
    manual: set[Occasion] = set()
    for occasion in PIPELINES:
        rule, sure = _first(rules, occasion, default_branch)
        if rule is None or rule.at("when").text == "never":
            continue
        if rule.at("when").text == "manual":
            manual.add(occasion)
        if sure:
            timing.surely[occasion] = _changes(rule, path)
        else:
            timing.perhaps |= {occasion}
        timing.neutralisers += tuple(
            it for it in _allowed(rule, path) if it not in timing.neutralisers
        )
    timing.manual = bool(manual) and manual >= set(timing.surely)
    timing.branches = tuple(_named_branches(rules))
    return timing


def _first(rules: Node, occasion: Occasion, default_branch: str) -> tuple[Node | None, bool]:
    perhaps: Node | None = None
    for rule in rules.items:
        value = holds(rule.at("if").text, occasion, default_branch)
        if rule.at("exists") and value:
            value = None
        if value:
            return (rule, True) if perhaps is None else (perhaps, False)
        if value is None and perhaps is None:
            perhaps = rule
    return perhaps, False


def _allowed(rule: Node, path: str) -> Iterator[Neutraliser]:
    if rule.at("allow_failure").text == "true":
        yield Neutraliser(
            kind=NeutraliserKind.ALLOW_FAILURE,
            place=Place(path, rule.line_of("allow_failure")),
            detail="allow_failure: true",
        )


def _changes(rule: Node, path: str) -> PathFilter:
    changes = rule.at("changes")
    listed = changes.at("paths") or changes
    return PathFilter(
        include=tuple(it.text for it in listed.items),
        place=Place(path, rule.line_of("changes")),
    )


def _named_branches(rules: Node) -> Iterator[str]:
    for rule in rules.items:
        for part in rule.at("if").text.replace("||", "&&").split("&&"):
            found = COMPARISON.match(part.strip(" ()"))
            if found is None or found.group(1) not in {"CI_COMMIT_BRANCH", "CI_COMMIT_REF_NAME"}:
                continue
            if found.group(2) == "==" and (found.group(3) or "").startswith(("'", '"')):
                yield found.group(3).strip("'\" ")


def holds(text: str, occasion: Occasion, default_branch: str) -> bool | None:
    """Evaluate the `if:` of a rule on an occasion; None where it cannot be told."""
    if not text:
        return True
    return _any(_all(part, occasion, default_branch) for part in text.split("||"))


def _all(text: str, occasion: Occasion, default_branch: str) -> bool | None:
    values = [_one(part.strip(" ()"), occasion, default_branch) for part in text.split("&&")]
    if any(it is False for it in values):
        return False
    return None if any(it is None for it in values) else True


def _any(values: Iterator[bool | None]) -> bool | None:
    told = list(values)
    if any(told):
        return True
    return None if any(it is None for it in told) else False


def _one(text: str, occasion: Occasion, default_branch: str) -> bool | None:
    if text.strip("'\"").lower() in {"false", "0"} and text[:1] in {"'", '"'}:
        return True  # a string that is not empty; only a comparison can be false
    found = COMPARISON.match(text)
    if found is None:
        return _constants(text)
    name, operator, right = found.groups()
    known = _variables(occasion, default_branch)
    if name not in known:
        return None
    left = known[name]
    if not operator:
        return bool(left)
    if left is None:
        return operator in {"!=", "!~"}
    return _compared(left, operator, _value(right or "", known))


def _constants(text: str) -> bool | None:
    """`"a" == "b"`: two constants, as in a rule that can never hold."""
    for operator in ("==", "!="):
        left, found, right = text.partition(operator)
        if found and left.strip()[:1] in {"'", '"'} and right.strip()[:1] in {"'", '"'}:
            equal = left.strip().strip("'\"") == right.strip().strip("'\"")
            return equal if operator == "==" else not equal
    return None


def _value(text: str, known: Mapping[str, str | None]) -> str | None:
    text = text.strip()
    if text.startswith("$"):
        return known.get(text.strip("${}"), "\0unknown")
    return None if text == "null" else text.strip("'\"")


def _compared(left: str, operator: str, right: str | None) -> bool | None:
    if right == "\0unknown" or left == "\0any":
        return None
    if operator in {"==", "!="}:
        return (left == right) is (operator == "==")
    try:
        inside = bool(Pattern((right or "").strip("/").removesuffix("/i")).search(left))
    except PatternError:
        return None
    return inside is (operator == "=~")


def _variables(occasion: Occasion, default_branch: str) -> Mapping[str, str | None]:
    on_default = occasion in {Occasion.DEFAULT_BRANCH, Occasion.SCHEDULE, Occasion.MANUAL}
    branch = default_branch if on_default else "\0any" if occasion is Occasion.BRANCH else None
    request = occasion is Occasion.PULL_REQUEST
    tag = "v1.0.0" if occasion is Occasion.TAG else None
    return {
        "CI_PIPELINE_SOURCE": PIPELINES[occasion],
        "CI_COMMIT_BRANCH": branch,
        "CI_COMMIT_REF_NAME": branch or tag or "\0any",
        "CI_COMMIT_REF_SLUG": branch or tag or "\0any",
        "CI_DEFAULT_BRANCH": default_branch,
        "CI_COMMIT_TAG": tag,
        "CI_MERGE_REQUEST_ID": "1" if request else None,
        "CI_MERGE_REQUEST_IID": "1" if request else None,
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": default_branch if request else None,
        "CI_OPEN_MERGE_REQUESTS": None,
    }


def _by_refs(job: Node, path: str, default_branch: str) -> Timing:
    only, without = job.at("only"), job.at("except")
    wanted = _refs(only, default_branch) if only else frozenset(REFS["branches"] | REFS["tags"])
    wanted -= _refs(without, default_branch)
    changes = only.at("changes").items
    paths = PathFilter(include=tuple(it.text for it in changes), place=Place(path, only.line))
    names = tuple(it.text for it in (only.at("refs") or only).items if it.text not in REFS)
    return Timing(
        surely=dict.fromkeys(sorted(wanted), paths if changes else ANY),
        branches=names,
        manual=job.at("when").text == "manual",
    )


def _refs(node: Node, default_branch: str) -> frozenset[Occasion]:
    found: frozenset[Occasion] = frozenset()
    listed = node.at("refs") or node
    if listed.mapping:
        return REFS["branches"] | REFS["tags"]
    for it in listed.many:
        if it.text in REFS:
            found |= REFS[it.text]
        elif it.text in {default_branch, "main", "master", "$CI_DEFAULT_BRANCH"}:
            found |= {Occasion.DEFAULT_BRANCH}
        else:
            found |= {Occasion.BRANCH}
    return found
