"""Questions to a value that may not be fully known: its text, its address, its first block."""

from tenken.config.node import ABSENT, Node
from tenken.place import Place
from tenken.readiness.facts.infrastructure import Figure

LONGEST_WRITTEN = 120
ANYTHING = "*"


def down(node: Node, *keys: str) -> Node:
    """Go down by keys, through the first of several blocks where there is a list of them."""
    for key in keys:
        inner = node.items[0] if node.items and not node.tag else node
        node = inner.at(key)
    return node.items[0] if node.items and not node.tag and node.items[0].mapping else node


def blocks(node: Node, key: str) -> tuple[Node, ...]:
    """Every block of a kind."""
    found = node.at(key)
    return () if found.tag else found.many


def literal(node: Node) -> str | None:
    """The text of a value that is fully known, else None."""
    return node.text if not node.tag and isinstance(node.value, str | int | float) else None


def pattern(node: Node) -> str:
    """The text with `*` for each part that is not known; empty for what is absent."""
    if node.tag == "!template":
        return "".join(pattern(piece) for piece in node.items) or ANYTHING
    if node.tag:
        return ANYTHING
    return node.text


def is_unknown(node: Node) -> bool:
    """It is written and could not be resolved."""
    return bool(node) and bool(node.tag)


def truth(node: Node) -> bool | None:
    """A switch: True or False where it is stated, else None."""
    if node.tag or not node:
        return None
    return {"true": True, "false": False}.get(node.text.lower())


def address(node: Node) -> str:
    """The resource that a reference leads to (`google_service_account.desk`), else empty."""
    if node.tag == "!template":
        found = [address(piece) for piece in node.items if piece.tag == "!ref"]
        return found[0] if len(found) == 1 else ""
    return node.text.rpartition(".")[0] if node.tag == "!ref" else ""


def figure(path: str, parent: Node, key: str) -> Figure | None:
    """A number under a key of a mapping, with its place; None where the key is absent."""
    node = parent.at(key)
    if not node:
        return None
    return Figure(
        value=number(node),
        place=Place(path, parent.line_of(key)),
        written=(pattern(node) if node.tag != "!ref" else node.text)[:LONGEST_WRITTEN],
    )


def number(node: Node) -> float | None:
    """A number, also one written as text; None where it is not known."""
    if node.tag:
        return None
    if node.number is not None:
        return node.number
    return to_number(node.text)


def to_number(text: str) -> float | None:
    """Read a plain decimal number."""
    try:
        return float(text) if len(text) < 40 else None
    except ValueError:
        return None


def first(*nodes: Node) -> Node:
    """The first that is there."""
    return next((node for node in nodes if node), ABSENT)
