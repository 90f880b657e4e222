"""Tracing libraries, from imported to in effect, and what becomes of a request's ids."""

import ast
from collections.abc import Iterator
from functools import lru_cache

from msgspec.structs import replace

from tenken.place import Place
from tenken.readiness.collectors.code.needed import needed
from tenken.readiness.collectors.code.reading import Reading
from tenken.readiness.collectors.code.traces.known import (
    BY_HAND,
    CONSOLE,
    EXPORTERS,
    FOUNDING,
    LAUNCHERS,
    LIBRARIES,
    LOCAL_EXPORTERS,
    MASKS,
    MAX_START_BYTES,
    MODEL_INSTRUMENTORS,
    MODEL_TRACERS,
    MODELS_BY_LAUNCHER,
    OF_OPENTELEMETRY,
    OWN_BACKEND,
    PATCHED_BY_IMPORT,
    RECORD_METHODS,
    START_NAMES,
    START_SUFFIXES,
    STARTERS,
)
from tenken.readiness.collectors.code.traces.launchers import launched
from tenken.readiness.collectors.code.traces.masks import Masks
from tenken.readiness.collectors.code.traces.processors import changed_by, scrubbed_by
from tenken.readiness.collectors.code.traces.sampling import keeps_nothing
from tenken.readiness.collectors.code.use import Uses
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import argument, last_name
from tenken.readiness.collectors.python.values import Literal, Own, Value
from tenken.readiness.collectors.python.walking import walk
from tenken.readiness.facts.telemetry import Needed, SpanField, Tracing
from tenken.readiness.facts.tree import Entry, Role
from tenken.readiness.facts.words.switches import DISABLERS, DROPS


