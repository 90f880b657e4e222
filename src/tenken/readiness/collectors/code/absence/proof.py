"""The proof that an application calls no model: what would have to be there is nowhere.

It is looked for as text in every production file, whatever the file is, so that a file which
cannot be understood breaks the proof instead of passing for harmless. A proof that is refused
says nothing: the questions about model calls stay unknown.
"""

from collections.abc import Iterable

from tenken.readiness.collectors.code.absence.beside import ASIDE, imported_from_beside
from tenken.readiness.collectors.code.absence.loading import DYNAMIC, loads_its_own
from tenken.readiness.collectors.code.absence.words import (
    CONNECTIONS,
    FOREIGN,
    IMPORTS,
    INSTALLERS,
    MODEL_PACKAGES,
    NAMED_PACKAGES,
    PAGES,
    PROSE,
    REACHING_LINES,
    REACHING_PROGRAMS,
    REACHING_WORDS,
    SETTINGS,
    SHELLS,
    STARTED,
    STARTERS,
)
from tenken.readiness.facts.calls import ModelsAbsent
from tenken.readiness.facts.code import Dependency
from tenken.readiness.facts.tree import Entry, EntryKind, Role, Tree

SHEBANG = "#!"


def models_absent(tree: Tree, dependencies: Iterable[Dependency]) -> ModelsAbsent | None:
    """Give the proof; None as soon as one thing speaks against it or cannot be read."""
    if tree.left_out or tree.prefix:
        return None  # vendored code, or a sibling of this service, may run and was not read
    declared = [it for it in dependencies if it.role not in ASIDE and _calls_models(it)]
    if any(not it.group for it in declared):
        return None
    python = others = 0
    for entry in tree.entries:
        if not _matters(entry):
            continue
        if not _is_silent(entry, tree):
            return None
        python += entry.suffix == ".py"
        others += entry.suffix in PAGES | SHELLS
    if not all(_is_silent(it, tree) for it in imported_from_beside(tree)):
        return None
    groups = tuple(dict.fromkeys(it.name for it in declared))
    return (
        ModelsAbsent(python_files=python, other_files=others, optional=groups) if python else None
    )


def _calls_models(one: Dependency) -> bool:
    return any(
        one.name == it or one.name.startswith((f"{it}-", f"{it}/")) for it in MODEL_PACKAGES
    )


def _matters(entry: Entry) -> bool:
    """Production files, and notebooks wherever they stand: a job may run one."""
    if entry.role is Role.PRODUCTION:
        return True
    return entry.suffix == ".ipynb" and entry.role is Role.EXAMPLE


def _is_silent(entry: Entry, tree: Tree) -> bool:
    """Nothing in this file calls a model, or leads to something that might."""
    if entry.kind is not EntryKind.FILE or entry.suffix in FOREIGN:
        return False
    if entry.suffix in PROSE and entry.name.lower() not in INSTALLERS:
        return True
    text = tree.text(entry.path)
    if not isinstance(text, str):
        return entry.suffix not in PAGES | SHELLS | {".py", ""}
    if entry.suffix == ".py":
        return _silent_python(text, tree) and not _installs(entry, text)
    if entry.suffix in PAGES:
        return not REACHING_WORDS.search(text)
    if entry.suffix in SHELLS or text.startswith(SHEBANG):
        return not (REACHING_LINES.search(text) or NAMED_PACKAGES.search(text))
    return not (SETTINGS.search(text) or _installs(entry, text))


def _installs(entry: Entry, text: str) -> bool:
    named = entry.name.lower()
    stem = named.partition(".")[0]
    is_installer = named in INSTALLERS or stem in INSTALLERS
    return is_installer and bool(NAMED_PACKAGES.search(text))


def _silent_python(text: str, tree: Tree) -> bool:
    if IMPORTS.search(text) or CONNECTIONS.search(text):
        return False
    if STARTED.search(text) and REACHING_PROGRAMS.search(text) and _starts_programs(text):
        return False
    return not DYNAMIC.search(text) or loads_its_own(text, tree)


def _starts_programs(text: str) -> bool:
    """It imports what starts programs; a table of such names starts none."""
    return STARTERS.search(text) is not None
