"""Which client a call goes through: from the expression that is called to what built it."""

import ast
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from tenken.readiness.collectors.code.models import libraries
from tenken.readiness.collectors.code.models.libraries import Client, Method
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function, Module
from tenken.readiness.collectors.python.syntax import argument, last_name
from tenken.readiness.collectors.python.values import (
    Chain,
    Display,
    Literal,
    Made,
    Member,
    Thing,
    Value,
)  # fmt: skip
from tenken.readiness.collectors.python.walking import walk

MAX_NESTING = 6
CAPITALISED_LLAMA = "llms"


class Used(Struct, frozen=True, eq=False):
    """A client as one call uses it."""

    client: Client
    method: Method
    built: Made | None
    """The constructor's call; None for functions of a library's module."""
    steps: tuple[Made, ...] = ()
    """Calls between constructor and method: `with_options`, `with_retry`, `bind` ..."""
    wrapped_by: tuple[Made | Chain, ...] = ()
    """What composes it: chains, agents."""


class Clients:
    """Tells for a called value which model clients it reaches."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower

    def used(self, value: Value, call: ast.Call, scope: Function) -> Iterator[Used]:
        """Give the clients behind a called value; nothing where it calls no model."""
        match value:
            case Thing(dotted):
                yield from self._plain(dotted, call, scope)
            case Made(dotted):
                yield from self._method(Member(value, "__call__"))
            case Member():
                yield from self._method(value)
            case _:
                return

    def _plain(self, dotted: str, call: ast.Call, scope: Function) -> Iterator[Used]:
        if (found := libraries.PLAIN.get(dotted)) is not None:
            library, method = found
            client = Client(library=library, provider="")
            agents = [
                value
                for node in call.args[:1]
                for value in self._follower.values(node, scope)
                if isinstance(value, Made) and value.dotted.startswith("agents.")
            ]
            yield Used(client, method, agents[0] if agents else None)
        elif dotted.startswith("openai.") and (
            known := libraries.OPENAI_METHODS.get(dotted.removeprefix("openai."))
        ):
            yield Used(libraries.OPENAI, known, None)

    def _method(self, member: Member) -> Iterator[Used]:
        for used, path in self._behind(member, 0):
            table = libraries.METHODS.get(used.client.library, {})
            method = table.get(path) or table.get(
                path.rpartition(".")[2] if used.wrapped_by else ""
            )
            if method is not None:
                yield Used(used.client, method, used.built, used.steps, used.wrapped_by)

    def clients(self, value: Value) -> tuple[Used, ...]:
        """Give the model clients that a value is or holds."""
        return tuple(used for used, _ in self._behind(value, 0))

    def _behind(self, value: Value, depth: int) -> Iterator[tuple[Used, str]]:
        """Give each client below a value with the path of attributes from it."""
        if depth > MAX_NESTING:
            return
        match value:
            case Member(base, path):
                for used, before in self._behind(
                    base.base if base.dotted == "chain" and base.base else base, depth
                ):
                    yield used, _joined(before, path)
            case Made():
                yield from self._of_made(value, depth)
            case Chain(parts):
                for part in parts:
                    for used, _ in self._behind(part, depth + 1):
                        yield _within(used, value), ""
            case Display():
                yield from self._of_elements(value, depth)
            case _:
                return

    def _of_elements(self, display: Display, depth: int) -> Iterator[tuple[Used, str]]:
        node = display.node
        for element in (node.values if isinstance(node, ast.Dict) else node.elts)[:8]:
            for inner in self._follower.values(element, display.scope):
                yield from self._behind(inner, depth + 1)

    def _of_made(self, made: Made, depth: int) -> Iterator[tuple[Used, str]]:
        stepped = list(self._stepped(made, depth))
        yield from stepped
        if stepped:
            return
        client = self.client_of(made)
        holds_models = made.dotted.startswith(libraries.HOLDING_MODELS)
        inner = list(self._inside(made, depth)) if holds_models and not _is_model(client) else []
        yield from inner
        if client is not None and not inner:
            yield Used(client, Method(), made), ""
        elif not inner and made.dotted.endswith(libraries.ENGINES):
            yield from self._by_default(made, depth)

    def _by_default(self, made: Made, depth: int) -> Iterator[tuple[Used, str]]:
        """An engine that is given no model takes the one of `Settings.llm`, or the library's."""
        found = [
            (_within(used, made), path)
            for node, scope in self._settings_of_llama()
            for value in self._follower.values(node, scope)
            for used, path in self._behind(value, depth + 1)
        ]
        default = Client(library="llama-index", provider="openai")
        yield from found or [(Used(default, Method(), made), "")]

    def _settings_of_llama(self) -> Iterator[tuple[ast.expr, Function]]:
        for module in self._follower.project.loaded:
            if not any(one.startswith("llama_index") for one in module.imports.values()):
                continue
            for node in walk(module.tree):
                match node:
                    case ast.Assign(
                        targets=[ast.Attribute(value=ast.Name(id="Settings"), attr="llm")],
                        value=value,
                    ):
                        yield value, module.scopes.get(value, module.top)
                    case _:
                        pass

    def _stepped(self, made: Made, depth: int) -> Iterator[tuple[Used, str]]:
        """A method of something that is, or holds, a client: its result may be one too."""
        if made.base is None:
            return
        name = made.dotted.rpartition(".")[2]
        path = "" if made.dotted.startswith("chain.") else _path_between(made)
        for used, before in self._behind(made.base, depth + 1):
            stepped = Used(
                used.client, used.method, used.built, (*used.steps, made), used.wrapped_by
            )
            quiet = name in libraries.PASS_BY or _is_runnable_step(used, name)
            yield stepped, before if quiet else _joined(before, path)

    def _inside(self, made: Made, depth: int) -> Iterator[tuple[Used, str]]:
        """Chains and agents are given their model."""
        for node in (*made.call.args, *(keyword.value for keyword in made.call.keywords)):
            for value in self._follower.values(node, made.scope):
                for used, _ in self._behind(value, depth + 1):
                    yield _within(used, made), ""

    def client_of(self, made: Made) -> Client | None:
        """Tell whether a call builds a model client."""
        parts = made.dotted.split(".")
        top = parts[0]
        if made.dotted in libraries.BOTO_FACTORIES:
            return libraries.BEDROCK if self._service(made) in libraries.BEDROCK_SERVICES else None
        if top.startswith(libraries.LANGCHAIN):
            return self._langchain(parts)
        if top == "llama_index" and CAPITALISED_LLAMA in parts and parts[-1][:1].isupper():
            provider = parts[parts.index(CAPITALISED_LLAMA) + 1].partition("_")[0]
            return Client(library="llama-index", provider=provider)
        client = libraries.CLIENTS.get((top, parts[-1]))
        if client is libraries.GENAI and "genai" not in parts:
            return None
        return _at_vertex(client, made) if client is libraries.GENAI else client

    def _langchain(self, parts: list[str]) -> Client | None:
        name = parts[-1]
        if name in {"init_chat_model", "create_agent", "create_react_agent"}:
            return self._by_string(parts[0], name)
        provider = libraries.LANGCHAIN_MODELS.get(name)
        if provider is None:
            return None
        template = libraries.LANGCHAIN_CLIENT
        return Client(library=template.library, provider=provider, model=template.model)

    def _by_string(self, top: str, name: str) -> Client | None:
        return libraries.CLIENTS.get(
            ("langgraph" if top.startswith("langgraph") else "langchain", name)
        )

    def _service(self, made: Made) -> str:
        node = argument(made.call, "service_name", 0)
        values = self._follower.values(node, made.scope) if node else ()
        return next((str(one.value) for one in values if isinstance(one, Literal)), "")


