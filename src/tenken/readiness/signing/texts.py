"""What a person signs: blocks of `tenken.yaml` and files, each with its digest.

A block is digested by its values, so a comment or another layout voids nothing and every figure
does; a file is digested by its bytes.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from tenken import digest
from tenken.config.manifest import Manifest
from tenken.evidence import Evidence, Holding
from tenken.place import Place
from tenken.readiness.facts.tree import Role, Tree, Unreadable

LARGEST = 64_000_000
DATA = frozenset({".yaml", ".yml", ".json", ".jsonl", ".csv", ".tsv"})
SUPPORTS = frozenset({Holding.HOLDS, Holding.PARTLY})
PIPELINES = (".github/", ".gitlab", ".circleci/", "cloudbuild", "../")


class Text(Struct, frozen=True, order=True):
    """A file, or a block of the application's file."""

    path: str
    key: str = ""
    """Such as `goals` or `decisions.call_style`; empty for the whole file."""

    def __str__(self) -> str:
        return f"{self.path}#{self.key}" if self.key else self.path


def texts_behind(
    evidence: Iterable[Evidence], tree: Tree, manifest: Manifest | None
) -> tuple[Text, ...]:
    """What an item's evidence points to: its texts and data, or all files where it has none."""
    remarks = (
        remark for one in evidence if one.answer.holding in SUPPORTS for remark in one.answer.seen
    )
    places = {remark.place for remark in remarks if remark.place}
    pointed = {_text_at(place, manifest) for place in places if tree.entry(place.path)}
    written = {text for text in pointed if text.key or _is_written(text.path, tree)}
    return tuple(sorted(written or pointed))


def digest_of(text: Text, tree: Tree, manifest: Manifest | None) -> str | None:
    """The digest of a text as it stands, 64 hex digits; None where it cannot be read."""
    if text.key:
        if manifest is None or manifest.file != text.path:
            return None
        block = manifest.document.at(*text.key.split(".", 1))
        return _hex(digest.of_value(block.plain)) if block else None
    content = tree.head(text.path, LARGEST + 1)
    if isinstance(content, Unreadable) or len(content) > LARGEST:
        return None
    return _hex(digest.of_bytes(content))


def _text_at(place: Place, manifest: Manifest | None) -> Text:
    if manifest is None or place.path != manifest.file:
        return Text(place.path)
    return Text(place.path, _key_at(place.line, manifest))


def _key_at(line: int, manifest: Manifest) -> str:
    """The block that a line stands in: a top key, and one below it where that is a mapping."""
    document = manifest.document
    top = _last_before(line, document.key_lines)
    block = document.at(top)
    below = _last_before(line, block.key_lines) if block.mapping else ""
    return f"{top}.{below}" if below else top


def _last_before(line: int, lines: Mapping[str, int]) -> str:
    before = [(at, key) for key, at in lines.items() if at <= line]
    return max(before, default=(0, ""))[1]


def _is_written(path: str, tree: Tree) -> bool:
    entry = tree.entry(path)
    if entry is None or path.startswith(PIPELINES):
        return False
    return entry.role is Role.DOCUMENT or entry.suffix in DATA


def _hex(digested: str) -> str:
    return digested.removeprefix("sha256:")
