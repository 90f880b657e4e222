"""How a piece of shell ends, as far as its own words decide, and how it is shown."""

from enum import StrEnum

from tenken.readiness.collectors.pipeline.commands.script import (
    Chain,
    Choice,
    Function,
    Group,
    Link,
    Loop,
    Node,
    Pipe,
    Sequence,
    Simple,
)

ALWAYS_SUCCEED = frozenset({"true", ":", "echo", "printf", "continue", "break"})


class Ending(StrEnum):
    """How a piece of shell may end."""

    SUCCESS = "success"
    FAILURE = "failure"
    EITHER = "either"


def ending(node: Node) -> Ending:
    """Tell how a piece of shell may end, as far as its own words decide."""
    match node:
        case Simple(words=words) if any(word.inner for word in words):
            return Ending.EITHER if is_assignment(words[0].text) else _ending_of_simple(node)
        case Simple():
            return _ending_of_simple(node)
        case Group():
            return ending(node.body)
        case Sequence():
            return _ending_of_list(node)
        case Pipe(parts=parts, negated=False):
            return ending(parts[-1])
        case Chain():
            return _ending_of_chain(node)
        case Choice() | Loop() | Function() | Pipe():
            return Ending.EITHER


def _ending_of_simple(node: Simple) -> Ending:
    words = tuple(word.text for word in node.words)
    name = words[0]
    if name in ALWAYS_SUCCEED or all(is_assignment(word) for word in words):
        return Ending.SUCCESS
    if name in {"exit", "return"}:
        return Ending.SUCCESS if words[1:2] == ("0",) else Ending.FAILURE
    return Ending.FAILURE if name == "false" else Ending.EITHER


def _ending_of_list(node: Sequence) -> Ending:
    for item in node.items:
        if isinstance(item.node, Simple) and item.node.words[0].text in {"exit", "return"}:
            return ending(item.node)
    return ending(node.items[-1].node) if node.items else Ending.SUCCESS


def _ending_of_chain(node: Chain) -> Ending:
    return carried_on(ending(node.first), node.rest)


def carried_on(so_far: Ending, rest: tuple[Link, ...]) -> Ending:
    """How `&& a || b` ends after something that ended so."""
    for link in rest:
        after = ending(link.node)
        if link.operator == "||":
            so_far = after if so_far is Ending.FAILURE else _either(so_far, after, Ending.SUCCESS)
        else:
            so_far = after if so_far is Ending.SUCCESS else _either(so_far, after, Ending.FAILURE)
    return so_far


def _either(left: Ending, right: Ending, wins: Ending) -> Ending:
    return wins if wins in {left, right} else Ending.EITHER


def is_assignment(word: str) -> bool:
    name, equals, _ = word.partition("=")
    return bool(equals) and name.rstrip("+").isidentifier()


def as_written(node: Node) -> str:
    """The words of a piece of shell, for showing it."""
    match node:
        case Simple():
            return " ".join(word.text for word in node.words)
        case Sequence():
            return "; ".join(as_written(item.node) for item in node.items)
        case Group():
            return (
                f"({as_written(node.body)})"
                if node.subshell
                else f"{{ {as_written(node.body)}; }}"
            )
        case Chain():
            links = (f" {link.operator} {as_written(link.node)}" for link in node.rest)
            return as_written(node.first) + "".join(links)
        case Pipe():
            return ("! " if node.negated else "") + " | ".join(
                as_written(part) for part in node.parts
            )
        case Choice():
            return "if ..."
        case Loop():
            return "while ..."
        case Function():
            return f"{node.name}()"


def brief(node: Node) -> str:
    """The same, cut to what fits a sentence."""
    return shortened(as_written(node))


def shortened(text: str) -> str:
    """Text on one line, cut to what fits a sentence."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else flat[:57] + "..."


def line_of(node: Node) -> int:
    match node:
        case Simple():
            return node.line
        case Sequence():
            return node.items[0].line if node.items else 0
        case Group():
            return line_of(node.body)
        case Chain():
            return line_of(node.first)
        case Pipe():
            return line_of(node.parts[0])
        case Choice():
            return line_of(node.branches[0].body) if node.branches else 0
        case Loop():
            return line_of(node.body)
        case Function():
            return line_of(node.body)


def ends_here(node: Node) -> bool:
    """What follows it in the list is never reached."""
    return isinstance(node, Simple) and node.words[0].text in {"exit", "return"}


def leaves(node: Node) -> bool:
    """It ends the whole script with a failure, whatever stands around it."""
    match node:
        case Simple(words=words):
            return words[0].text == "exit" and ending(node) is Ending.FAILURE
        case Group(body=body, subshell=False):
            return leaves(body)
        case Sequence(items=items):
            return any(leaves(item.node) for item in items)
        case _:
            return False


def exits_with_success(node: Node) -> bool:
    """It says `exit 0` itself, at its top or in braces."""
    match node:
        case Simple(words=words):
            return words[0].text == "exit" and ending(node) is Ending.SUCCESS
        case Group(body=body, subshell=False):
            return exits_with_success(body)
        case Sequence(items=items):
            return any(exits_with_success(item.node) for item in items)
        case _:
            return False
