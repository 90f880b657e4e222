"""Functions that a person starts beside the service, and that no request ever enters."""

import ast

from tenken.pattern import Pattern, escape
from tenken.readiness.collectors.code.reading import Reading
from tenken.readiness.collectors.python.callers import Mention
from tenken.readiness.collectors.python.modules import Function, Module
from tenken.readiness.collectors.python.syntax import last_name

COMMANDS = ("click.", "typer.")
"""Libraries whose `command` puts a function on a command line; bots have one of that name too."""
DEPLOYED = (".yaml", ".yml", ".tf", ".toml", ".json", "Dockerfile", "Procfile", ".sh")
MAX_BYTES = 64_000


class ByHand:
    """Looks up from a function to whatever starts it."""

    def __init__(self, reading: Reading, handlers: frozenset[Function]) -> None:
        self._follower = reading.follower
        self._tree = reading.tree
        self._modules = reading.production
        self._handlers = handlers
        self._deployed: dict[str, bool] = {}

    def starts(self, function: Function) -> bool:
        """Every way into it begins on a command line that nothing deployed runs."""
        callers = self._follower.callers
        above = callers.above(function)
        if not self._handlers.isdisjoint(above):
            return False
        named = [one for one in above if one.node is not None]
        tops = [it for one in named for it in callers.of(one) if it.scope.node is None]
        roots = [one for one in named if not callers.of(one) and _stands_alone(one)]
        begins = {it.scope.module for it in tops} | {one.module for one in roots}
        return (
            bool(begins)
            and all(map(_is_guarded, tops))
            and all(map(self._is_command, roots))
            and not any(map(self._is_deployed, begins))
        )

    def _is_command(self, function: Function) -> bool:
        """`@app.command()` of typer, `@click.command()`."""
        home = function.outer or function.module.top
        return any(
            last_name(target) in {"command", "callback"} and dotted.startswith(COMMANDS)
            for one in function.decorators
            for target in [one.func if isinstance(one, ast.Call) else one]
            for dotted in self._follower.dotted(target, home)
        )

    def _is_deployed(self, module: Module) -> bool:
        """A container starts it (`python -m app.worker`), or code that is served may."""
        if module.path not in self._deployed:
            self._deployed[module.path] = self._is_named(module) or self._is_imported(module)
        return self._deployed[module.path]

    def _is_imported(self, module: Module) -> bool:
        """Whoever imports it may enter it by a name that was not followed."""
        stem = module.path.rpartition("/")[2].removesuffix(".py")
        find = self._follower.project.find
        return any(
            module in (find(dotted, one.path), find(dotted.rpartition(".")[0], one.path))
            for one in self._modules
            for dotted in one.imports.values()
            if one is not module and stem in dotted.split(".")
        )

    def _is_named(self, module: Module) -> bool:
        stem = module.path.rpartition("/")[2].removesuffix(".py")
        pattern = Pattern(rf"-m[\"',\s]+(?:\w+\.)*{escape(stem)}\b|\b{escape(stem)}\.py\b")
        for entry in self._tree.entries:
            away = ".github/" in entry.path or entry.size > MAX_BYTES
            if away or not entry.path.endswith(DEPLOYED):
                continue
            text = self._tree.text(entry.path)
            if isinstance(text, str) and stem in text and pattern.search(text):
                return True
        return False


def _stands_alone(function: Function) -> bool:
    """It is nobody's inner function, which runs for the one around it."""
    return function.outer is None or function.outer.node is None


def _is_guarded(mention: Mention) -> bool:
    """It stands below `if __name__ == "__main__":`, so an import does not run it."""
    return any(
        isinstance(one, ast.If) and "__name__" in ast.unparse(one.test)
        for one in mention.scope.module.above(mention.node)
    )
