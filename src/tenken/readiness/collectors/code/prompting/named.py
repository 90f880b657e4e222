"""Prompts that a call names: `model="prompt:<name>@<version>"`, filled in by a gateway.

What the file says is read as the gateway reads it, so a file that it would refuse is none here,
and a label leads to the version that stands in the labels' file, or to nothing.
"""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from tenken.errors import Malformed
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.prompts.library import FOLDER, LABELS, File, Library, Unknown, read_library
from tenken.prompts.reading import SUFFIX, name_of
from tenken.prompts.template import Each, If, Node, Text
from tenken.readiness.facts.calls import LlmCall, Operation
from tenken.readiness.facts.code import Prompt, PromptSource
from tenken.readiness.facts.tree import Role, Tree

NAMED = Pattern(r"prompt:([a-z0-9][a-z0-9_-]{0,62})@([a-z0-9][a-z0-9_-]{0,63})")
DIGEST = 64
LABELS_NAME = LABELS.rpartition("/")[2]


class _Shelf(Struct, frozen=True, kw_only=True):
    """The prompts of one folder, or where the first mistake in them is."""

    folder: str
    names: frozenset[str]
    library: Library | None = None
    mistake: Place | None = None

    def place(self, file: str, line: int = 0) -> Place:
        """Give where a file stands in the repository."""
        return Place(f"{self.folder}/{file.rpartition('/')[2]}", line)


def named(tree: Tree, calls: Iterable[LlmCall]) -> Iterator[Prompt]:
    """Give the prompts that calls name, each once."""
    wanted = dict[str, Place]()
    for call in calls:
        if call.operation is Operation.GENERATE:
            for model in (call.model, *(target.model for target in call.targets)):
                if NAMED.fullmatch(model.value) is not None:
                    wanted.setdefault(model.value, call.place)
    if wanted:
        shelves = tuple(_shelves(tree))
        for written, place in wanted.items():
            yield _found(written, place, shelves)


def _found(written: str, place: Place, shelves: Iterable[_Shelf]) -> Prompt:
    match = NAMED.fullmatch(written)
    name, version = (match[1], match[2]) if match is not None else ("", "")
    shelf = next((one for one in shelves if name in one.names), None)
    absent = Prompt(place=place, source=PromptSource.ABSENT, name=written, is_template=True)
    if shelf is None:
        # Whoever keeps it elsewhere can move a label; nobody can move a digest.
        pinned = len(version) == DIGEST
        source = PromptSource.REGISTRY_PINNED if pinned else PromptSource.REGISTRY_FLOATING
        return replace(absent, source=source)
    if shelf.library is None:
        at = shelf.mistake or place
        return replace(absent, source=PromptSource.FILE, place=at, name=at.path, refused=True)
    try:
        prompt = shelf.library.find(name, version)
    except Unknown:
        return absent
    at = shelf.place(prompt.file, 1)
    return Prompt(
        place=at,
        source=PromptSource.FILE,
        length=sum(_length(section.nodes) for section in prompt.sections),
        name=at.path,
        is_template=True,
        slots_apart=True,
    )


def _shelves(tree: Tree) -> Iterator[_Shelf]:
    folders: dict[str, list[str]] = {}
    for entry in tree.entries:
        folder, _, name = entry.path.rpartition("/")
        if folder.rpartition("/")[2] != FOLDER or entry.role in {Role.TEST, Role.EXAMPLE}:
            continue
        if name.endswith(SUFFIX) or name == LABELS_NAME:
            folders.setdefault(folder, []).append(entry.path)
    for folder, paths in folders.items():
        yield _shelf(tree, folder, paths)


def _shelf(tree: Tree, folder: str, paths: Iterable[str]) -> _Shelf:
    texts: Mapping[str, object] = {path: tree.text(path) for path in paths}
    files = [
        File(file=f"{FOLDER}/{path.rpartition('/')[2]}", text=text)
        for path, text in texts.items()
        if isinstance(text, str)
    ]
    names = frozenset(name_of(one.file) for one in files if one.file != LABELS)
    shelf = _Shelf(folder=folder, names=names)
    try:
        return replace(shelf, library=read_library(files))
    except Malformed as malformed:
        first = malformed.problems[0].place
        return replace(shelf, mistake=shelf.place(first.path, first.line))


def _length(nodes: Iterable[Node]) -> int:
    total = 0
    for node in nodes:
        match node:
            case Text(text):
                total += len(text)
            case If(_, _, then, otherwise):
                total += _length(then) + _length(otherwise)
            case Each(_, _, body):
                total += _length(body)
            case _:
                pass
    return total
