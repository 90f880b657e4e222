"""What an application states once for all calls of a library: globals, a configured default."""

import ast
from collections.abc import Iterator, Mapping

from msgspec import Struct

from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function, Module
from tenken.readiness.collectors.python.syntax import argument, last_name

GLOBALS: Mapping[str, Mapping[str, str]] = {
    "litellm": {"request_timeout": "timeout", "num_retries": "num_retries"},
}
"""Attributes of a library's module that stand for an argument of each of its calls."""
DEFAULTS: Mapping[str, tuple[str, str]] = {
    "openai-agents": ("agents", "set_default_openai_client"), "dspy": ("dspy", "configure"),
}  # fmt: skip
"""Functions that set the client or model of every call which names none."""
NAMES = {"set_default_openai_client": "client", "configure": "lm"}


class Given(Struct, frozen=True, eq=False):
    """An expression that is in force everywhere."""

    name: str
    """The argument it stands for; empty where it holds several."""
    node: ast.expr
    scope: Function


class Wide:
    """Finds what holds for every call of a library."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower
        self._known: dict[str, tuple[Given, ...]] = {}

    def of(self, library: str) -> tuple[Given, ...]:
        """Give what is stated for a library as a whole."""
        if (known := self._known.get(library)) is None:
            known = self._known[library] = tuple(self._search(library))
        return known

    def _search(self, library: str) -> Iterator[Given]:
        top = DEFAULTS[library][0] if library in DEFAULTS else library
        if library not in DEFAULTS and library not in GLOBALS:
            return
        for module in self._follower.project.loaded:
            if any(one.partition(".")[0] == top for one in module.imports.values()):
                yield from self._assigned(library, module)
                yield from self._configured(library, module)

    def _assigned(self, library: str, module: Module) -> Iterator[Given]:
        for attribute, name in GLOBALS.get(library, {}).items():
            for node in module.named(attribute):
                put = module.parents.get(node)
                if isinstance(put, ast.Assign) and self._is_of(library, node, module):
                    yield Given(name, put.value, module.top)

    def _is_of(self, library: str, node: ast.expr, module: Module) -> bool:
        base = node.value if isinstance(node, ast.Attribute) else None
        return base is not None and library in self._follower.dotted(base, module.top)

    def _configured(self, library: str, module: Module) -> Iterator[Given]:
        if library not in DEFAULTS:
            return
        top, function = DEFAULTS[library]
        for call, scope in module.calls_that(_may_configure):
            told = self._follower.dotted(call.func, scope)
            given = argument(call, NAMES[function], 0)
            if given is not None and any(
                one.startswith(f"{top}.") and one.endswith(f".{function}") for one in told
            ):
                yield Given("", given, scope)


def _may_configure(call: ast.Call) -> bool:
    return last_name(call.func) in NAMES


def provider_in(dotted: str) -> str:
    """The provider that the name of a model's class tells: `AzureOpenAIChatClient`."""
    told = dotted.lower()
    return next((name for word, name in BY_WORD.items() if word in told), "")


BY_WORD: Mapping[str, str] = {
    "azure": "azure", "bedrock": "bedrock", "anthropic": "anthropic", "vertex": "vertex",
    "gemini": "google", "google": "google", "openai": "openai", "mistral": "mistral",
    "groq": "groq", "ollama": "ollama", "cohere": "cohere",
}  # fmt: skip
