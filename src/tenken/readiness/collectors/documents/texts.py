"""Turns the parts of a Markdown file into a document, a decision or a postmortem."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.documents.kinds import aspect_of, is_template, kind_of
from tenken.readiness.collectors.documents.markdown import Part
from tenken.readiness.collectors.documents.statements import resolve
from tenken.readiness.facts.documents import (
    ActionItem,
    Aspect,
    Decision,
    Document,
    DocumentKind,
    Postmortem,
    Section,
)
from tenken.readiness.facts.tree import Tree
from tenken.readiness.facts.words.figures import date_in, is_blank, plain

MAX_COMMANDS = 50
CHECKBOX = Pattern(r"^\[([ xX✓✔])\]\s*(.*)$")
DONE = Pattern(r"(?i)\b(done|closed|completed|resolved|fixed)\b|完了|対応済|実施済|済み|クローズ")
OPEN = Pattern(
    r"(?i)\b(open|pending|in progress|not started|wip)\b|未対応|未完了|対応中|未着手|進行中|予定"
)
OWNER_IN = Pattern(
    r"(?i)(?:owner|assignee|担当者?|責任者)\s*[:：]?\s*([^\s,、;)）]+)|@([\w.-]+)|[(（]([^,、()（）]{2,60})[,、]"
)
STYLES: Mapping[str, str] = {
    "async": "async",
    "asynchronous": "async",
    "queue": "async",
    "非同期": "async",
    "sync": "sync",
    "synchronous": "sync",
    "同期": "sync",
    "stream": "stream",
    "streaming": "stream",
    "ストリーミング": "stream",
    "ストリーム": "stream",
}
STYLE_KEYS = frozenset(
    {
        "call_style",
        "call style",
        "calling style",
        "呼び出し方式",
        "呼出方式",
        "呼び出し",
        "応答方式",
    }
)
REASONS = Pattern(r"(?i)^(context|decision|rationale|background|reason|背景|決定|理由|文脈)")


def document_of(
    tree: Tree, path: str, parts: tuple[Part, ...], changed_at: datetime | None
) -> Document:
    """The document a file holds."""
    title = next((part.title for part in parts if part.level), "")
    kind = kind_of(path, title)
    fields = {key.lower(): value for part in parts for _, key, value in part.fields}
    sections = tuple(_section(tree, path, part) for part in parts if part.level or part.body)
    return Document(
        path=path,
        kind=kind,
        title=title,
        sections=sections,
        fields=fields,
        changed_at=changed_at,
        dated=date_in(path.rpartition("/")[2]) or date_in(title) or _dated(fields),
        is_template=is_template(path, title),
    )


def _dated(fields: Mapping[str, str]) -> date | None:
    keys = ("date", "日付", "発生日", "発生日時", "日時", "occurred", "when")
    return next((day for key in keys if (day := date_in(fields.get(key, "")))), None)


def _section(tree: Tree, path: str, part: Part) -> Section:
    return Section(
        title=part.title,
        level=part.level,
        place=Place(path, part.line),
        text=part.body,
        commands=tuple(part.commands)[:MAX_COMMANDS],
        links=tuple(resolve(tree, path, target, line) for line, target in part.links),
        aspect=aspect_of(part.title) if part.level else None,
    )


# -- decisions


def decision_of(document: Document, parts: tuple[Part, ...]) -> Decision | None:
    """The decision a record takes; None for the list or the template of the folder."""
    if document.kind is not DocumentKind.DECISION or document.is_template:
        return None
    status = _status(document, parts)
    style, place = _call_style(document, parts)
    reason = " ".join(part.body for part in parts if REASONS.match(part.title))
    return Decision(
        place=Place(document.path),
        title=document.title,
        status=status.lower(),
        call_style=style,
        call_style_place=place,
        reason=plain(reason)[:500],
    )


def _status(document: Document, parts: tuple[Part, ...]) -> str:
    said = (
        document.fields.get("status")
        or document.fields.get("ステータス")
        or document.fields.get("状態", "")
    )
    if not said:
        titled = (
            part for part in parts if plain(part.title).lower() in {"status", "ステータス", "状態"}
        )
        said = next((part.body for part in titled), "")
    return said


def _call_style(document: Document, parts: tuple[Part, ...]) -> tuple[str, Place | None]:
    for part in parts:
        for line, key, value in part.fields:
            if plain(key).lower().replace("-", " ") in STYLE_KEYS:
                word = plain(value).lower().strip(" .。")
                first = word.replace("(", " ").replace("（", " ").split()[:1]
                return STYLES.get(first[0], word) if first else word, Place(document.path, line)
    return "", None  # a title tells of one part, such as speech that is streamed, and not of all


# -- postmortems


def postmortem_of(document: Document, parts: tuple[Part, ...]) -> Postmortem | None:
    """The incident a document tells of; None for a template, an index or a guide."""
    if document.kind is not DocumentKind.POSTMORTEM or document.is_template:
        return None
    if document.dated is None and not document.about(Aspect.CAUSE):
        return None
    actions = tuple(
        action
        for part in parts
        if aspect_of(part.title) is Aspect.ACTIONS
        for action in (*_listed(document.path, part), *_tabled(document.path, part))
    )
    return Postmortem(document=document, happened_on=document.dated, actions=actions)


def _listed(path: str, part: Part) -> Iterator[ActionItem]:
    for line, text in part.bullets:
        box = CHECKBOX.match(text)
        said = box.group(2) if box else text
        if is_blank(said):
            continue
        ticked = bool(box.group(1).strip()) if box else None
        yield _action(Place(path, line), said, ticked)


def _tabled(path: str, part: Part) -> Iterator[ActionItem]:
    for table in part.tables:
        for row in table.rows:
            said = " | ".join(row.cells)
            if row.cells and not is_blank(row.cells[0]):
                cells = dict(
                    zip((plain(one).lower() for one in table.columns), row.cells, strict=False)
                )
                yield _action(Place(path, row.line), said, None, _owner_cell(cells))


def _owner_cell(cells: Mapping[str, str]) -> str:
    keys = ("owner", "assignee", "who", "担当", "担当者", "責任者")
    return next((cells[key] for key in keys if not is_blank(cells.get(key, ""))), "")


def _action(place: Place, said: str, ticked: bool | None, owner: str = "") -> ActionItem:
    closed = ticked
    if closed is None:
        closed = False if OPEN.search(said) else True if DONE.search(said) else None
    named = OWNER_IN.search(said)
    found = next((one for one in named.groups() if one), "") if named else ""
    return ActionItem(
        place=place, text=plain(said)[:300], closed=closed, owner=owner or found, due=date_in(said)
    )
