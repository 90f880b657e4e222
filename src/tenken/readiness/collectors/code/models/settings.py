"""What is stated about a call: model, timeout, retries, wherever a library lets it be stated."""

import ast
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from tenken.place import Place
from tenken.readiness.collectors.code.models import libraries
from tenken.readiness.collectors.code.models.clients import Used
from tenken.readiness.collectors.code.models.wide import Wide, provider_in
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.indirect.mappings import entry_of
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import argument, last_name, unpacked
from tenken.readiness.collectors.python.values import (
    Display,
    Environment,
    Literal,
    Made,
    Thing,
    Value,
)  # fmt: skip
from tenken.readiness.facts.calls import ABSENT, Origin, Stated, Target

TIMEOUTS = (
    "timeout",
    "request_timeout",
    "default_request_timeout",
    "stream_timeout",
    "timeout_ms",
    "read_timeout",
)
RETRIES = ("max_retries", "num_retries", "retries")
NESTED = ("http_options", "config", "client_config", "request_options", "model_settings",
    "extra_body",
          "httpx_client", "http_client", "generation_config", "litellm_params", "client_args",
          "client", "chat_client", "generate_content_config", "boto_client_config",
          "client_kwargs", "model_kwargs", "transport")  # fmt: skip
"""Arguments that hold further settings."""
BODIES = ("json", "data", "content")
PROVIDER = "provider"
"""What holds the address of a model of pydantic_ai: one that cannot be followed is not absent."""
NESTED_TIMEOUTS = (*TIMEOUTS, "read_timeout", "read", "total")
NESTED_RETRIES = (
    *RETRIES,
    "retry_options",
    "attempts",
    "max_attempts",
    "total_max_attempts",
    "total",
)
TOKENS = (
    "max_tokens",
    "max_completion_tokens",
    "max_output_tokens",
    "max_tokens_to_sample",
    "maxTokens",
)
BASES = ("base_url", "azure_endpoint", "api_base", "openai_api_base", "endpoint", "endpoint_url",
         "anthropic_api_url", "host")  # fmt: skip
REGIONS = ("region", "region_name", "location", "aws_region", "azure_endpoint")
AGENTS = frozenset({
    "openai-agents", "pydantic-ai", "langgraph", "smolagents", "strands", "autogen", "crewai",
    "agent-framework", "google-adk",
})  # fmt: skip
OF_AGENTS = ("model", "openai_client", "provider", "llm", "model_client", "chat_client")
"""Arguments by which an agent is given its model."""
TEAMS = ("agents", "agent", "participants")
"""Arguments by which a team or a runner is given agents."""
MAX_NESTING = 4


