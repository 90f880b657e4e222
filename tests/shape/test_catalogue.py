"""The catalogue and the code point at each other, and every pointer resolves."""

import importlib
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from tests.shape.source import ITEMS, modules

SECTIONS = sorted(ITEMS.glob("*.yaml"))
TENKEN = Path(sys.executable).with_name("tenken")


@cache
def items() -> dict[str, dict[str, object]]:
    """Read the items without the code that this test watches over."""
    found: dict[str, dict[str, object]] = {}
    for path in SECTIONS:
        section = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
        found.update({item["id"]: item for item in section["items"]})
    return found


def _pointers() -> Iterator[tuple[str, str]]:
    for id_, item in items().items():
        built_by = item["built_by"]
        assert isinstance(built_by, list)
        yield from ((id_, str(name)) for name in built_by)


def _commands(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(command := value.get("command"), str):
            yield command
        for inner in value.values():
            yield from _commands(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _commands(inner)


def _resolves(dotted: str) -> bool:
    """Tell whether a name is a module of ours, or something in one."""
    module, _, name = dotted.rpartition(".")
    try:
        importlib.import_module(dotted)
    except ModuleNotFoundError:
        try:
            return hasattr(importlib.import_module(module), name)
        except ModuleNotFoundError:
            return False
    return True


def test_the_whole_checklist_is_here() -> None:
    """The tests below would pass over an empty catalogue; this one would not."""
    assert [path.stem for path in SECTIONS] == [str(section) for section in range(9)]
    assert len(items()) == 66


def test_built_by_resolves() -> None:
    """The checklist is the index of the code: a pointer leads somewhere."""
    assert [pointer for pointer in _pointers() if not _resolves(pointer[1])] == []


@pytest.mark.parametrize("dotted", ["tenken.nothing", "tenken.digest.nothing", "nothing.at.all"])
def test_a_pointer_that_leads_nowhere_is_found(dotted: str) -> None:
    """The test above can fail."""
    assert not _resolves(dotted)


def test_commands_that_a_remedy_names_are_registered() -> None:
    """A remedy never sends a person to a command that does not exist."""
    named = {shlex.split(command)[1] for command in _commands(items())}
    known = {name: _answers_help(name) for name in sorted(named)}

    assert [name for name, answers in known.items() if not answers] == []
    assert not _answers_help("no-such-command")


def test_a_command_that_signs_asks_for_everything_that_signing_needs() -> None:
    """For its own item: who signs, and what is stated, or why nothing is needed."""
    for item, wanted in items().items():
        rule = wanted["signature"]
        last = "reason" if isinstance(rule, dict) and rule["kind"] == "exemption" else "statement"
        for command in _commands({item: wanted}):
            if command.startswith("tenken sign"):
                assert f"{command} ".startswith(f"tenken sign {item} "), item
                assert {f"{{{blank}}}" for blank in ("name", "email", last)} <= {*command.split()}


def test_every_repository_probe_of_the_catalogue_is_a_function() -> None:
    """An item is never left without the code that answers for it."""
    written = {
        function.name
        for module in modules("src/tenken/readiness/probes")
        for function in module.functions()
    }
    named = {
        entry["probe"]
        for item in items().values()
        if isinstance(probes := item["probes"], dict)
        for entry in probes["repository"]
    }

    assert sorted(named - written) == []


def _answers_help(command: str) -> bool:
    done = subprocess.run([TENKEN, command, "--help"], capture_output=True, check=False)
    return done.returncode == 0