class Traces:
    """Finds tracing libraries in the code, and how request ids travel."""

    def __init__(self, reading: Reading) -> None:
        self._tree = reading.tree
        self._follower = reading.follower
        self._modules = reading.production
        self._uses = Uses(reading)

    def all(self) -> tuple[Tracing, ...]:
        """Give each library once, with what is in effect."""
        found = {
            library: Tracing(library=library, imported=place) for library, place in self._imports()
        }
        for module in self._modules:
            for call, scope in module.scopes.items():
                if isinstance(call, ast.Call):
                    self._read(call, scope, found)
            for function in module.functions:
                for decorator in function.decorators:
                    self._start(decorator, function.outer or module.top, found)
        self._imported(found)
        self._launched(found)
        return tuple(found.values())

    def _launched(self, found: dict[str, Tracing]) -> None:
        """A launcher in a start command patches the libraries and sends to an agent."""
        for entry in self._tree.entries:
            if (
                entry.role is not Role.PRODUCTION
                or entry.size > MAX_START_BYTES
                or not _may_start(entry)
            ):
                continue
            text = self._tree.text(entry.path)
            for launcher, library in LAUNCHERS.items():
                if not isinstance(text, str) or launcher not in text:
                    continue
                if line := launched(entry, text, launcher):
                    place = Place(entry.path, line)
                    old = found.get(library, Tracing(library=library, imported=place))
                    found[library] = replace(
                        old,
                        initialised=place,
                        exporter=old.exporter or place,
                        launched=True,
                        by_hand=False,
                        traces_models=old.traces_models or library in MODELS_BY_LAUNCHER,
                        endpoint_variable=LOCAL_EXPORTERS["OTLPSpanExporter"]
                        if library == "opentelemetry"
                        else "",
                    )

    def _imported(self, found: dict[str, Tracing]) -> None:
        """What is patched by an import alone, as a launcher would have it."""
        for dotted, library in PATCHED_BY_IMPORT.items():
            old = found.get(library)
            at = self._import_of(dotted) if old is not None else None
            if old is not None and at is not None:
                found[library] = replace(
                    old, initialised=at, exporter=old.exporter or at,
                    launched=True, by_hand=False, traces_models=True,
                )  # fmt: skip

    def _import_of(self, dotted: str) -> Place | None:
        for module in self._modules:
            for node in module.kinds[ast.Import]:
                if isinstance(node, ast.Import) and any(one.name == dotted for one in node.names):
                    return module.place(node)
        return None

    def _imports(self) -> Iterator[tuple[str, Place]]:
        seen: set[str] = set()
        for module in self._modules:
            for node in (*module.kinds[ast.Import], *module.kinds[ast.ImportFrom]):
                if not isinstance(node, ast.Import | ast.ImportFrom):
                    continue
                names = [one.name for one in node.names]
                if isinstance(node, ast.ImportFrom):
                    names = [node.module or "", *(f"{node.module}.{name}" for name in names)]
                for name in names:
                    library = library_of(name)
                    if library and library not in seen:
                        seen.add(library)
                        yield library, module.place(node)

    def _read(self, call: ast.Call, scope: Function, found: dict[str, Tracing]) -> None:
        name = last_name(call.func)
        self._start(call, scope, found)
        place = scope.module.place(call)
        if name in EXPORTERS or name in CONSOLE:
            for library in ("opentelemetry",):
                old = found.get(library)
                if old is not None and name in EXPORTERS:
                    if not self._uses.is_entered(scope):
                        continue
                    found[library] = replace(
                        old,
                        exporter=old.exporter or place,
                        off_unless=self._off_unless(call, scope, old.exporter, old),
                        console_only=False,
                        endpoint_variable=self._endpoint_variable(call, scope),
                    )
                elif old is not None and old.exporter is None:
                    found[library] = replace(old, console_only=True)
        if name in MODEL_INSTRUMENTORS or (name == "instrument" and _instruments_models(call)):
            self._mark_models(call, scope, found)
        if (
            name in {"TraceIdRatioBased", "ParentBasedTraceIdRatio", "ALWAYS_OFF"}
            and "opentelemetry" in found
        ):
            rate = argument(call, "rate", 0)
            if isinstance(rate, ast.Constant) and rate.value == 0:
                found["opentelemetry"] = replace(found["opentelemetry"], sampled_off=place)
        sampler = argument(call, "sampler")
        if sampler is not None and "opentelemetry" in found and _is_off(sampler):
            found["opentelemetry"] = replace(found["opentelemetry"], sampled_off=place)
        self._switches(call, scope, found)
        self._changed(call, scope, found)

    def _changed(self, call: ast.Call, scope: Function, found: dict[str, Tracing]) -> None:
        """What changes spans on their way out stands behind every library that makes them."""
        at = changed_by(call, scope, self._follower) or scrubbed_by(call, scope)
        if at is None or not self._uses.is_entered(scope):
            return
        for name in OF_OPENTELEMETRY & found.keys():
            found[name] = replace(found[name], changed_at=at)

    def _off_unless(
        self, node: ast.expr, scope: Function, before: Place | None, old: Tracing
    ) -> Needed | None:
        """What starts or sends in one place whatever is set needs no setting in another."""
        if before is not None and old.off_unless is None:
            return None
        return needed(node, scope, self._follower) or (old.off_unless if before is None else None)

    def _endpoint_variable(self, call: ast.Call, scope: Function) -> str:
        """The variable that moves an exporter away from this machine, where only one does."""
        usual = LOCAL_EXPORTERS.get(last_name(call.func), "")
        given = argument(call, "endpoint", 0)
        if given is None or not usual:
            return usual
        for value in self._follower.values(given, scope):
            if isinstance(value, Literal) and value.is_default and _is_local(str(value.value)):
                return value.name
        return ""

    def _start(self, node: ast.expr, scope: Function, found: dict[str, Tracing]) -> None:
        """A call or decorator that puts a library to work."""
        call = node if isinstance(node, ast.Call) else None
        target = call.func if call else node
        for dotted in self._follower.dotted(target, scope):
            library = library_of(dotted)
            if library not in found or dotted.rpartition(".")[2] not in STARTERS.get(library, ()):
                continue
            if not self._uses.is_entered(scope):
                continue
            place = scope.module.place(node)
            old = found[library]
            sends = library in OWN_BACKEND or last_name(target) == "configure_azure_monitor"
            by_hand = library == "ddtrace" and dotted.rpartition(".")[2] in BY_HAND
            new = replace(
                old,
                initialised=old.initialised or place,
                exporter=old.exporter or (place if sends else None),
                traces_models=old.traces_models or library in MODEL_TRACERS,
                by_hand=by_hand and (old.initialised is None or old.by_hand),
                off_unless=self._off_unless(node, scope, old.initialised, old),
            )
            found[library] = self._masked(new, call, scope, place) if call else new
            if (library, dotted.rpartition(".")[2]) in FOUNDING:
                _found_provider(library, place, found)

    def _masked(self, tracing: Tracing, call: ast.Call, scope: Function, place: Place) -> Tracing:
        if keeps_nothing(tracing.library, call, scope, self._follower):
            tracing = replace(tracing, sampled_off=place)
        for keyword in call.keywords:
            if keyword.arg not in MASKS:
                continue
            at = scope.module.place(keyword.value)
            if isinstance(keyword.value, ast.Constant):
                if keyword.value.value is True:
                    tracing = replace(tracing, drops_content=at)
                continue
            if self._does_nothing(self._follower.values(keyword.value, scope)):
                tracing = replace(tracing, mask_does_nothing=at)
                continue
            only = {"hide_inputs": "masks_inputs", "mask_inputs": "masks_inputs",
                "hide_outputs": "masks_outputs",
                    "mask_outputs": "masks_outputs"}.get(keyword.arg)  # fmt: skip
            tracing = replace(
                tracing,
                masks_inputs=at if only != "masks_outputs" else tracing.masks_inputs,
                masks_outputs=at if only != "masks_inputs" else tracing.masks_outputs,
            )
        return tracing

    def _does_nothing(self, values: tuple[Value, ...]) -> bool:
        """A function that gives back its argument as it came."""
        masks = Masks(self._follower)
        return any(isinstance(one, Own) and masks.masks_nothing(one.function) for one in values)

    def _mark_models(self, call: ast.Call, scope: Function, found: dict[str, Tracing]) -> None:
        for library in ("logfire", "openinference", "openllmetry", "opentelemetry"):
            if library in found:
                old = found[library]
                found[library] = replace(old, traces_models=True)
                if library != "opentelemetry" and "opentelemetry" in found:
                    place = scope.module.place(call)
                    base = found["opentelemetry"]
                    found["opentelemetry"] = replace(base, traces_models=True)
                    found[library] = replace(found[library], initialised=old.initialised or place,
                                             exporter=old.exporter or base.exporter)  # fmt: skip
                return

    def _switches(self, call: ast.Call, scope: Function, found: dict[str, Tracing]) -> None:
        """`os.environ.setdefault("DD_TRACE_ENABLED", "false")` and the like."""
        if last_name(call.func) not in {"setdefault", "putenv"} or len(call.args) < 2:
            return
        name, value = call.args[:2]
        if isinstance(name, ast.Constant) and isinstance(value, ast.Constant):
            switch(str(name.value), str(value.value), scope.module.place(call), found)

    def fields(self) -> Iterator[SpanField]:
        """Give the attributes that are written on spans and log records."""
        for module in self._modules:
            for call, scope in module.calls_that(_writes_span):
                for name in self._field_names(call, scope):
                    yield SpanField(name=name, place=module.place(call))

    def _field_names(self, call: ast.Call, scope: Function) -> Iterator[str]:
        if call.args:
            for value in self._follower.values(call.args[0], scope):
                if isinstance(value, Literal) and isinstance(value.value, str):
                    yield value.value
        for node in (*call.args, *(keyword.value for keyword in call.keywords)):
            if isinstance(node, ast.Dict):
                yield from (str(key.value) for key in node.keys if isinstance(key, ast.Constant))
        yield from (keyword.arg for keyword in call.keywords if keyword.arg)


