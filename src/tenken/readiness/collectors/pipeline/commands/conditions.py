"""Commands that run only where a test of the shell says so, and what is known of that test."""

from tenken.readiness.collectors.pipeline.commands.ending import Ending, as_written, ending
from tenken.readiness.collectors.pipeline.commands.folders import entered
from tenken.readiness.collectors.pipeline.commands.script import (
    EMPTY,
    Chain,
    Choice,
    Node,
    Sequence,
    Simple,
)
from tenken.readiness.facts.tree import Tree

ASKING = frozenset({"[", "[[", "test", "command", "which", "type", "hash", "grep"})
"""Programs that only look at something."""
FILE_TESTS = frozenset({"-f", "-d", "-e", "-s", "-r"})


def under_test(node: Chain, index: int, *, last: bool) -> str:
    """The test that lets a member of `[ ... ] && a || b` be skipped without a failure."""
    before = (node.first, *(link.node for link in node.rest))[index - 1]
    if not isinstance(before, Simple) or before.words[0].text not in ASKING:
        return ""
    fails_without = node.rest[index - 1].operator == "&&" and last and index == len(node.rest)
    return "" if fails_without else as_written(before)


def open_branch(node: Choice, index: int) -> str:
    """The condition on which a branch runs; empty where it runs in any case, or nothing else may.

    Branches that start the same program do so whatever the condition is.
    """
    bodies = [branch.body for branch in node.branches]
    others = bodies if node.otherwise is None else [*bodies, node.otherwise]
    is_case = node.branches[0].condition == EMPTY
    everywhere = set.intersection(*map(_programs, others))
    if everywhere and ((is_case and len(bodies) > 1) or node.otherwise is not None):
        return ""
    if any(ending(one) is Ending.FAILURE for one in others):
        return ""  # the other way ends in a failure
    if is_case:
        return "case"
    condition = node.branches[min(index, len(node.branches) - 1)].condition
    return "" if ending(condition) is not Ending.EITHER else as_written(condition)


def _programs(body: Sequence) -> set[str]:
    return {_first(item.node) for item in body.items} - {"echo", "printf", ":", "true", "", "set"}


def _first(node: Node) -> str:
    return as_written(node).partition(" ")[0]


def holds_here(test: str, folder: str, tree: Tree) -> bool | None:
    """`[ -d tests ]` is decided by the repository itself; None for what is not known here."""
    words = test.split()
    match words:
        case ["[", sign, name, "]"] | ["test", sign, name] | ["[[", sign, name, "]]"]:
            path = entered(folder, name)
            if sign not in FILE_TESTS or "$" in name or "*" in name or path == "?":
                return None
            return tree.entry(path) is not None or any(True for _ in tree.below(path))
        case _:
            return None