class Settings:
    """Reads the settings of one call."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower
        self._library_wide = Wide(follower)

    def stated(
        self,
        names: tuple[str, ...],
        call: ast.Call,
        scope: Function,
        *,
        nested: tuple[str, ...] = (),
    ) -> Stated:
        """Give what a call states by one of these keywords, directly or within another setting."""
        for name in names:
            if (node := argument(call, name)) is not None:
                return self.value(node, scope)
        for node in unpacked(call):
            if (
                found := self._spread(node, scope, (*names, *nested), 0)
            ).origin is not Origin.ABSENT:
                return found
        for name in NESTED if nested else ():
            if (node := argument(call, name)) is not None:
                found = self._inside(node, scope, nested, 0)
                if found.origin is not Origin.ABSENT:
                    return found
        return ABSENT

    def value(self, node: ast.expr, scope: Function) -> Stated:
        """Give a value as text with its origin; the least known of several decides."""
        place = scope.module.place(node)
        found = [self._one(value, place) for value in self._follower.values(node, scope)]
        told = weakest(found)
        known = {one.value for one in found if one.origin in {Origin.LITERAL, Origin.DEFAULT}}
        if len(known) < 2:
            return told
        told = replace(told, among=tuple(sorted(known)))
        several = told.origin is Origin.LITERAL
        return replace(told, is_one_of_several=True) if several else told

    def _one(self, value: Value, place: Place) -> Stated:
        match value:
            case Literal(value=None):
                return Stated(origin=Origin.LITERAL, value="none", place=value.place)
            case Literal(value=known, is_default=is_default):
                origin = Origin.DEFAULT if is_default else Origin.LITERAL
                return Stated(origin=origin, value=str(known), place=value.place)
            case Environment(name, place=at, may_be_none=open_):
                return Stated(origin=Origin.ENVIRONMENT, value=name, place=at, may_be_none=open_)
            case Made(dotted, call) if dotted.rpartition(".")[2] in {
                "Timeout",
                "ClientTimeout",
                "timedelta",
            }:
                return self._of_timeout(call, value.scope, place)
            case Display(node=ast.Tuple(elts=[*_, last]), scope=scope):
                return self.value(last, scope)
            case Thing(dotted) if dotted.startswith(
                ("openai.NOT_GIVEN", "anthropic.NOT_GIVEN", "openai.NotGiven")
            ):
                return ABSENT
            case _:
                return Stated(origin=Origin.UNKNOWN, place=place)

    def _of_timeout(self, call: ast.Call, scope: Function, place: Place) -> Stated:
        for name, position in (
            ("timeout", 0),
            ("read", None),
            ("total", None),
            ("seconds", None),
            ("minutes", None),
        ):
            if (node := argument(call, name, position)) is not None:
                return self.value(node, scope)
        return Stated(origin=Origin.UNKNOWN, place=place)

    def _spread(
        self, node: ast.expr, scope: Function, names: tuple[str, ...], depth: int
    ) -> Stated:
        """Look into `**options`: a mapping, or whatever callers give the function by keyword."""
        if not (isinstance(node, ast.Name) and _takes_rest(scope, node.id)):
            return self._inside(node, scope, names, depth)
        calls = [(one.call, one.scope) for one in self._follower.callers.of(scope) if one.call]
        if not calls or depth > MAX_NESTING:
            return Stated(origin=Origin.UNKNOWN, place=scope.module.place(node))
        found: list[Stated] = []
        for call, home in calls:
            given = [argument(call, name) for name in names]
            direct = [self.value(one, home) for one in given if one is not None]
            rest = [self._spread(one, home, names, depth + 1) for one in unpacked(call)]
            found.append(weakest(direct or rest))
        return weakest(found)

    def _inside(
        self, node: ast.expr, scope: Function, names: tuple[str, ...], depth: int
    ) -> Stated:
        """Look for a key in a mapping or in the arguments of a settings object."""
        if depth > MAX_NESTING:
            return ABSENT
        if (entry := entry_of(node, scope, names)) is not None:
            return self.value(entry, scope)
        found = [self._within(value, names, depth) for value in self._follower.values(node, scope)]
        return weakest(found) if found else ABSENT

    def _within(self, value: Value, names: tuple[str, ...], depth: int) -> Stated:
        match value:
            case Display(node=ast.Dict() as table, scope=home):
                pairs = [
                    (key.value, entry)
                    for key, entry in zip(table.keys, table.values, strict=True)
                    if isinstance(key, ast.Constant)
                ]
            case Made(call=call, scope=home):
                pairs = [(keyword.arg, keyword.value) for keyword in call.keywords]
            case _:
                return Stated(origin=Origin.UNKNOWN) if _is_open(value) else ABSENT
        for name in names:
            for key, entry in pairs:
                if key == name:
                    inner = self._inside(entry, home, names, depth + 1)
                    return inner if inner.is_stated else self.value(entry, home)
        for key, entry in pairs:
            if key not in NESTED and key != PROVIDER:
                continue
            inner = self._inside(entry, home, names, depth + 1)
            open_end = inner.origin is Origin.UNKNOWN and (
                key == PROVIDER or inner.place is not None
            )
            if inner.is_stated or open_end:
                return inner
        return ABSENT

    # ------------------------------------------------------------ of a call

    def layers(
        self, used: Used, call: ast.Call, scope: Function
    ) -> Iterator[tuple[ast.Call, Function]]:
        """Give the calls that can state something, the one that counts most first."""
        yield call, scope
        for step in reversed(used.steps):
            yield step.call, step.scope
        if used.built is not None:
            yield used.built.call, used.built.scope

    def first(
        self,
        names: tuple[str, ...],
        used: Used,
        call: ast.Call,
        scope: Function,
        *,
        nested: tuple[str, ...] = (),
    ) -> Stated:
        """Give the first layer's statement."""
        for layer, home in self.layers(used, call, scope):
            found = self.stated(names, layer, home, nested=nested)
            if found.origin is not Origin.ABSENT:
                return found
        if used.client.library in AGENTS:
            agent = used.built.call if used.built is not None else call
            home = used.built.scope if used.built is not None else scope
            found = self._behind_agent(agent, home, (*names, *nested), 0)
            if found.origin is not Origin.ABSENT or used.built is not None:
                return found if found.origin is not Origin.ABSENT else self._wide(used, names)
        if used.built is not None and not used.built.call.args and not _has_source(used.built):
            return Stated(origin=Origin.UNKNOWN)  # known by its annotation only
        return self._wide(used, (*names, *nested))

    def _wide(self, used: Used, names: tuple[str, ...]) -> Stated:
        """What is stated once for every call of the library."""
        found = [
            self._inside(one.node, one.scope, names, 0)
            if not one.name
            else self.value(one.node, one.scope)
            for one in self._library_wide.of(used.client.library)
            if not one.name or one.name in names
        ]
        return weakest(found)

    def _behind_agent(
        self, agent: ast.Call, home: Function, names: tuple[str, ...], depth: int
    ) -> Stated:
        """An agent is given a model object, which is given a client: either may state it."""
        for name in OF_AGENTS:
            if (node := argument(agent, name)) is not None:
                found = self._inside(node, home, names, 0)
                if found.origin is not Origin.ABSENT:
                    return found
        given = [one for name in TEAMS if (one := argument(agent, name)) is not None]
        members = [one for node in given for one in self._members(node, home)]
        if depth > MAX_NESTING or not members:
            return ABSENT
        return weakest(
            self._behind_agent(one.call, one.scope, names, depth + 1) for one in members
        )

    def _members(self, node: ast.expr, scope: Function) -> Iterator[Made]:
        for value in self._follower.values(node, scope):
            if isinstance(value, Made):
                yield value
            elif isinstance(value, Display) and not isinstance(value.node, ast.Dict):
                for element in value.node.elts[:8]:
                    yield from self._members(element, value.scope)

    def model(self, used: Used, call: ast.Call, scope: Function) -> Stated:
        """Give the model that is asked for."""
        names = (
            *used.client.model,
            "model",
            "model_name",
            "model_id",
            "modelId",
            "deployment_name",
        )
        found = self.first(names, used, call, scope)
        position = used.client.model_position
        if found.origin is Origin.ABSENT and position is not None and used.built is not None:
            node = argument(used.built.call, "model", position)
            return self.value(node, used.built.scope) if node else found
        if found.origin is Origin.ABSENT and used.built is None and call.args:
            named_first = used.client.library in {"litellm", "pydantic-ai"}
            found = self.value(call.args[0], scope) if named_first else found
        if used.client.library == "http" and found.origin in {Origin.ABSENT, Origin.UNKNOWN}:
            sent = self._in_body(call, scope, names)
            return sent if sent.is_stated else found
        return found

    def _in_body(self, call: ast.Call, scope: Function, names: tuple[str, ...]) -> Stated:
        """The model that a request names in what it sends, as far as that is written."""
        for name in BODIES:
            node = argument(call, name)
            if isinstance(node, ast.Call) and last_name(node.func) == "dumps" and node.args:
                node = node.args[0]
            found = self._inside(node, scope, names, 0) if node is not None else ABSENT
            if found.origin not in {Origin.ABSENT, Origin.UNKNOWN}:
                return found
        return ABSENT

    def region(self, used: Used) -> str:
        """Give the region or endpoint a client is bound to, where it is written."""
        if used.built is None:
            return ""
        found = self.stated(REGIONS, used.built.call, used.built.scope)
        return found.value if found.origin is not Origin.UNKNOWN else ""

    def target(self, used: Used, call: ast.Call, scope: Function) -> Target:
        """Give where the call goes."""
        model = self.model(used, call, scope)
        provider = used.client.provider or provider_of(model.value) or self._of_class(used)
        base = self.first(BASES, used, call, scope)
        host = (
            provider_of_url(base.value) if base.origin in {Origin.LITERAL, Origin.DEFAULT} else ""
        )
        return Target(provider=host or provider, model=model, region=self.region(used))

    def _of_class(self, used: Used) -> str:
        """The provider that the class of an agent's model is named after."""
        if used.built is None or used.client.library not in AGENTS:
            return ""
        given = (argument(used.built.call, name) for name in OF_AGENTS)
        told = {
            provider_in(value.dotted)
            for node in given
            for value in (self._follower.values(node, used.built.scope) if node else ())
            if isinstance(value, Made)
        }
        return told.pop() if len(told) == 1 else ""


