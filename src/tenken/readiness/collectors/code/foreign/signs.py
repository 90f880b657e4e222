"""What TypeScript shows by the words of its own libraries: enough to say where, never to prove."""

from collections.abc import Iterator, Mapping

from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.code.foreign.typescript import MAX_BYTES, SUFFIXES
from tenken.readiness.facts.code import ForeignSign, SignKind
from tenken.readiness.facts.tree import Entry, EntryKind, Role, Tree

WORDS: Mapping[SignKind, str] = {
    SignKind.SCHEMA_OUTPUT: r"\b(?:generateObject|streamObject|Output\.object)\(",
    SignKind.SYSTEM_APART: r"^\s*system(?::|,$)",
    SignKind.BOUNDED_INPUT: r"z\.string\(\)(?:\.\w+\([^)]*\))*\.max\(",
    SignKind.SESSION: r"await (?:auth|getServerSession|getSession|get\w*User)\(",
    SignKind.TRACE: r"^\s*(?:registerOTel|new NodeSDK|new LangfuseExporter)\(",
    SignKind.SPAN: r"experimental_telemetry\s*:",
    SignKind.PROVIDER: r"""["'](?:openai|anthropic|google|mistral|xai|meta)/[\w.-]+["']""",
}
FINDERS = {kind: Pattern(f"(?m){word}") for kind, word in WORDS.items()}
PROMPT = Pattern(r"(?m)^export (?:const \w*[Pp]rompt\w*\s*(?::[^=]+)?=|function build\w*Prompt)")
MOST = 3
"""Places of one kind; more tell nothing more."""


def signs(tree: Tree) -> Iterator[ForeignSign]:
    """Give the places, a few of each kind."""
    counts: dict[SignKind, int] = {}
    for entry in tree.entries:
        text = tree.text(entry.path) if _is_served(entry) else ""
        if not isinstance(text, str):
            continue
        for kind, line, detail in _in(entry.path, text):
            counts[kind] = counts.get(kind, 0) + 1
            if counts[kind] <= MOST or kind is SignKind.PROVIDER:
                yield ForeignSign(place=Place(entry.path, line), kind=kind, detail=detail)


def _is_served(entry: Entry) -> bool:
    return (
        entry.suffix in SUFFIXES
        and entry.kind is EntryKind.FILE
        and entry.role is Role.PRODUCTION
        and entry.size <= MAX_BYTES
    )


def _in(path: str, text: str) -> Iterator[tuple[SignKind, int, str]]:
    if "prompt" in path.lower() and (match := PROMPT.search(text)):
        yield SignKind.PROMPT_MODULE, _line(text, match.start()), path
    for kind, finder in FINDERS.items():
        if kind is SignKind.SYSTEM_APART and "streamText(" not in text:
            continue
        if kind is SignKind.SESSION and not path.endswith(("route.ts", "route.tsx")):
            continue
        told: set[str] = set()
        for match in finder.finditer(text):
            detail = match.group().strip("\"' \n").partition("/")[0]
            if detail not in told and not _is_comment(text, match.start()):
                told.add(detail)
                yield kind, _line(text, match.start()), detail


def _line(text: str, start: int) -> int:
    return text.count("\n", 0, start) + 1


def _is_comment(text: str, start: int) -> bool:
    return text[text.rfind("\n", 0, start) + 1 : start + 2].lstrip().startswith(("//", "*"))
