"""What an inspection found, in the nouns of `tenken.yaml`: the ground that a draft is written on.

Nothing is guessed. A model whose name comes from a variable keeps the variable's name; what could
not be read is left empty, and the draft marks it for its author.
"""

import unicodedata
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.facts.calls import Flow, LlmCall, Origin, Stated
from tenken.readiness.facts.code import PeerKind
from tenken.readiness.facts.gateways import Product
from tenken.readiness.facts.monitoring import Objective
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.gateways.addresses import addresses
from tenken.readiness.probes.gateways.wiring import is_vendor

MOST = 30
"""Of each kind: a draft is for reading."""
NOT_IN_A_NAME = Pattern(r"[^a-z0-9_.-]+")
WINDOW = Pattern(r"^([0-9]{1,3})\s?(d|w|day|days)$")


class FoundModel(Struct, frozen=True, kw_only=True):
    """A model that the code calls."""

    id: str
    provider: str
    name: str
    """Empty where it is not known."""
    variable: str
    """The variable that its name comes from, where it does."""
    region: str
    place: Place


class FoundUse(Struct, frozen=True, kw_only=True):
    """A door of the application that leads to a model."""

    id: str
    found: str
    """`POST /chat`, or the function's name."""
    place: Place


class FoundRoute(Struct, frozen=True, kw_only=True):
    """A call of a model on the way from a use case."""

    name: str
    use_case: str
    targets: tuple[str, ...]
    timeout_s: float | None
    attempts: int | None
    place: Place


class FoundDataset(Struct, frozen=True, kw_only=True):
    """A file of examples."""

    name: str
    path: str
    kind: str
    sha256: str


class FoundSlo(Struct, frozen=True, kw_only=True):
    """An objective that states its target and its window."""

    name: str
    sli: str
    target_percent: float
    window_days: int
    place: Place


class FoundGateway(Struct, frozen=True, kw_only=True):
    """An address of nobody's that is known, to which the calls go."""

    url: str
    place: Place


class FoundDependency(Struct, frozen=True, kw_only=True):
    """Something outside the process."""

    id: str
    name: str
    is_model: bool
    place: Place


class Sketch(Struct, frozen=True, kw_only=True):
    """Everything a draft is written from."""

    name: str
    use_cases: tuple[FoundUse, ...]
    models: tuple[FoundModel, ...]
    routes: tuple[FoundRoute, ...]
    datasets: tuple[FoundDataset, ...]
    slos: tuple[FoundSlo, ...]
    behind: tuple[FoundGateway, ...] = ()
    behind_file: str = ""
    """The settings of another product's gateway."""
    dependencies: tuple[FoundDependency, ...]
    providers: tuple[str, ...]
    style: str
    """`sync`, `stream` or `async`; empty without a call."""
    stages: tuple[str, ...]
    incident_process: str

    @property
    def things(self) -> int:
        """How many things were found."""
        parts = (self.use_cases, self.models, self.routes, self.datasets, self.slos)
        return sum(len(part) for part in parts) + len(self.dependencies) + len(self.providers)


def sketch(survey: Survey, *, name: str) -> Sketch:
    """Gather what the survey found."""
    calls = [call for call in survey.code.generations if not call.is_fallback][:MOST]
    models = _Models()
    uses = _Uses(survey)
    routes = tuple(_routes(calls, models, uses))
    process = (one.path for one in survey.documents.documents if one.kind == "incident_process")
    stages = (one.stage for one in survey.infrastructure.workloads)
    return Sketch(
        name=slug(name) or "application",
        use_cases=tuple(uses.found.values()),
        models=tuple(models.found.values()),
        routes=routes,
        datasets=tuple(_datasets(survey))[:MOST],
        slos=tuple(_slos(survey.monitoring.objectives))[:MOST],
        behind=tuple(_behind(calls, survey))[:MOST],
        behind_file=next(_files_of_gateways(survey), ""),
        dependencies=tuple(_dependencies(survey))[:MOST],
        providers=tuple(sorted({slug(call.provider) for call in calls if slug(call.provider)})),
        style=_style(calls),
        stages=tuple(sorted({slug(stage) for stage in stages if slug(stage)}))[:MOST],
        incident_process=next(process, ""),
    )


def slug(text: str) -> str:
    """A text as a name: lower case, no white space, no sign that YAML or a path gives meaning."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return NOT_IN_A_NAME.sub("-", folded).strip("-._")[:60].strip("-._")


def free(name: str, taken: Iterable[str]) -> str:
    """The name, numbered where it is taken: `chat`, `chat-2`, `chat-3`."""
    used, number, chosen = set(taken), 1, name
    while chosen in used:
        number += 1
        chosen = f"{name}-{number}"
    return chosen


class _Models:
    """The models met so far, each once."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str, str], FoundModel] = {}

    def id_of(self, provider: str, stated: Stated, region: str, place: Place) -> str:
        known = stated.origin in {Origin.LITERAL, Origin.DEFAULT}
        name = stated.value if known else ""
        variable = stated.value if stated.origin is Origin.ENVIRONMENT else ""
        key = (provider, name or variable, region)
        if key not in self.found:
            wanted = slug(name) or slug(variable) or slug(f"{provider}-model") or "model"
            self.found[key] = FoundModel(
                id=free(wanted, (one.id for one in self.found.values())),
                provider=provider,
                name=name,
                variable=variable,
                region=region,
                place=stated.place or place,
            )
        return self.found[key].id


