"""What starts a GitHub workflow: its `on:` as occasions, and what a condition sees on each."""

from collections.abc import Mapping

from msgspec import Struct, field

from tenken.config.node import Node
from tenken.place import Place
from tenken.readiness.collectors.pipeline.forges.expressions import SOMEONE, THIS_REPOSITORY, Value
from tenken.readiness.facts.pipeline import Occasion, PathFilter
from tenken.readiness.globs import matches

DEFAULT_BRANCHES = ("main", "master", "trunk")
CHANGING = frozenset({"opened", "synchronize", "reopened", "ready_for_review"})
SIMPLE: Mapping[str, Occasion] = {
    "schedule": Occasion.SCHEDULE,
    "workflow_dispatch": Occasion.MANUAL,
    "workflow_run": Occasion.AFTER,
    "release": Occasion.TAG,
    "create": Occasion.TAG,
}
EVENT_NAMES: Mapping[Occasion, str] = {
    Occasion.PULL_REQUEST: "pull_request",
    Occasion.DEFAULT_BRANCH: "push",
    Occasion.BRANCH: "push",
    Occasion.TAG: "push",
    Occasion.AFTER: "workflow_run",
    Occasion.SCHEDULE: "schedule",
    Occasion.MANUAL: "workflow_dispatch",
}


class Events(Struct, frozen=True, kw_only=True):
    """The occasions of a workflow."""

    occasions: Mapping[Occasion, PathFilter] = field(default_factory=dict)
    branches: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    default_branch: str = "main"
    called: bool = False
    """`workflow_call`: another workflow may run it."""
    released: bool = False
    """A TAG is a published release, not a push."""


def read_events(on: Node, path: str, known_default: str) -> Events:
    """Read `on:` in any of its three forms."""
    named = {it.text: it for it in on.many if it.text} or dict(on.mapping)
    branches = _names(named.get("push"), "branches")
    default = known_default or next((it for it in DEFAULT_BRANCHES if it in branches), "main")
    occasions: dict[Occasion, PathFilter] = {}
    for name, node in named.items():
        for occasion in _occasions(name, node, default, known=bool(known_default)):
            occasions.setdefault(occasion, _paths(node, path))
    return Events(
        occasions=occasions,
        branches=branches,
        after=_names(named.get("workflow_run"), "workflows"),
        default_branch=default,
        called="workflow_call" in named,
        released="release" in named,
    )


def _names(node: Node | None, key: str) -> tuple[str, ...]:
    return tuple(it.text for it in node.at(key).many) if node else ()


def _paths(node: Node, path: str) -> PathFilter:
    return PathFilter(
        include=_names(node, "paths"),
        exclude=_names(node, "paths-ignore"),
        place=Place(path, node.line_of("paths") if node.at("paths") else node.line),
    )


def _occasions(name: str, node: Node, default: str, *, known: bool) -> tuple[Occasion, ...]:
    if name == "push":
        return _push(node, default, known=known)
    if name in {"pull_request", "pull_request_target"}:
        return _pull_request(node, default)
    if name == "workflow_call":
        return ()
    return (SIMPLE.get(name, Occasion.OTHER),)


def _push(node: Node, default: str, *, known: bool) -> tuple[Occasion, ...]:
    branches = _names(node, "branches")
    ignored = _names(node, "branches-ignore")
    tags = _names(node, "tags")
    if not branches and not ignored:
        if tags or _names(node, "tags-ignore"):
            return (Occasion.TAG,)
        # Every push, so also each one to the branch of a pull request.
        return (Occasion.DEFAULT_BRANCH, Occasion.PULL_REQUEST, Occasion.BRANCH, Occasion.TAG)
    everywhere = bool({"**", "*"} & set(branches))
    on_default = _is_default(branches, default) if branches else not matches(ignored, default)
    # Where one of these is the default, the others are names of a branch that nobody pushes to.
    gone = {default, *(DEFAULT_BRANCHES if known else ())}
    others = [it for it in branches if it not in gone and not it.startswith("!")]
    found = [Occasion.DEFAULT_BRANCH] if on_default else []
    found += [Occasion.PULL_REQUEST] if everywhere or ignored else []
    found += [Occasion.BRANCH] if others or ignored else []
    found += [Occasion.TAG] if tags else []
    return tuple(found)


def _is_default(branches: tuple[str, ...], default: str) -> bool:
    return matches(branches, default) or "$default-branch" in branches


def _pull_request(node: Node, default: str) -> tuple[Occasion, ...]:
    types = set(_names(node, "types"))
    branches = _names(node, "branches")
    if branches and not _is_default(branches, default):
        return (Occasion.OTHER,)
    if types and not types & CHANGING:
        # Closed by a merge, which is a push to the branch that was asked for.
        return (Occasion.DEFAULT_BRANCH,) if "closed" in types else (Occasion.OTHER,)
    return (Occasion.PULL_REQUEST,)


def context(occasion: Occasion, events: Events) -> dict[str, Value]:
    """What `github.*` holds on an occasion; what is not here cannot be told."""
    name = EVENT_NAMES.get(occasion)
    values: dict[str, Value] = {
        "github.repository": THIS_REPOSITORY,
        "github.event.pull_request.head.repo.full_name": THIS_REPOSITORY,
        "github.event.repository.full_name": THIS_REPOSITORY,
        "github.actor": SOMEONE,
        "github.triggering_actor": SOMEONE,
        "github.event.pull_request.user.login": SOMEONE,
        "github.event.pull_request.draft": False,
        "github.event.pull_request.merged": occasion is Occasion.DEFAULT_BRANCH,
        "github.event.workflow_run.conclusion": "success",
        "github.event.repository.default_branch": events.default_branch,
    }
    if name is not None:
        values["github.event_name"] = name
    ref = _ref(occasion, events)
    if ref:
        values["github.ref"] = ref
        values["github.ref_name"] = ref.split("/", 2)[2]
        values["github.ref_type"] = "tag" if occasion is Occasion.TAG else "branch"
    if occasion is Occasion.PULL_REQUEST:
        values["github.base_ref"] = events.default_branch
    if occasion is Occasion.TAG and events.released:
        values["github.event_name"] = "release"
    return values


def _ref(occasion: Occasion, events: Events) -> str:
    if occasion in {Occasion.DEFAULT_BRANCH, Occasion.SCHEDULE, Occasion.MANUAL, Occasion.AFTER}:
        return f"refs/heads/{events.default_branch}"
    if occasion is Occasion.PULL_REQUEST:
        return "refs/pull/1/merge"
    if occasion is Occasion.TAG:
        return "refs/tags/v1.0.0"
    others = [it for it in events.branches if it != events.default_branch and "*" not in it]
    return f"refs/heads/{others[0]}" if occasion is Occasion.BRANCH and others else ""
