"""Prompts found by where they are kept, for when no call could be followed back to its text."""

import ast
from collections.abc import Iterable, Iterator

from tenken.readiness.collectors.code.prompting.files import PromptFiles
from tenken.readiness.collectors.code.reading import Reading
from tenken.readiness.collectors.python.modules import Module
from tenken.readiness.collectors.python.sources import Sources
from tenken.readiness.collectors.python.syntax import last_name
from tenken.readiness.collectors.python.walking import walk
from tenken.readiness.facts.code import Prompt, PromptSource
from tenken.readiness.facts.tree import Role

LONG = 60
"""Characters from which a constant in a module of prompts is one."""
PROMPT_FILES = (".prompty", ".prompt", ".j2", ".jinja", ".jinja2")
TEXT_FILES = (".md", ".txt", ".yaml", ".yml", ".json")
PROMPTY = frozenset({"execute", "execute_async", "load"})
OPENERS = frozenset({"open", "read_text"})
READERS = frozenset({"open", "read_text", "get_template", "joinpath", "from_file", "Path"})


class PromptPlaces:
    """Reads modules of prompts, and files that production code loads as prompts."""

    def __init__(self, reading: Reading) -> None:
        entries = reading.tree.entries
        self._files = [one.path for one in entries if one.role not in {Role.TEST, Role.EXAMPLE}]
        self._modules = list(_with_prompts(reading))
        self._paths = PromptFiles(entries, Sources(reading.follower))

    def beside(self, known: Iterable[Prompt]) -> Iterator[Prompt]:
        """Give what modules keep or load as prompts, without those that calls led to."""
        known = tuple(known)
        places = {one.place for one in known}
        led_to = {one.place.path for one in known if one.source is PromptSource.FILE}
        used = {dotted for module in self._modules for dotted in module.imports.values()}
        for module in self._modules:
            kept = _constants(module) if _is_in_use(module, used) else ()
            named = () if module.path in led_to else self._by_name(module)
            loaded = tuple(self._loaded(module))
            if len(loaded) == 1 and module.path in led_to:
                loaded = ()  # a call was followed to an entry of it
            for prompt in (*kept, *loaded, *named, *self._of_crews(module)):
                if prompt.place not in places:
                    places.add(prompt.place)
                    yield prompt

    def _loaded(self, module: Module) -> Iterator[Prompt]:
        for call in module.scopes:
            if isinstance(call, ast.Call) and (name := _file_of(call, module)):
                path = self._path(name)
                if path is None:
                    continue
                runs = name.endswith(".prompty") and last_name(call.func) in PROMPTY
                yield Prompt(
                    place=module.place(call), source=PromptSource.FILE, name=name,
                    is_template=True, followed=runs,
                )  # fmt: skip

    def _of_crews(self, module: Module) -> Iterator[Prompt]:
        """The files of a `@CrewBase`: its agents' and its tasks' texts, beside its module."""
        folder = module.path.rpartition("/")[0]
        for one in module.classes.values():
            if not any(last_name(it) == "CrewBase" for it in one.node.decorator_list):
                continue
            for name in ("agents_config", "tasks_config"):
                given = [it.value for it in one.attributes.get(name, ())]
                texts = [str(it.value) for it in given if isinstance(it, ast.Constant)]
                path = f"{folder}/{(texts or [f'config/{name[:-7]}.yaml'])[0]}".lstrip("/")
                if path in self._files:
                    yield Prompt(
                        place=module.place(given[0] if given else one.node),
                        source=PromptSource.FILE, name=path, is_template=True,
                    )  # fmt: skip

    def _by_name(self, module: Module) -> Iterator[Prompt]:
        """A folder of prompts whose files are read by their names: `FOLDER / f"{name}.txt"`."""
        if not is_of_prompts(module.path):
            return
        for call, scope in module.scopes.items():
            if isinstance(call, ast.Call) and last_name(call.func) in OPENERS:
                kept = self._paths.kept(call, scope)
                if kept is not None and kept.endswith(PROMPT_FILES + TEXT_FILES):
                    yield Prompt(
                        place=module.place(call), source=PromptSource.FILE, name=kept,
                        is_template=True, followed=False,
                    )  # fmt: skip

    def _path(self, name: str) -> str | None:
        end = f"/{name.lstrip('./')}"
        return next((path for path in self._files if f"/{path}".endswith(end)), None)


def is_of_prompts(path: str) -> bool:
    """A module named after prompts, or below a folder that is."""
    parts = path.lower().removesuffix(".py").split("/")
    return any("prompt" in part for part in parts[-2:])


def _with_prompts(reading: Reading) -> Iterator[Module]:
    """The modules that are read anyway, and those of prompts, which need no mark of their own."""
    yield from reading.production
    known = {module.path for module in reading.production}
    for entry in reading.tree.entries:
        wanted = entry.suffix == ".py" and entry.role is Role.PRODUCTION
        if wanted and entry.path not in known and is_of_prompts(entry.path):
            found = reading.follower.project.module(entry.path)
            if isinstance(found, Module):
                yield found


def _is_in_use(module: Module, used: set[str]) -> bool:
    """Something else takes from it; absolute or relative, the last names agree."""
    if not is_of_prompts(module.path):
        return False
    name = module.name.removesuffix(".__init__")
    last = name.rpartition(".")[2]
    return any(
        dotted.startswith(f"{name}.") or dotted == name or f".{last}." in f".{dotted}."
        for dotted in used
    )


def _constants(module: Module) -> Iterator[Prompt]:
    """Long texts at the top of a module, and those of its classes that the module reads."""
    read = {node.attr for node in walk(module.tree) if isinstance(node, ast.Attribute)}
    of_classes = [
        (name, assigned)
        for one in module.classes.values()
        for name, assigned in one.attributes.items()
        if name in read
    ]
    for name, assigned in (*module.top.assigned.items(), *of_classes):
        for one in assigned:
            text = one.value.value if isinstance(one.value, ast.Constant) else None
            if isinstance(text, str) and len(text) >= LONG:
                yield Prompt(
                    place=module.place(one.value), source=PromptSource.MODULE, name=name,
                    length=len(text), is_template="{" in text, followed=False,
                )  # fmt: skip


def _file_of(call: ast.Call, module: Module) -> str:
    """The prompt file that a call names; a `.md` only where prompts are spoken of."""
    name = last_name(call.func)
    of_prompts = is_of_prompts(module.path)
    if not call.args or not (of_prompts or name in READERS | PROMPTY):
        return ""
    for part in walk(call):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            text = part.value
            if text.endswith(PROMPT_FILES):
                return text
            if text.endswith(TEXT_FILES) and (of_prompts or "prompt" in text):
                return text
    return ""