def _found_provider(library: str, place: Place, found: dict[str, Tracing]) -> None:
    """It sends spans, those of the other instrumentations of OpenTelemetry as well."""
    for name in {library, "opentelemetry"} & found.keys():
        old = found[name]
        found[name] = replace(
            old, initialised=old.initialised or place, exporter=old.exporter or place
        )


def _may_start(entry: Entry) -> bool:
    return entry.suffix in START_SUFFIXES or entry.name.startswith(START_NAMES)


def _writes_span(call: ast.Call) -> bool:
    """`span.set_attribute(...)`; words such as `update` need a span in front of them."""
    name = last_name(call.func)
    if name not in RECORD_METHODS:
        return False
    if name.startswith(("set_", "update_current_", "start_as_")):
        return True
    written_as = ast.unparse(call.func).lower()
    return any(
        word in written_as for word in ("span", "llmobs", "langfuse", "generation", "trace")
    )


def switch(name: str, value: str, place: Place, found: dict[str, Tracing]) -> None:
    """Apply a variable that turns tracing off or drops content."""
    for library in tuple(found):
        if DISABLERS.get(name) == value.lower():
            found[library] = replace(found[library], sampled_off=place)
        if DROPS.get(name) == value.lower():
            found[library] = replace(found[library], drops_content=place)


@lru_cache(maxsize=4_096)
def library_of(dotted: str) -> str:
    """Give the tracing library that a dotted name belongs to; the longest prefix wins."""
    if dotted.startswith("ddtrace.llmobs") or dotted == "ddtrace.LLMObs":
        return "ddtrace.llmobs"
    names = [name for name in LIBRARIES if dotted == name or dotted.startswith(f"{name}.")]
    return LIBRARIES[max(names, key=len)] if names else ""


def _instruments_models(call: ast.Call) -> bool:
    text = ast.unparse(call.func)
    return any(name in text for name in MODEL_INSTRUMENTORS)


def _is_local(address: str) -> bool:
    return any(host in address for host in ("localhost", "127.0.0.1", "0.0.0.0"))  # noqa: S104


def _is_off(sampler: ast.expr) -> bool:
    """`ALWAYS_OFF`, also as the root of a sampler that follows its parent."""
    return any(
        isinstance(one, ast.Name | ast.Attribute) and last_name(one) == "ALWAYS_OFF"
        for one in walk(sampler)
    )
