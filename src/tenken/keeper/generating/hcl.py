"""Writes Terraform's language: blocks, attributes, references."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from tenken.digest import of_bytes

DIGITS = 8


class Reference(Struct, frozen=True):
    """Something of another resource; written without quotes."""

    to: str


class Block(Struct, frozen=True):
    """A block: its kind and labels, and what stands in it."""

    head: tuple[str, ...]
    """`("resource", "datadog_monitor", "answers")`."""
    body: "tuple[tuple[str, str | int | float | Reference | Sequence[str]] | Block, ...]"


def written(blocks: Sequence[Block], *, comment: str) -> str:
    """Give a file."""
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    return head + "\n".join("\n".join(_lines(block, "")) + "\n" for block in blocks)


def resource_name(name: str) -> str:
    """Give a name as Terraform allows it; what it does not leaves a digest, so that none collide.

    >>> resource_name("answers-quick"), resource_name("answers.quick")
    ('answers-quick', 'answers_quick_1dc6b542')
    """
    made = "".join(char if char.isascii() and _is_kept(char) else "_" for char in name)
    made = f"slo_{made}" if not made[:1].isalpha() else made
    return made if made == name else f"{made}_{of_bytes(name.encode())[-DIGITS:]}"


def _is_kept(char: str) -> bool:
    return char.isalnum() or char in "_-"


def quoted(text: str) -> str:
    """Give a string; what Terraform would read as a template is kept as it is."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + escaped.replace("${", "$${").replace("%{", "%%{") + '"'


def _lines(block: Block, indent: str) -> Iterator[str]:
    kind, *labels = block.head
    yield f"{indent}{' '.join([kind, *(quoted(label) for label in labels)])} {{"
    for entry in block.body:
        if isinstance(entry, Block):
            yield from _lines(entry, indent + "  ")
        else:
            name, value = entry
            yield f"{indent}  {name} = {_value(value)}"
    yield f"{indent}}}"


def _value(value: "str | int | float | Reference | Sequence[str]") -> str:
    match value:
        case Reference(to=to):
            return to
        case int() | float():
            return f"{value:.10g}"
        case str():
            return quoted(value)
        case _:
            return "[" + ", ".join(quoted(one) for one in value) + "]"
