"""Sign-offs: files in which a person signs the text or figures of an item.

A file proves nothing by itself: it counts while the person it names has committed it (or approved
it on the forge), in the role the item asks for, within the longest life, over the very texts that
the item's evidence points to, unchanged. In tier A nobody signs a text of their own.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib.resources import files

import msgspec
from msgspec import Struct, field

from tenken.config.node import Node
from tenken.config.schema import line_at, nearest, parse, validate
from tenken.config.values import is_placeholder
from tenken.errors import Malformed, Problem
from tenken.place import Place
from tenken.readiness.catalogue import Catalogue
from tenken.readiness.facts.tree import Entry, Tree, Unreadable
from tenken.readiness.signing.texts import Text
from tenken.sentence import Sentence, say

FOLDER = "signoffs"
SUFFIXES = (".yaml", ".yml")


class SignedText(Struct, frozen=True, kw_only=True):
    """A text with the digest that it had when it was signed."""

    path: str
    sha256: str
    key: str = ""

    @property
    def text(self) -> Text:
        """Which text it is."""
        return Text(self.path, self.key)


class Vouched(Struct, frozen=True, kw_only=True):
    """Who says that a sign-off without a commit is its person's."""

    observer: str
    """The trusted key that sealed it; empty where no such key did."""
    issuer: str
    """Who let the person in; empty where a password did."""


class SignOff(Struct, frozen=True, kw_only=True):
    """A sign-off as its file says it."""

    item: str
    role: str
    name: str
    email: str
    statement: str
    signed: tuple[SignedText, ...]
    signed_at: datetime
    expires_on: date
    exempts: bool = False
    reason: str = ""
    subs: tuple[str, ...] = ()
    place: Place = field(default_factory=lambda: Place(""))
    vouched: Vouched | None = None
    """Of one that was made in a browser; None for a file, which a commit speaks for."""


def schema() -> dict[str, object]:
    """The JSON Schema of a sign-off."""
    text = (files("tenken.readiness") / "schemas" / "signoff.json").read_bytes()
    return msgspec.json.decode(text, type=dict[str, object])


def signoff_files(tree: Tree) -> tuple[str, ...]:
    """The paths of the sign-offs of a repository."""
    return tuple(entry.path for entry in tree.below(FOLDER) if _is_signoff(entry))


def read_signoffs(tree: Tree, catalogue: Catalogue) -> tuple[SignOff, ...]:
    """Read every sign-off; raises Malformed with the problems of all of them."""
    problems: list[Problem] = []
    found: list[SignOff] = []
    for path in signoff_files(tree):
        try:
            found.append(_read(path, tree, catalogue))
        except Malformed as malformed:
            problems.extend(malformed.problems)
    if problems:
        raise Malformed(tuple(problems))
    return tuple(found)


def _is_signoff(entry: Entry) -> bool:
    return entry.path.endswith(SUFFIXES)


def _read(path: str, tree: Tree, catalogue: Catalogue) -> SignOff:
    text = tree.text(path)
    if isinstance(text, Unreadable):
        sentence = say("signoff.unreadable", because=text.because.value)
        raise Malformed((Problem(place=Place(path), key="", sentence=sentence),))
    document = parse(text, file=path)
    problems = validate(document, schema(), file=path)
    if problems:
        raise Malformed(problems)
    signoff = _converted(document, path)
    problems = tuple(
        Problem(place=Place(path, line_at(document, [key])), key=key, sentence=sentence)
        for key, sentence in _wrong(signoff, catalogue)
    )
    if problems:
        raise Malformed(problems)
    return signoff


def _converted(document: Node, path: str) -> SignOff:
    plain = document.plain
    plain = {**plain, "place": {"path": path, "line": 0}} if isinstance(plain, dict) else plain
    try:
        return msgspec.convert(plain, SignOff)
    except msgspec.ValidationError as error:
        sentence = say("config.invalid", detail=str(error))
        problem = Problem(place=Place(path), key="", sentence=sentence)
        raise Malformed((problem,)) from error


def _wrong(signoff: SignOff, catalogue: Catalogue) -> Iterator[tuple[str, Sentence]]:
    item = catalogue.item(signoff.item)
    if item is None:
        near = nearest(signoff.item, [one.id for one in catalogue.items])
        yield "item", say("signoff.no_such_item", item=signoff.item, near=near)
    elif unknown := sorted(set(signoff.subs) - {sub.id for sub in item.subs}):
        yield "subs", say("signoff.no_such_subs", item=item.id, subs=", ".join(unknown))
    if signoff.expires_on <= signoff.signed_at.date():
        yield "expires_on", say("signoff.ends_before_it_begins")
    for key in ("name", "statement", "reason"):
        if is_placeholder(getattr(signoff, key)):
            yield key, say("signoff.placeholder", key=key)


def written(signoff: SignOff) -> str:
    """The file of a sign-off; JSON strings are YAML, so no text can break out of its place."""
    lines = [
        f"item: {_quoted(signoff.item)}",
        f"role: {_quoted(signoff.role)}",
        f"name: {_quoted(signoff.name)}",
        f"email: {_quoted(signoff.email)}",
        f"statement: {_quoted(signoff.statement)}",
        *(["signed:"] if signoff.signed else ["signed: []"]),
        *(f"  - {_text_written(one)}" for one in signoff.signed),
        f"signed_at: {signoff.signed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        f"expires_on: {signoff.expires_on:%Y-%m-%d}",
    ]
    if signoff.exempts:
        lines += ["exempts: true", f"reason: {_quoted(signoff.reason)}"]
    if signoff.subs:
        lines.append(f"subs: [{', '.join(signoff.subs)}]")
    return "\n".join(lines) + "\n"


def _text_written(signed: SignedText) -> str:
    key = f", key: {_quoted(signed.key)}" if signed.key else ""
    return f"{{path: {_quoted(signed.path)}{key}, sha256: {signed.sha256}}}"


def _quoted(text: str) -> str:
    """A JSON string in which what YAML reads otherwise is escaped as YAML escapes it."""
    quoted = msgspec.json.encode(text).decode()
    return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in quoted)
