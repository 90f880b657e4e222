"""Finds evaluation datasets and the manifests that pin them, and counts what is in them."""

# ruff: noqa: E501 - a vocabulary reads best with one meaning a line

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from tenken.config.application import Dataset as Declared
from tenken.config.node import Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.documents.data.cases.apart import is_input, joined
from tenken.readiness.collectors.documents.data.cases.apiece import kept_apiece
from tenken.readiness.collectors.documents.data.cases.incode import may_hold_cases, rows_in_code
from tenken.readiness.collectors.documents.data.cases.rows import (
    DATES,
    INPUTS,
    ORIGINS,
    SOURCES,
    Row,
    normalised,
    read_rows,
)
from tenken.readiness.collectors.documents.data.cases.sorts import kind_of_text
from tenken.readiness.collectors.documents.data.described import (
    Telling,
    described_at,
    find_tellings,
)
from tenken.readiness.collectors.documents.statements import resolve
from tenken.readiness.facts.datasets import Case, Dataset, DatasetManifest, DatasetState, Twin
from tenken.readiness.facts.tree import Entry, Role, Tree, Unreadable
from tenken.readiness.facts.words.figures import date_in, is_blank

FORMATS = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "tsv", ".json": "json",
    ".yaml": "yaml", ".yml": "yaml",
}  # fmt: skip
DATASET_PATH = Pattern(
    r"(?i)(golden|(^|[/_.-])evals?([/_.-]|$)|evaluat(ions?|ors?)|test[-_]?(set|cases)|regression"
    r"|edge[-_]?cases|ground[-_]?truth"
    r"|adversarial|red[-_]?team|jailbreak|attack|benchmarks?/|dataset)"
)
RESULTS = Pattern(r"(?i)(^|/)(results?|runs?|reports?|baselines?)/")
"""What runs have written: answers, no questions to be asked again."""
NOTEBOOKS = Pattern(r"(^|/)notebooks/")
"""Evaluation is often done in notebooks; what it runs on is the team's own data, no example."""
MAX_TEXT = 5_000_000
MAX_HASHED = 50_000_000
MAX_PLACES = 50
MAX_CASES = 5_000
POINTER = b"version https://git-lfs.github.com/spec/"
OID = Pattern(r"oid sha256:([0-9a-f]{64})")
GREETINGS = frozenset({
    "hello", "hi", "hey", "test", "テスト", "こんにちは", "おはよう", "おはようございます", "こんばんは",
    "はじめまして", "よろしくお願いします", "foo", "bar", "goodmorning", "hithere", "helloworld", "ping",
    "ありがとう", "thanks", "thankyou",
})  # fmt: skip
DIGEST_KEYS = ("sha256", "hash", "digest", "checksum", "content_hash", "root_hash")
FILE_KEYS = ("file", "path", "data", "dataset_file", "location", "dataset")


class Finder(Struct, frozen=True, kw_only=True):
    """What datasets are looked for with."""

    tree: Tree
    dates: Mapping[str, datetime]
    """The newest commit of each path."""
    declared: tuple[Declared, ...] = ()


def find_datasets(finder: Finder) -> tuple[Dataset, ...]:
    """Every file of examples, by its path or because the manifest names it."""
    named = {one.path: one for one in finder.declared}
    candidates = tuple(_candidates(finder, named))
    tellings = find_tellings(finder.tree) if candidates else ()
    found = [_dataset(finder, entry, named.get(entry.path), tellings) for entry in candidates]
    single = [entry for entry, one in zip(candidates, found, strict=True) if one is None]
    found += [_missing(one) for one in finder.declared if finder.tree.entry(one.path) is None]
    found += _apiece(finder, single, tellings)
    return tuple(one for one in found if one is not None)


def _apiece(
    finder: Finder, entries: list[Entry], tellings: tuple[Telling, ...]
) -> Iterator[Dataset]:
    """Folders with a file for each case; the newest of them tells when a set was changed."""
    for folder, cases in kept_apiece(finder.tree, entries, DATASET_PATH).items():
        dates = [it for entry, _ in cases if (it := finder.dates.get(entry.path)) is not None]
        blank = Dataset(
            path=folder,
            place=Place(cases[0][0].path),
            format=FORMATS[cases[0][0].suffix],
            kind=kind_of_text(folder.rpartition("/")[2]),
            changed_at=max(dates, default=None),
            described=described_at(tellings, folder),
        )
        yield _counted(blank, (row for _, row in cases))