def _is_model(client: Client | None) -> bool:
    """Built by its own name, not as an agent around a model."""
    return client is not None and client.model_position is None


def _at_vertex(client: Client, made: Made) -> Client:
    flag = argument(made.call, "vertexai")
    if isinstance(flag, ast.Constant) and flag.value is True:
        return replace(client, provider="vertex")
    return client


def _path_between(made: Made) -> str:
    base = made.base
    dotted = base.dotted if isinstance(base, Made | Member) else ""
    return made.dotted.removeprefix(dotted).lstrip(".")


def _is_runnable_step(used: Used, name: str) -> bool:
    return used.client.library in {"langchain", "langgraph"} and (
        name.startswith(("with_", "bind", "configurable_", "as_")) or name == "pipe"
    )


def _joined(before: str, path: str) -> str:
    kept = [part for part in path.split(".") if part not in libraries.PASS_BY]
    return ".".join(([before] if before else []) + kept)


def _within(used: Used, outer: Made | Chain) -> Used:
    return Used(used.client, used.method, used.built, used.steps, (*used.wrapped_by, outer))


def is_whole(node: ast.Name, scope: Function) -> bool:
    """A name that is no half-filled call."""
    given = scope.assigned.get(node.id) or scope.module.top.assigned.get(node.id, [])
    for one in given:
        if isinstance(one.value, ast.Call) and last_name(one.value.func) == "partial":
            return False
    return True


def calls_objects(module: Module) -> bool:
    """It imports a library whose objects are called themselves."""
    return any(one.startswith(libraries.CALLED_BY_NAME) for one in module.imports.values())
