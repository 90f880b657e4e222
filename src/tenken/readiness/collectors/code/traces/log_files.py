"""Set-ups of logging that are kept as files of their own, and named where the server starts."""

import ast
from collections.abc import Iterator

from tenken.config.node import Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.code.reading import Reading
from tenken.readiness.collectors.code.use import Uses
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import argument, last_name
from tenken.readiness.collectors.python.values import Environment, Literal
from tenken.readiness.facts.telemetry import LogSetup
from tenken.readiness.facts.tree import Entry, Role

NAMED = frozenset({"run", "Config", "fileConfig"})
"""`uvicorn.run(log_config=...)`, `uvicorn.Config(log_config=...)`, `logging.config.fileConfig`."""
GIVEN = Pattern(r"--log-config(?:-json)?[\s=\",\]\[]+([\w./-]+\.(?:json|ya?ml))")
SET = Pattern(r"""(?m)^\s*ENV\s+(\w+)[=\s]+["']?([\w./-]+)""")
JSON_WORDS = Pattern(r"(?i)json|ecs_logging|stackdriver|logstash")
TEXTS = (".json", ".yaml", ".yml")


def _is_named(call: ast.Call) -> bool:
    return last_name(call.func) in NAMED


class LogFiles:
    """Finds the files and reads which formatter the root's handlers have."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._follower = reading.follower
        self._tree = reading.tree
        self._uses = Uses(reading)
        self._images = [one for one in reading.tree.entries if _is_image(one)]

    def setups(self) -> Iterator[LogSetup]:
        """Give the set-up of each file that is named by the code or by an image."""
        for call, scope in self._namings():
            for name in self._names(call, scope):
                yield from self._read(name, is_entered=self._uses.is_entered(scope))
        for entry in self._images:
            for match in GIVEN.finditer(self._text(entry.path)):
                yield from self._read(match.group(1), is_entered=True)

    def _namings(self) -> Iterator[tuple[ast.Call, Function]]:
        for module in self._reading.production:
            yield from module.calls_that(_is_named)

    def _names(self, call: ast.Call, scope: Function) -> Iterator[str]:
        at = 0 if last_name(call.func) == "fileConfig" else None
        node = argument(call, "log_config", at)
        for value in self._follower.values(node, scope) if node is not None else ():
            match value:
                case Literal(value=str() as name):
                    yield self._variable(value.name) or name
                case Environment(name=variable):
                    yield self._variable(variable)
                case _:
                    pass

    def _variable(self, name: str) -> str:
        """What the image sets a variable to; of several stages the last is what runs."""
        found = [
            match.group(2)
            for entry in self._images
            for match in SET.finditer(self._text(entry.path))
            if name and match.group(1) == name
        ]
        return found[-1] if found else ""

    def _read(self, name: str, *, is_entered: bool) -> Iterator[LogSetup]:
        path = name.removeprefix("./").removeprefix("/app/")
        if not path.endswith(TEXTS) or self._tree.entry(path) is None:
            return
        documents = read_yaml(self._text(path))
        if isinstance(documents, YamlError) or not documents:
            return
        forms = list(_forms(documents[0]))
        if forms:
            structured = all(JSON_WORDS.search(one) for one in forms)
            place = Place(path, documents[0].line_of("formatters"))
            yield LogSetup(
                place=place, library="logging", structured=structured, is_entered=is_entered
            )

    def _text(self, path: str) -> str:
        text = self._tree.text(path)
        return text if isinstance(text, str) else ""


def _forms(config: Node) -> Iterator[str]:
    """The factories of the formatters that the root's handlers write with."""
    root = config.at("root")
    if not root.mapping:
        root = config.at("loggers").at("")
    for handler in root.at("handlers").items:
        formatter = config.at("handlers").at(handler.text).at("formatter").text
        form = config.at("formatters").at(formatter)
        yield form.at("()").text or form.at("class").text


def _is_image(entry: Entry) -> bool:
    return entry.role is Role.PRODUCTION and "dockerfile" in entry.name.lower()
