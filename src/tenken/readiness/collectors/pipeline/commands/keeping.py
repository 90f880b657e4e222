"""A status that a script keeps by hand and gives back at its end."""

from tenken.pattern import Pattern
from tenken.readiness.collectors.pipeline.commands.ending import Ending, as_written, ending
from tenken.readiness.collectors.pipeline.commands.script import (
    Chain,
    Choice,
    Function,
    Item,
    Loop,
    Node,
    Pipe,
    Simple,
)

ASKED = Pattern(
    r"(?:exit |(?P<name>[A-Za-z_][A-Za-z0-9_]*)=)\$\{PIPESTATUS(?:\[(?P<part>[0-9]{1,2})\])?\}"
)

ASSERTS = Pattern(r"\bassert\s+[a-z_(\[]")


def written_is_asserted(node: Pipe, rest: tuple[Item, ...]) -> bool:
    """`evaluate | tee scores.json`, and the next command reads those scores and asserts on them.

    Half a file cannot be read as JSON, so a failure of the first reaches the job by the second.
    """
    final = node.parts[-1]
    words = [word.text for word in final.words] if isinstance(final, Simple) else []
    files = [one for one in words[1:] if not one.startswith("-")]
    if words[:1] != ["tee"] or len(files) != 1 or not rest or rest[0].background:
        return False
    following = rest[0].node
    if not isinstance(following, Simple):
        return False
    given = [word.text for word in following.words]
    reads = any(files[0] in one and "json" in one for one in given)
    if given[0].startswith("python"):
        return reads and "-c" in given and ASSERTS.search(given[-1]) is not None
    return given[0] == "jq" and files[0] in given and bool({"-e", "--exit-status"} & {*given})


def kept(node: Node, rest: tuple[Item, ...]) -> bool:
    """`test; code=$?; ...; exit $code`: the status is kept by hand and given back."""
    if isinstance(node, Choice | Loop | Function) or not rest:
        return False
    following = as_written(rest[0].node)
    if following in {"exit $?", "exit ${?}"} or asked(node, rest) is not None:
        return True
    name, equals, value = following.partition("=")
    keeps = bool(equals) and name.isidentifier() and value == "$?"
    return keeps and any(_gives_back(item.node, name) for item in rest[1:])


def asked(node: Node, rest: tuple[Item, ...]) -> tuple[Node, int] | None:
    """`test | tee log; code=${PIPESTATUS[0]}; ...; exit $code`: one part's status is kept."""
    found = ASKED.fullmatch(as_written(rest[0].node)) if rest else None
    if found is None:
        return None
    name = found["name"]
    if name is not None and not any(_gives_back(item.node, name) for item in rest[1:]):
        return None
    return node, int(found["part"] or 0)


def noted(catcher: Node, rest: tuple[Item, ...]) -> bool:
    """`pytest || code=$?` with an `exit $code` further down."""
    name, equals, value = as_written(catcher).partition("=")
    keeps = bool(equals) and name.isidentifier() and value in {"$?", "1"}
    return keeps and any(_gives_back(item.node, name) for item in rest)


def _gives_back(node: Node, name: str) -> bool:
    """`exit $code`, or a branch on `$code` that ends in a failure."""
    match node:
        case Simple(words=words):
            texts = [word.text for word in words]
            return texts[0] in {"exit", "return"} and _names(" ".join(texts), name)
        case Chain(first=first, rest=rest):
            fails = any(ending(link.node) is Ending.FAILURE for link in rest)
            return fails and _names(as_written(first), name)
        case Choice(branches=branches):
            return any(
                _names(as_written(branch.condition), name)
                and ending(branch.body) is Ending.FAILURE
                for branch in branches
            )
        case _:
            return False


def _names(text: str, name: str) -> bool:
    return f"${name}" in text or f"${{{name}}}" in text
