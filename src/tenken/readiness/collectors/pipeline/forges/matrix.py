"""The combinations of a GitHub matrix: how many there are, and what each one sets."""

from collections.abc import Iterator, Mapping
from itertools import islice, product

from tenken.config.node import Node

MAX_COPIES = 12
MAX_LOOKED_AT = 500


def combinations(matrix: Node) -> Iterator[dict[str, str]]:
    """Give what each copy of a job has, as `matrix.name` and its value."""
    axes = _axes(matrix)
    if axes:
        for values in islice(product(*axes.values()), MAX_COPIES):
            yield {f"matrix.{name}": it for name, it in zip(axes, values, strict=True)}
    for extra in matrix.at("include").items[:MAX_COPIES]:
        yield {f"matrix.{name}": it.text for name, it in extra.mapping.items()}


def nothing_left(matrix: Node) -> bool:
    """An axis without values, or every combination excluded: the job runs not even once."""
    if matrix.at("include").items or matrix.at("include").text:
        return False
    written = [node for name, node in matrix.mapping.items() if name not in {"include", "exclude"}]
    if any(isinstance(node.value, (list, tuple)) and not node.items for node in written):
        return True
    return _all_excluded(matrix)


def _all_excluded(matrix: Node) -> bool:
    axes = _axes(matrix)
    excluded = [
        {name: it.text for name, it in entry.mapping.items()}
        for entry in matrix.at("exclude").items
    ]
    if not axes or not excluded or len(axes) < _named(matrix):
        return False
    made = list(islice(product(*axes.values()), MAX_LOOKED_AT + 1))
    return len(made) <= MAX_LOOKED_AT and all(
        any(entry.items() <= dict(zip(axes, values, strict=True)).items() for entry in excluded)
        for values in made
    )


def _named(matrix: Node) -> int:
    return len(matrix.mapping.keys() - {"include", "exclude"})


def _axes(matrix: Node) -> Mapping[str, list[str]]:
    axes = {
        name: [it.text for it in node.items if it.text]
        for name, node in matrix.mapping.items()
        if name not in {"include", "exclude"} and node.items
    }
    return {name: values for name, values in axes.items() if values}
