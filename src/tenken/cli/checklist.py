"""The checklist as commands need it: with a team's own lists, and items found by id."""

from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from tenken.cli.writing import read_text
from tenken.errors import UsageError
from tenken.readiness.catalogue import Catalogue, Item, shipped
from tenken.readiness.extension import extend

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
        catalogue = extend(catalogue, one.text, file=one.file)
    return catalogue


def find_item(catalogue: Catalogue, id: str) -> Item:  # noqa: A002 - it is the item's id
    """Give an item, or refuse with the nearest id."""
    from_catalogue = catalogue.item(id)
    if from_catalogue is None:
        near = [item.id for item in catalogue.items if item.id.startswith(id[:3])]
        raise UsageError("cli.no_such_item", item=id, near=", ".join(near[:5]) or "0-1-1")
    return from_catalogue
