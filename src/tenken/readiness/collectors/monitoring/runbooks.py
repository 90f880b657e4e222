"""Where the text of an alert sends the person on call."""

import posixpath
from urllib.parse import unquote

from tenken.config.node import Node
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.facts.monitoring import RunbookLink
from tenken.readiness.facts.tree import Tree

URL = Pattern(r"https?://[^\s\"'<>)\]]+")
FILE = Pattern(r"[\w./-]+\.(?:md|mdx|adoc|rst)\b(?:#[^\s\"'<>)\]]+)?")
HEADING = Pattern(r"(?m)^#{1,6}\s+(.+?)\s*#*$")
NOT_IN_SLUG = Pattern(r"[^\p{L}\p{N}_\s-]")
SPEAKS_OF_IT = Pattern(
    r"(?i)runbook|playbook|手順|ランブック|sop\b|/docs?/|wiki|notion|confluence"
)
FORGE = Pattern(r"^https?://[^/]+/[^/]+/[^/]+/(?:-/)?(?:blob|tree|raw)/[^/]+/(.+)$")
LONGEST = 6_000
STEP = Pattern(r"(?m)^\s*(?:[0-9]{1,2}[.)]|手順\s?[0-9])\s*\S")
FEWEST_STEPS = 2


def runbook_in(
    text: str, place: Place, tree: Tree, *, is_link: bool = False
) -> RunbookLink | None:
    """The first runbook that a text names; `is_link` says that the whole text is meant as one."""
    cut = text[:LONGEST]
    is_link = is_link and len(cut.split()) == 1
    for url in URL.findall(cut):
        if is_link or SPEAKS_OF_IT.search(url) or SPEAKS_OF_IT.search(cut[: cut.find(url)][-60:]):
            return _link(url.rstrip(".,;"), place, tree)
    for path in FILE.findall(URL.sub(" ", cut)):
        return _link(path, place, tree)
    return RunbookLink(target=cut[:200], place=place) if is_link and cut.strip() else None


def steps_in(text: str, place: Place) -> Place | None:
    """The place of a text that tells in numbered steps what to do."""
    return place if len(STEP.findall(text[:LONGEST])) >= FEWEST_STEPS else None


def steps_beside(path: str, rule: Node) -> Place | None:
    """The annotation of a rule that tells in numbered steps what to do."""
    notes = rule.at("annotations")
    told = (
        steps_in(it.text, Place(path, notes.line_of(key))) for key, it in notes.mapping.items()
    )
    return next(filter(None, told), None)


def _link(target: str, place: Place, tree: Tree) -> RunbookLink:
    match = FORGE.match(target)
    path, _, anchor = (match.group(1) if match else target).partition("#")
    if not match and "://" in target:
        return RunbookLink(target=target[:200], place=place)
    found = _found(path.partition("?")[0], place, tree)
    if anchor and found is not None and not _has_section(found, anchor, tree):
        target = target.partition("#")[0]
    # A page of some forge may belong to another repository: only a path of our own can be dead.
    return RunbookLink(
        target=target[:200], place=place, path=found, dead=found is None and not match
    )


def _has_section(path: str, anchor: str, tree: Tree) -> bool:
    """A heading that the anchor leads to or begins; else it leads to the top of the page."""
    text = tree.text(path)
    slugs = (_slug(found[1]) for found in HEADING.finditer(text if isinstance(text, str) else ""))
    return any(slug.startswith(unquote(anchor).lower()) for slug in slugs)


def _slug(heading: str) -> str:
    return NOT_IN_SLUG.sub("", heading.lower()).replace(" ", "-")


def _found(path: str, place: Place, tree: Tree) -> str | None:
    folder = place.path.rpartition("/")[0]
    prefix = f"{tree.prefix}/" if tree.prefix else ""
    for candidate in (path, path.removeprefix(prefix), posixpath.join(folder, path)):
        clean = posixpath.normpath(candidate.lstrip("/"))
        if tree.entry(clean) is not None:
            return clean
    return None
