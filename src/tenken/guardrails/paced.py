"""Work that stops now and then, so that whoever runs it may let others run in between."""

from collections.abc import Generator, Iterable
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Whole = TypeVar("Whole")
EVERY = 64


def paced(items: Iterable[Item]) -> Generator[None, None, list[Item]]:
    """Give the items as a list, stopping after every few of them."""
    coming = iter(items)
    made = [*islice(coming, EVERY)]
    new = len(made)
    while new == EVERY:
        yield
        more = [*islice(coming, EVERY)]
        made += more
        new = len(more)
    return made


def drained(steps: Generator[None, None, Whole]) -> Whole:
    """Run to the end without stopping in between."""
    while True:
        try:
            next(steps)
        except StopIteration as done:
            whole: Whole = done.value
            return whole