def _candidates(finder: Finder, named: Mapping[str, Declared]) -> Iterator[Entry]:
    for entry in finder.tree.entries:
        if entry.path in named or _may_be_dataset(entry):
            yield entry


def _may_be_dataset(entry: Entry) -> bool:
    if entry.suffix == ".py":
        return may_hold_cases(entry)
    fits = entry.suffix == ".dvc" or entry.suffix in FORMATS
    is_sample = entry.role is Role.EXAMPLE and not NOTEBOOKS.search(entry.path)
    if not fits or is_sample or RESULTS.search(entry.path):
        return False
    return bool(DATASET_PATH.search(entry.path))


def _missing(declared: Declared) -> Dataset:
    return Dataset(
        path=declared.path,
        place=Place(declared.path),
        format="",
        state=DatasetState.ABSENT,
        kind=declared.kind,
        owner=declared.owner,
        rules=declared.rules,
    )


def _dataset(
    finder: Finder, entry: Entry, declared: Declared | None, tellings: tuple[Telling, ...]
) -> Dataset | None:
    found = _read(finder.tree, entry)
    if found is None:
        return None
    dated = replace(
        found,
        changed_at=finder.dates.get(entry.path),
        described=described_at(tellings, entry.path),
    )
    if declared is None:
        return dated
    said = (declared.sha256 or "").removeprefix("sha256:")
    owner = "" if is_blank(declared.owner) else declared.owner
    rules = "" if is_blank(declared.rules) else declared.rules
    return replace(dated, kind=declared.kind, owner=owner, rules=rules, declared_sha256=said)


def _read(tree: Tree, entry: Entry) -> Dataset | None:
    blank = Dataset(
        path=entry.path.removesuffix(".dvc"),
        place=Place(entry.path),
        format=FORMATS.get(entry.suffix, entry.suffix.removeprefix(".")),
        kind=kind_of_text(entry.path.rpartition("/")[2]),
    )
    head = tree.head(entry.path, 400)
    if isinstance(head, Unreadable):
        return replace(blank, state=DatasetState.ABSENT)
    if head.startswith(POINTER):
        oid = OID.search(head.decode("utf-8", "replace"))
        return replace(blank, state=DatasetState.POINTER, sha256=oid.group(1) if oid else "")
    if entry.suffix == ".dvc":
        return _dvc(tree, entry, blank)
    text = tree.text(entry.path, limit=MAX_TEXT)
    if isinstance(text, Unreadable):
        return replace(blank, state=DatasetState.TOO_LARGE, sha256=content_digest(tree, entry))
    return _rows(tree, entry, blank, text)


def _rows(tree: Tree, entry: Entry, blank: Dataset, text: str) -> Dataset | None:
    if entry.suffix == ".py":
        cases = rows_in_code(text)
        return _counted(blank, cases) if cases else None
    rows = read_rows(text, blank.format)
    line_format = blank.format in {"jsonl", "csv", "tsv"}
    if rows is None:
        return replace(blank, state=DatasetState.MALFORMED) if blank.format == "jsonl" else None
    if is_input(entry) and not any(row.has(INPUTS) for row in rows):
        rows = joined(tree, entry, rows)
    with_input = [row for row in rows if row.has(INPUTS)]
    if not with_input or (not line_format and not any(row.says_expected for row in with_input)):
        return None
    return replace(_counted(blank, with_input), sha256=content_digest(tree, entry))


def content_digest(tree: Tree, entry: Entry) -> str:
    """SHA-256 of the file's bytes; empty where they are too many or not here."""
    content = tree.head(entry.path, entry.size) if entry.size <= MAX_HASHED else b""
    return (
        ""
        if isinstance(content, Unreadable) or not content
        else hashlib.sha256(content).hexdigest()
    )


def _dvc(tree: Tree, entry: Entry, blank: Dataset) -> Dataset | None:
    text = tree.text(entry.path)
    documents = read_yaml(text) if isinstance(text, str) else ()
    if isinstance(documents, YamlError) or not documents:
        return None
    out = next(iter(documents[0].at("outs").items), documents[0])
    digest = next((f"{key}:{out.at(key).text}" for key in ("md5", "etag") if out.at(key).text), "")
    return replace(blank, state=DatasetState.POINTER, sha256=digest)


