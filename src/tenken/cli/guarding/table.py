"""Columns of plain text, never cut: ids are there to be copied."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

GAP = "  "


def lines(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Give the lines of a table; wide characters count as two."""
    whole = [head, *rows]
    widths = [max(cell_len(row[at]) for row in whole) for at in range(len(head))]
    for row in whole:
        cells = (
            cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)
        )
        yield GAP.join(cells).rstrip()
