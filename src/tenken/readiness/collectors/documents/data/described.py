"""Finds the document that tells how an evaluation set is made, where it is beside or names it."""

from msgspec import Struct

from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.facts.tree import Tree

TEXTS = frozenset({".md", ".mdx", ".markdown"})
HEADING = Pattern(
    r"(?im)^#{1,4}[^\n]*(data ?sets?\b|ground[- ]?truth|golden|test ?sets?\b|evaluation data"
    r"|eval(uation)?s? ?-?(sets?|cases)\b"
    r"|(add|author|curat|maintain|writ)ing[^\n]* cases\b"
    r"|評価データ|評価セット|データセット|ゴールデン|正解データ)"
)
MAKING = Pattern(
    r"(?i)generat|creat|synthetic|label|annotat|collect|review|captur|author|maintain"
    r"|作成|追加|更新|生成|収集"
)
EVALUATION_FOLDER = Pattern(r"(?i)golden|(^|[_.-])evals?([_.-]|$)|evaluat|datasets?$")
MAX_SIZE = 400_000


class Telling(Struct, frozen=True, kw_only=True):
    """A document with a heading about evaluation data, and words on its making below."""

    place: Place
    text: str

    @property
    def folder(self) -> str:
        """Where it stands."""
        return self.place.path.rpartition("/")[0]


def find_tellings(tree: Tree) -> tuple[Telling, ...]:
    """Every document that tells how evaluation data is made."""
    found = []
    for entry in tree.entries:
        text = tree.text(entry.path) if entry.suffix in TEXTS and entry.size <= MAX_SIZE else None
        heading = HEADING.search(text) if isinstance(text, str) else None
        if isinstance(text, str) and heading and MAKING.search(text[heading.start() :]):
            line = text.count("\n", 0, heading.start()) + 1
            found.append(Telling(place=Place(entry.path, line), text=text))
    return tuple(found)


def described_at(tellings: tuple[Telling, ...], path: str) -> Place | None:
    """Give the heading under which the making of a set is told: beside it, else where it is named.

    A document in the same tree of evaluation folders is about the sets below it.
    """
    root = _evaluation_root(path)
    beside = [
        one for one in tellings
        if root and f"{one.folder}/".startswith(f"{root}/") and path.startswith(f"{one.folder}/")
    ]  # fmt: skip
    names = [path.rpartition("/")[2], *([f"{root.rpartition('/')[2]}/"] if root else [])]
    naming = [one for one in tellings if any(name in one.text for name in names)]
    return next((one.place for one in (*beside, *naming)), None)


def _evaluation_root(path: str) -> str:
    """The topmost folder above the set that is named for evaluation."""
    folders = path.split("/")[:-1]
    at = next((at for at, one in enumerate(folders) if EVALUATION_FOLDER.search(one)), None)
    return "" if at is None else "/".join(folders[: at + 1])