def _takes_rest(scope: Function, name: str) -> bool:
    rest = scope.node.args.kwarg if scope.node is not None else None
    return rest is not None and rest.arg == name


def _has_source(made: Made) -> bool:
    """A constructor in the code has a line; one that stands for an annotation has none."""
    return hasattr(made.call, "lineno")


def _is_open(value: Value) -> bool:
    return not isinstance(value, Literal | Thing | Environment)


def weakest(found: Iterable[Stated]) -> Stated:
    """Give the statement that is known least: it decides what may be said of all."""
    order = (Origin.UNKNOWN, Origin.ABSENT, Origin.ENVIRONMENT, Origin.DEFAULT, Origin.LITERAL)
    return min(found, key=lambda one: order.index(one.origin), default=ABSENT)


def provider_of(model: str) -> str:
    """Give the provider that a model's name tells, such as `azure/gpt-x` or `claude-x`."""
    prefix = model.replace(":", "/").partition("/")[0]
    if prefix != model and prefix in libraries.MODEL_PREFIXES:
        return libraries.MODEL_PREFIXES[prefix]
    return next(
        (name for word, name in libraries.MODEL_WORDS.items() if model.startswith(word)), ""
    )


def provider_of_url(url: str) -> str:
    """Give the provider whose host stands in a URL."""
    return next((name for host, name in libraries.PROVIDER_HOSTS.items() if host in url), "")
