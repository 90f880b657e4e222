"""Reads plans of red teaming: documents, and the configuration of promptfoo, garak and PyRIT."""

from collections.abc import Iterator

from tenken.config.yaml import YamlError, read_yaml
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.facts.documents import (
    Column,
    Document,
    DocumentKind,
    Source,
    Statement,
    Subject,
)
from tenken.readiness.facts.tree import Entry, Role, Tree
from tenken.readiness.facts.words.figures import plain

CONFIG = Pattern(r"(?m)^(redteam|red_team):|^\s*model_type:.*\n|probe_spec|garak|pyrit")
LIKELY = Pattern(r"(?i)(red[-_]?team|garak|pyrit|promptfoo)")
MAX_SIZE = 200_000


def red_team_of(tree: Tree, documents: tuple[Document, ...]) -> Iterator[Statement]:
    """One statement per plan: its text in WHAT, its tool in NAME where a tool runs it."""
    for document in documents:
        if document.kind is DocumentKind.RED_TEAM and not document.is_template:
            yield _written(document)
    for entry in tree.entries:
        fits = entry.suffix in {".yaml", ".yml", ".json"} and entry.size <= MAX_SIZE
        if fits and entry.role is not Role.EXAMPLE and LIKELY.search(entry.path):
            yield from _configured(tree, entry)


def _written(document: Document) -> Statement:
    said = " ".join(f"{one.title} {one.text}" for one in document.sections)
    following = next((document.fields[key] for key in NEXT if document.fields.get(key)), "")
    cells = {Column.WHAT: plain(said), Column.DUE: following}
    return Statement(
        subject=Subject.RED_TEAM, source=Source.TEXT, place=Place(document.path, 1), cells=cells
    )


NEXT = ("next", "next run", "next session", "次回", "次回実施", "次回予定")


def _configured(tree: Tree, entry: Entry) -> Iterator[Statement]:
    text = tree.text(entry.path)
    if not isinstance(text, str) or not CONFIG.search(text):
        return
    documents = read_yaml(text)
    if isinstance(documents, YamlError):
        return
    for document in documents:
        plan = document.at("redteam") or document.at("red_team") or document
        words = " ".join(node.text for node in plan.walk() if node.text)[:4_000]
        if (
            document.at("redteam")
            or document.at("plugins")
            or document.at("probe_spec")
            or "probe_spec" in text
        ):
            yield Statement(
                subject=Subject.RED_TEAM,
                source=Source.DATA,
                place=Place(entry.path, document.line_of("redteam")),
                cells={
                    Column.WHAT: words,
                    Column.NAME: "promptfoo" if document.at("redteam") else "garak",
                },
            )
