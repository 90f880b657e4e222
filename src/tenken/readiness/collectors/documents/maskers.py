"""Finds the code that masks personal data, and which types it has a rule for."""

from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.facts.mentions import Masker
from tenken.readiness.facts.tree import Entry, Role, Tree
from tenken.readiness.facts.words.data_kinds import TYPES

MASKER_PATH = Pattern(r"(?i)(mask|redact|pii|scrub|anonymi[sz]|sanitiz|personal_?data|dlp)")
MASKER_CODE = Pattern(
    r"(?im)^\s*(?:async\s+)?(?:def|function|func|export function)\s+"
    r"\w*(mask|redact|scrub|anonymi[sz])\w*\s*\("
)
LIBRARIES = (("presidio", "presidio"), ("dlp_v2", "google-dlp"), ("scrubadub", "scrubadub"))
SUFFIXES = frozenset({".py", ".ts", ".js", ".go", ".java", ".kt", ".rb", ".yaml", ".yml", ".toml"})
COMMENTS = Pattern(r"(?m)(^\s*(#|//).*$|\"\"\"[^\"]*\"\"\")")
MAX_SIZE = 200_000


def find_maskers(tree: Tree) -> tuple[Masker, ...]:
    """Production modules that mask, with the types their identifiers and patterns name."""
    found: list[Masker] = []
    for entry in tree.entries:
        if (
            entry.role is not Role.PRODUCTION
            or entry.suffix not in SUFFIXES
            or entry.size > MAX_SIZE
        ):
            continue
        if masker := _masker(tree, entry):
            found.append(masker)
    return tuple(found)


def _masker(tree: Tree, entry: Entry) -> Masker | None:
    by_name = MASKER_PATH.search(entry.path)
    if not by_name and entry.suffix != ".py":
        return None
    text = tree.text(entry.path)
    if not isinstance(text, str) or not (
        "mask" in text or "redact" in text or "scrub" in text or "nonymi" in text
    ):
        return None
    defined = MASKER_CODE.search(text)
    library = next((name for word, name in LIBRARIES if word in text), "")
    if not (defined or library):
        return None
    code = COMMENTS.sub("", text)
    line = text[: defined.start()].count("\n") + 2 if defined and by_name is None else 1
    types = tuple(name for name, pattern in TYPES.items() if pattern.search(code))
    return Masker(place=Place(entry.path, line), types=types, library=library)
