"""Modules that stand among tests and examples, and run all the same: production imports them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from tenken.pattern import Pattern
from tenken.readiness.facts.tree import Entry, EntryKind, Role, Tree

ASIDE = frozenset({Role.TEST, Role.EXAMPLE})
IMPORTED = Pattern(
    r"(?m)(?:^|;)[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]*(\([^)]*\)|[^\n#]*)"
    r"|import[ \t]+([^\n#]*))"
)
WORD = Pattern(r"\w+")
DOTTED = Pattern(r"[\w.]+")


def imported_from_beside(tree: Tree) -> Iterator[Entry]:
    """The modules that production imports from there, and those that they import in turn."""
    python = [it for it in tree.entries if it.suffix == ".py" and it.kind is EntryKind.FILE]
    aside = _by_name(it for it in python if it.role in ASIDE)
    pending = [it for it in python if it.role is Role.PRODUCTION] if aside else []
    seen: set[str] = set()
    for entry in pending:
        text = tree.text(entry.path)
        for name in _imported(text) if isinstance(text, str) else ():
            for found in aside.get(name, ()):
                if found.path not in seen:
                    seen.add(found.path)
                    pending.append(found)
                    yield found


def _by_name(entries: Iterator[Entry]) -> Mapping[str, list[Entry]]:
    """Modules by every name that some root of imports would give them."""
    names: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        parts = entry.path.removesuffix(".py").removesuffix("/__init__").split("/")
        for start in range(len(parts)):
            names[".".join(parts[start:])].append(entry)
    return names


def _imported(text: str) -> Iterator[str]:
    for one in IMPORTED.finditer(text):
        module, listed, plain = one.groups()
        if plain is not None:
            yield from DOTTED.findall(plain)
            continue
        base = module.strip(".")
        yield base
        yield from (f"{base}.{word}".strip(".") for word in WORD.findall(listed))
