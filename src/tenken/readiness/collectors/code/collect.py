"""The application's code as facts: modules are read once, each question has its own collector."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from tenken.readiness.collectors.code import (
    declared,
    logs,
    peers,
    testcases,
    weights,
)
from tenken.readiness.collectors.code import secrets as secret_shapes
from tenken.readiness.collectors.code.absence.proof import models_absent
from tenken.readiness.collectors.code.access import Access
from tenken.readiness.collectors.code.doors.by_hand import ByHand
from tenken.readiness.collectors.code.doors.door import Door
from tenken.readiness.collectors.code.foreign import typescript
from tenken.readiness.collectors.code.foreign.signs import signs
from tenken.readiness.collectors.code.guarding.found import Known
from tenken.readiness.collectors.code.guarding.guards import Guards
from tenken.readiness.collectors.code.guarding.lengths import Lengths
from tenken.readiness.collectors.code.guarding.tripwires import Tripwires
from tenken.readiness.collectors.code.metrics import Metrics
from tenken.readiness.collectors.code.models.calls import Calls
from tenken.readiness.collectors.code.prompting.named import named
from tenken.readiness.collectors.code.prompting.places import PromptPlaces
from tenken.readiness.collectors.code.prompting.prompts import Prompts
from tenken.readiness.collectors.code.reading import Reading, read, test_modules
from tenken.readiness.collectors.code.routes import Routes, reaching
from tenken.readiness.collectors.code.traces.log_files import LogFiles
from tenken.readiness.collectors.code.traces.propagations import Propagations
from tenken.readiness.collectors.code.traces.spans import Spans
from tenken.readiness.collectors.code.traces.traces import Traces
from tenken.readiness.collectors.code.trust import certificates
from tenken.readiness.collectors.code.trust.given_keys import keys_given
from tenken.readiness.collectors.code.trust.origins import open_origins
from tenken.readiness.collectors.code.trust.shared_keys import shared_keys
from tenken.readiness.collectors.code.trust.signed import signed
from tenken.readiness.collectors.code.use import Uses
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.taint import Taint
from tenken.readiness.facts.calls import LlmCall
from tenken.readiness.facts.code import (
    CodeFacts,
    Dependency,
    ForeignCall,
    Secret,
    TestCase,
    TokenCheck,
    WeightFile,
    WeightLoad,
)
from tenken.readiness.facts.tree import Tree

SHARES = 4
"""In how many parts tests are asked."""
SMALLEST_SHARE = 40
"""Files of tests; with fewer, what several of them lead to is followed more than once."""


class Begun(Struct, frozen=True, eq=False):
    """What every question on code starts from."""

    reading: Reading
    calls: Calls


class Told(Struct, frozen=True, kw_only=True):
    """What syntax trees of production modules tell, by who asked them."""

    calls: CodeFacts
    around: CodeFacts
    traces: CodeFacts


class Apart(Struct, frozen=True, kw_only=True):
    """What needs no syntax tree at all."""

    secrets: tuple[Secret, ...]
    weight_files: tuple[WeightFile, ...]
    weights_served: tuple[WeightLoad, ...]
    dependencies: tuple[Dependency, ...]
    foreign_calls: tuple[ForeignCall, ...]


def collect(tree: Tree) -> CodeFacts:
    """Give everything the code tells; it is read, never run."""
    begun = begin(tree)
    tests = told_by_tests(begun, begun.reading.testing)
    told = Told(calls=told_by(begun), around=told_around(begun), traces=told_of_traces(begun))
    return whole(begun, told, told_apart(begun), tests)


def begin(tree: Tree) -> Begun:
    """Read the modules that matter."""
    reading = read(tree)
    return Begun(reading, Calls(reading.follower))


def told_apart(begun: Begun) -> Apart:
    """Ask what needs no syntax tree."""
    tree = begun.reading.tree
    return Apart(
        secrets=tuple(secret_shapes.secrets(tree)),
        weight_files=tuple(weights.files(tree)),
        weights_served=tuple(weights.served(tree)),
        dependencies=tuple(declared.dependencies(tree)),
        foreign_calls=tuple(typescript.foreign_calls(tree)),
    )


def share_of_tests(begun: Begun, number: int) -> tuple[str, ...]:
    """The files of tests in one share of them, in their order; none where there are few."""
    files = begun.reading.testing
    size = max(SMALLEST_SHARE, -(-len(files) // SHARES))
    return files[number * size : (number + 1) * size]


def told_by_tests(begun: Begun, files: tuple[str, ...]) -> tuple[TestCase, ...]:
    """Ask the tests in some files."""
    return tuple(testcases.tests(test_modules(begun.reading, files), begun.calls))


def whole(begun: Begun, told: Told, apart: Apart, tests: tuple[TestCase, ...]) -> CodeFacts:
    """Join what was told, and prove the absence of models where none was seen."""
    reading = begun.reading
    around, traces = told.around, told.traces
    facts = replace(
        told.calls,
        limiters=around.limiters,
        logs=traces.logs,
        server_logs=traces.server_logs,
        log_ids=traces.log_ids,
        tracings=traces.tracings,
        propagations=traces.propagations,
        span_fields=traces.span_fields,
        environment=around.environment,
        metrics=around.metrics,
        open_origins=around.open_origins,
        unchecked_tls=around.unchecked_tls,
        secrets=(*apart.secrets, *around.secrets),
        weight_files=apart.weight_files,
        weight_loads=(*around.weight_loads, *apart.weights_served),
        dependencies=apart.dependencies,
        foreign_calls=apart.foreign_calls,
        tests=tests,
    )
    if facts.foreign_calls and not facts.calls:
        facts = replace(facts, foreign_signs=tuple(signs(reading.tree)))
    if facts.calls or facts.foreign_calls or facts.unjudged:
        return facts
    return replace(facts, models_absent=models_absent(reading.tree, facts.dependencies))


def told_by(begun: Begun) -> CodeFacts:
    """Ask production modules for their calls of models and for what leads to them."""
    reading, calls = begun.reading, begun.calls
    served = reading.production
    opened = Routes(reading).all()
    known, never_made = _made(reading, calls, opened)
    entered = _entered(known, calls)
    doors = reaching(opened, entered)
    routed = _with_routes(known, doors, entered)
    known = _with_spans(routed, Spans(reading, calls.around))
    facts = tuple(one.fact for one in known)
    taint = Taint(reading.follower, frozenset(door.function for door in doors))
    doors = _with_lengths(doors, Lengths(reading.follower, taint))
    prompts, mixings = Prompts(reading, calls, taint).of(served)
    prompts = (*prompts, *named(reading.tree, facts))
    prompts = (*prompts, *PromptPlaces(reading).beside(prompts))
    return CodeFacts(
        python_files=reading.python_files,
        calls=facts,
        calls_never_made=never_made,
        unjudged=reading.unjudged,
        prompts=prompts,
        mixings=mixings,
        routes=tuple(door.route for door in doors),
        guards=(
            *Guards(reading, calls).all(known),
            *Tripwires(reading.follower, served).all(known),
        ),
        token_checks=tuple(_token_checks(reading)),
        prints=tuple(logs.prints(served, _serving(reading, doors, entered))),
        peers=tuple(peers.peers(reading, facts)),
    )


def told_around(begun: Begun) -> CodeFacts:
    """Ask production modules for what does not have to know the calls of models."""
    reading = begun.reading
    served = reading.production
    return CodeFacts(
        secrets=(*secret_shapes.key_logins(reading), *keys_given(reading)),
        limiters=tuple(peers.limiters(reading)),
        weight_loads=tuple(weights.loads(reading)),
        environment=tuple(peers.environment(reading)),
        metrics=tuple(Metrics(reading).all()),
        open_origins=tuple(open_origins(served, reading.follower)),
        unchecked_tls=tuple(certificates.unchecked(served)),
    )


def told_of_traces(begun: Begun) -> CodeFacts:
    """Ask production modules what they log and trace."""
    reading = begun.reading
    traces, log = Traces(reading), logs.Logs(reading)
    return CodeFacts(
        logs=(*log.setups(), *LogFiles(reading).setups()),
        server_logs=tuple(log.of_server()),
        log_ids=tuple(log.ids()),
        tracings=traces.all(),
        propagations=tuple(Propagations(reading).all()),
        span_fields=tuple(traces.fields()),
    )


def _token_checks(reading: Reading) -> Iterator[TokenCheck]:
    access = Access(reading.follower)
    for module in reading.production:
        yield from access.checks(module, reading.library_calls(module))
    yield from shared_keys(reading.production)
    yield from signed(reading)


def _made(
    reading: Reading, calls: Calls, doors: tuple[Door, ...]
) -> tuple[list[Known], tuple[LlmCall, ...]]:
    """Calls, and apart from them those of a served application in functions that nothing enters.

    Without doors who comes in, and where, is not known: then every call counts.
    """
    every = [Known(*found) for module in reading.production for found in calls.of(module)]
    uses = Uses(reading)
    made = [one for one in every if uses.is_entered(one.scope)] if doors else every
    if not made or len(made) == len(every):
        return every, ()
    return made, tuple(one.fact for one in every if not uses.is_entered(one.scope))


def _entered(known: list[Known], calls: Calls) -> dict[Function, set[int]]:
    """Give, for each function, the model calls that can be reached from it."""
    found: dict[Function, set[int]] = {}
    for number, one in enumerate(known):
        for link in calls.around.links(one.call, one.scope):
            found.setdefault(link.scope, set()).add(number)
    return found


def _with_routes(
    known: list[Known], doors: tuple[Door, ...], entered: dict[Function, set[int]]
) -> list[Known]:
    names: dict[int, list[str]] = {}
    for door in doors:
        for number in entered.get(door.function, ()):
            names.setdefault(number, []).append(door.route.name)
    return [
        Known(
            one.call,
            one.scope,
            replace(one.fact, routes=tuple(dict.fromkeys(names.get(number, ())))),
        )
        for number, one in enumerate(known)
    ]


def _with_spans(known: list[Known], spans: Spans) -> list[Known]:
    return [Known(one.call, one.scope, replace(one.fact, span=spans.of(one))) for one in known]


def _with_lengths(doors: tuple[Door, ...], lengths: Lengths) -> tuple[Door, ...]:
    """Routes whose types set no bound, where code on the way to a model does."""
    return tuple(
        Door(replace(door.route, validates_input=True), door.function)
        if door.route.reaches_model
        and not door.route.validates_input
        and lengths.refused(door.function)
        else door
        for door in doors
    )


def _serving(
    reading: Reading, doors: tuple[Door, ...], entered: dict[Function, set[int]]
) -> frozenset[Function]:
    """Functions that run while a request is served: handlers, and what leads to a model call.

    Where there are doors, what only a command line of the repository's starts is not served.
    """
    handlers = frozenset(door.function for door in doors)
    leading = frozenset(function for function in entered if function.node is not None)
    by_hand = ByHand(reading, handlers)
    return handlers | {one for one in leading if not (handlers and by_hand.starts(one))}