def _counted(blank: Dataset, rows: Iterable[Row]) -> Dataset:
    firsts: dict[str, Place] = {}
    twins: list[Twin] = []
    empty: list[Place] = []
    greetings: list[Place] = []
    echoes: list[Place] = []
    answers: set[str] = set()
    tags: Counter[str] = Counter()
    cases: list[Case] = []
    total = usable = 0
    for row in rows:
        total += 1
        place = Place(blank.path, row.line)
        said = normalised(row.first(INPUTS))
        is_new = bool(said) and said not in firsts
        if said and not is_new:
            twins.append(Twin(place=place, first=firsts[said]))
        firsts.setdefault(said, place)
        if said in GREETINGS:
            greetings.append(place)
        if _expects_nothing(row):
            empty.append(place)
        elif said and normalised(row.expected) == said:
            echoes.append(place)
        elif is_new:
            usable += 1
            answers.add(normalised(row.expected))
            tags.update(set(row.tags))
        if (case := _case(row, place)) and len(cases) < MAX_CASES:
            cases.append(case)
    return replace(
        blank, rows=total, unique=len(firsts) - ("" in firsts), usable=usable,
        twins=tuple(twins[:MAX_PLACES]), without_expected=tuple(empty[:MAX_PLACES]),
        greetings=tuple(greetings[:MAX_PLACES]), echoes=tuple(echoes[:MAX_PLACES]),
        answers=len(answers), tags=dict(tags), cases=tuple(cases),
    )  # fmt: skip


def _case(row: Row, place: Place) -> Case | None:
    kind, origin, source = row.sort, row.first(ORIGINS), row.first(SOURCES)
    if not (kind or origin or source):
        return None
    return Case(
        place=place,
        kind=kind,
        input=row.first(INPUTS)[:200],
        origin="" if is_blank(origin) else origin[:200],
        source=source[:200],
        dated=date_in(row.first(DATES)),
        is_usable=bool(normalised(row.first(INPUTS))) and not _expects_nothing(row),
    )


def _expects_nothing(row: Row) -> bool:
    """A placeholder in brackets; an object or a list that is written out is none."""
    return is_blank(row.expected) and not row.expected.startswith(('{"', '["', "[{"))


# -- manifests of datasets


def find_dataset_manifests(tree: Tree) -> tuple[DatasetManifest, ...]:
    """Every file that names a dataset together with a digest, a version or an owner."""
    found: list[DatasetManifest] = []
    for entry in tree.entries:
        if entry.suffix not in {".yaml", ".yml", ".json"} or entry.size > 200_000:
            continue
        if entry.role is Role.EXAMPLE or not DATASET_PATH.search(entry.path):
            continue
        text = tree.text(entry.path)
        if isinstance(text, str) and any(
            key in text for key in ("sha256", "version", "owner", "digest")
        ):
            found.extend(_manifests(tree, entry, text))
    return tuple(found)


def _manifests(tree: Tree, entry: Entry, text: str) -> Iterator[DatasetManifest]:
    documents = read_yaml(text)
    if isinstance(documents, YamlError):
        return
    for document in documents:
        listed = document.at("datasets")
        for node in (*listed.items, *listed.mapping.values(), document):
            if found := _manifest(tree, entry, node, document):
                yield found


def _manifest(tree: Tree, entry: Entry, node: Node, document: Node) -> DatasetManifest | None:
    key = next((key for key in FILE_KEYS if _is_data_file(node.at(key).text)), "")
    if not key:
        return None
    link = resolve(tree, entry.path, node.at(key).text, node.line_of(key))
    digest = next((node.at(one).text for one in DIGEST_KEYS if node.at(one).text), "")
    digest = digest.removeprefix("sha256:").lower()
    return DatasetManifest(
        place=Place(entry.path, node.line_of(key)),
        file=link.path,
        version=node.at("version").text,
        owner=_said(node, document, ("owner", "maintainer", "owners", "担当")),
        rules=_said(
            node, document, ("rules", "process", "how_to_change", "update_policy", "更新ルール")
        ),
        sha256=digest,
        matches=_matches(tree, link.path, digest),
    )


def _is_data_file(text: str) -> bool:
    return any(text.endswith(suffix) for suffix in FORMATS)


def _said(node: Node, document: Node, keys: tuple[str, ...]) -> str:
    texts = (holder.at(key).text for holder in (node, document) for key in keys)
    return next((text for text in texts if not is_blank(text)), "")


def _matches(tree: Tree, path: str, digest: str) -> bool | None:
    entry = tree.entry(path)
    if not digest:
        return None
    if entry is None:
        return False
    head = tree.head(path, 400)
    if isinstance(head, bytes) and head.startswith(POINTER):
        return digest in head.decode("utf-8", "replace")
    content = content_digest(tree, entry)
    return content == digest if content else None
