"""The checklist as commands need it: with a team's own lists, and items found by id."""

import unicodedata
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from tenken.cli.writing import read_text
from tenken.errors import UsageError
from tenken.readiness.catalogue import Catalogue, Item, shipped
from tenken.readiness.moves import STACKS

LONGEST_LIST = 2_000_000


class ListText(Struct, frozen=True, kw_only=True):
    """A team's list that was read."""

    file: str
    text: str


def whole_catalogue(lists: Iterable[Path]) -> Catalogue:
    """The shipped checklist with the lists that a person named."""
    read = (ListText(file=str(path), text=read_text(path, limit=LONGEST_LIST)) for path in lists)
    return extended(shipped(), read)


def extended(catalogue: Catalogue, lists: Iterable[ListText]) -> Catalogue:
    """A checklist with lists added."""
    for one in lists:
        from tenken.readiness.extension import extend  # noqa: PLC0415

        catalogue = extend(catalogue, one.text, file=one.file)
    return catalogue


def find_item(catalogue: Catalogue, id: str) -> Item:  # noqa: A002 - it is the item's id
    """Give an item, or refuse with the nearest id."""
    found = catalogue.item(unicodedata.normalize("NFKC", id))  # full-width digits are digits
    if found is None:
        near = [item.id for item in catalogue.items if item.id.startswith(id[:3])]
        near = near or [item.id for item in catalogue.items if item.id.startswith(id[:1])]
        shown = ", ".join(near[:5]) or next(iter(catalogue.items)).id
        raise UsageError("cli.no_such_item", item=id, near=shown)
    return found


def guide_of(stack: str) -> str:
    """Give the guide that a person means by a stack's name; empty where none was named."""
    if stack and stack not in STACKS:
        raise UsageError("cli.no_such_stack", stack=stack, known=", ".join(STACKS))
    return STACKS[stack] if stack else ""