class _Uses:
    """The use cases met so far, by the door they are reached through."""

    def __init__(self, survey: Survey) -> None:
        self._doors = {route.name: route.place for route in survey.code.routes}
        self.found: dict[str, FoundUse] = {}

    def id_of(self, call: LlmCall) -> str:
        door = next(iter(call.routes), call.function)
        if door not in self.found:
            self.found[door] = FoundUse(
                id=free(_use_name(door), (one.id for one in self.found.values())),
                found=door,
                place=self._doors.get(door, call.place),
            )
        return self.found[door].id


def _use_name(door: str) -> str:
    """The last fixed part of a path or of a dotted name."""
    path = door.rpartition(" ")[2]
    parts = path.split("/") if "/" in path else path.split(".")
    fixed = [slug(part) for part in parts if "{" not in part and ":" not in part]
    return next((part for part in reversed(fixed) if part), "use-case")


def _routes(calls: Iterable[LlmCall], models: _Models, uses: _Uses) -> Iterator[FoundRoute]:
    taken: list[str] = []
    for call in calls:
        targets = _targets(call, models)
        name = free(_use_name(call.function), taken)
        taken.append(name)
        stated = (retry.attempts.number for retry in call.retries if not retry.unreachable)
        attempts = next((number for number in stated if number and 1 <= number <= 10), None)
        timeout = call.timeout.number if call.timeout.is_stated else None
        yield FoundRoute(
            name=name,
            use_case=uses.id_of(call),
            targets=targets,
            timeout_s=timeout if timeout and timeout > 0 else None,
            attempts=int(attempts) if attempts else None,
            place=call.place,
        )


def _targets(call: LlmCall, models: _Models) -> tuple[str, ...]:
    for name in call.model.among:  # each is in use; which answers when another fails is not said
        stated = replace(call.model, value=name)
        models.id_of(call.provider, stated, call.region, call.place)
    ids = [models.id_of(call.provider, call.model, call.region, call.place)]
    beside = [fallback.target for fallback in call.fallbacks if not fallback.unreachable]
    ids.extend(
        models.id_of(target.provider, target.model, target.region, call.place)
        for target in (*call.targets, *beside)
        if target is not None
    )
    return tuple(dict.fromkeys(ids))


def _datasets(survey: Survey) -> Iterator[FoundDataset]:
    taken: list[str] = []
    for dataset in survey.documents.datasets:
        stem = dataset.path.rpartition("/")[2].partition(".")[0]
        name = free(slug(stem) or "dataset", taken)
        taken.append(name)
        yield FoundDataset(name=name, path=dataset.path, kind=dataset.kind, sha256=dataset.sha256)


def _slos(objectives: Iterable[Objective]) -> Iterator[FoundSlo]:
    taken: list[str] = []
    for objective in objectives:
        days = _days(objective.window)
        share = objective.target.value if objective.target else None
        if not days or not share or not 0 < share < 1:
            continue
        name = free(slug(objective.name) or "slo", taken)
        taken.append(name)
        yield FoundSlo(
            name=name,
            sli=next((query.text for query in objective.queries), ""),
            target_percent=round(share * 100, 6),
            window_days=days,
            place=objective.place,
        )


def _behind(calls: Iterable[LlmCall], survey: Survey) -> Iterator[FoundGateway]:
    """The addresses that are no provider's, each once."""
    seen: set[str] = set()
    for one in (address for call in calls for address in addresses(call, survey)):
        if one.url and one.url.startswith("http") and one.url not in seen and not is_vendor(one):
            seen.add(one.url)
            yield FoundGateway(url=one.url, place=one.place)


def _files_of_gateways(survey: Survey) -> Iterator[str]:
    return (
        one.place.path for one in survey.gateways.gateways if one.product is not Product.TENKEN
    )


def _days(window: str) -> int:
    found = WINDOW.match(window.strip().lower())
    if found is None:
        return 0
    return int(found.group(1)) * (7 if found.group(2) == "w" else 1)


def _dependencies(survey: Survey) -> Iterator[FoundDependency]:
    seen: dict[str, FoundDependency] = {}
    for peer in survey.code.peers:
        if peer.name and peer.name not in seen:
            wanted = f"{slug(peer.name) or 'dependency'}-down"
            seen[peer.name] = FoundDependency(
                id=free(wanted, (one.id for one in seen.values())),
                name=peer.name,
                is_model=peer.kind is PeerKind.MODEL,
                place=peer.place,
            )
    yield from seen.values()


def _style(calls: list[LlmCall]) -> str:
    """How callers wait: a queue wins over a stream, a stream over a plain answer."""
    if not calls:
        return ""
    if any(call.flow is Flow.QUEUE for call in calls):
        return "async"
    return "stream" if any(call.streaming for call in calls) else "sync"
