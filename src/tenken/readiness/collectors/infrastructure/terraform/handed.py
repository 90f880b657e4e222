"""Variables of Terraform that a pipeline or a script hands in: their defaults say nothing."""

from collections.abc import Iterator, Mapping

from tenken.config.node import Node
from tenken.pattern import Pattern
from tenken.readiness.collectors.infrastructure.terraform.modules import Module
from tenken.readiness.facts.tree import Entry, Role, Tree

SUFFIXES = frozenset({".yml", ".yaml", ".sh", ".ps1", ".mk"})
TOOLS = Pattern(r"(?i)(^|/)(tools?|scripts?|infra|deploy(ment)?|ci|bin|terraform)/")
MAX_SIZE = 200_000
MARKS = ("TF_VAR_", "-var", "tfvars")
GIVEN = Pattern(r"TF_VAR_(\w+)[\"']?\s*[:=]\s*([^\n]*)|-var[= ]\s*[\"']?(\w+)=([^\s\"'\\]*)")
"""In the environment, or as an option."""
WRITTEN = Pattern(r"(?m)^[^\n=#]*?\b([a-z]\w{3,})\s*=\s*\\?[\"']?(?:\{|\$|%s)")
"""Written into a `.tfvars` file, with something filled in."""
FILLED = ("${", "$(", "{", "$", "%")
UNKNOWN = "!expr"


def handed_in(tree: Tree, modules: Mapping[str, Module]) -> Mapping[str, Node]:
    """What variables that hold nothing by default are given; tagged where that is not known."""
    blank = {name for one in modules.values() for name, said in one.variables.items()
             if _is_blank(said)}  # fmt: skip
    found: dict[str, set[str]] = {}
    if blank:
        for name, said in _given(tree):
            if name in blank:
                found.setdefault(name, set()).add(said)
    return {name: _value(name, said) for name, said in found.items()}


def inputs_of(module: Module, given: Mapping[str, Node]) -> dict[str, Node]:
    """Those of a module that is applied by itself."""
    return {
        name: given[name]
        for name, said in module.variables.items()
        if name in given and _is_blank(said) and name not in module.values
    }


def _is_blank(default: Node) -> bool:
    """`""`, `[]`, `{}`, `null` or `false`: a switch that is off until somebody sets it."""
    if not default or default.tag:
        return False
    return not default.value


def _given(tree: Tree) -> Iterator[tuple[str, str]]:
    for entry in tree.entries:
        if not _may_give(entry):
            continue
        text = tree.text(entry.path)
        if isinstance(text, str) and any(mark in text for mark in MARKS):
            for found in GIVEN.finditer(text):
                said = found[2] if found[1] else found[4]
                yield found[1] or found[3], said.strip(" \"'\\")
            if "tfvars" in text:
                yield from ((found[1], "${}") for found in WRITTEN.finditer(text))


def _may_give(entry: Entry) -> bool:
    if entry.role is not Role.PRODUCTION or entry.size > MAX_SIZE:
        return False
    is_script = entry.suffix == ".py" and bool(TOOLS.search(entry.path))
    return entry.suffix in SUFFIXES or entry.name == "Makefile" or is_script


def _value(name: str, said: set[str]) -> Node:
    """One text that is written out; anything else is decided where it is applied."""
    text = next(iter(said))
    if len(said) > 1 or not text or text.startswith(FILLED) or any(it in text for it in FILLED):
        return Node(f"var.{name}", 0, {}, UNKNOWN)
    words = {"true": True, "false": False}
    return Node(words.get(text, text), 0)
