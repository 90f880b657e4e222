"""Reads what was said of an answer: everything that is wrong with it is told at once."""

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice

import msgspec
import re2
from msgspec import Struct

from tenken.journal.feedback import FeedbackKind
from tenken.sentence import Sentence, say
from tenken.wire.dialect import BROKEN

PLAIN_ID = re2.compile(r"[A-Za-z0-9._:-]{1,128}")
UNIT = re2.compile(r"[A-Za-z%][A-Za-z0-9_%./-]{0,15}")
LONGEST = 256
FIELDS = ("kind", "request_id", "join_key", "value", "unit", "submitter", "token")
WITHOUT_VALUE = frozenset(
    {
        FeedbackKind.COPIED, FeedbackKind.ACCEPTED, FeedbackKind.EXECUTED, FeedbackKind.REJECTED,
        FeedbackKind.LINK,
    }
)  # fmt: skip
LARGEST = 1e8
"""Of a value: the sums of millions of them are still numbers that every database can hold."""
TOLD = 20
"""Fields that are not known are told up to here: a stranger's body may have hundreds."""


class Said(Struct, frozen=True, kw_only=True):
    """What was said, as it was written."""

    kind: FeedbackKind
    value: float
    request: str = ""
    key: str = ""
    """As the caller wrote it: to be hashed."""
    unit: str = ""
    submitter: str = ""
    """As the caller wrote it: to be hashed."""
    token: str = ""


class Wrong(Struct, frozen=True):
    """A field that cannot be taken."""

    param: str
    sentence: Sentence


def read_said(body: bytes) -> Said | tuple[Wrong, ...]:
    """Read a body; gives everything that is wrong where anything is."""
    try:
        found = msgspec.json.decode(body)
    except BROKEN:
        return (Wrong("", say("feedback.no_json")),)
    if not isinstance(found, dict):
        return (Wrong("", say("feedback.no_object")),)
    wrong = tuple(_wrong(found))
    if wrong:
        return wrong
    kind = FeedbackKind(found["kind"])
    return Said(
        kind=kind,
        value=_value(kind, found.get("value")) or 0.0,
        request=found.get("request_id", ""),
        key=found.get("join_key", ""),
        unit=found.get("unit", ""),
        submitter=found.get("submitter", ""),
        token=found.get("token", ""),
    )


def _wrong(found: dict[str, object]) -> Iterator[Wrong]:
    for name in islice((one for one in found if one not in FIELDS), TOLD):
        yield Wrong(name[:LONGEST], _unknown(name))
    kinds = [kind.value for kind in FeedbackKind]
    kind = found.get("kind")
    if kind not in kinds:
        yield Wrong("kind", say("feedback.no_kind", kinds=", ".join(kinds)))
        return
    yield from _wrong_texts(found)
    yield from _wrong_subject(found, FeedbackKind(kind))
    if _value(FeedbackKind(kind), found.get("value")) is None:
        yield Wrong("value", say(f"feedback.value_{kind}"))
    if kind == FeedbackKind.IMPACT and not found.get("unit"):
        yield Wrong("unit", say("feedback.no_unit"))


def _unknown(name: str) -> Sentence:
    if name in {"comment", "text", "note"}:
        return say("feedback.no_text")
    near = get_close_matches(name[:64], FIELDS, 1)
    return say("feedback.unknown", near=near[0] if near else ", ".join(FIELDS))


def _wrong_texts(found: dict[str, object]) -> Iterator[Wrong]:
    for name in ("request_id", "join_key", "unit", "submitter", "token"):
        value = found.get(name, "")
        if not isinstance(value, str) or len(value) > 2 * LONGEST:
            yield Wrong(name, say("feedback.no_short_text", longest=2 * LONGEST))
        elif name == "request_id" and value and not PLAIN_ID.fullmatch(value):
            yield Wrong(name, say("feedback.no_id"))
        elif name == "unit" and value and not UNIT.fullmatch(value):
            yield Wrong(name, say("feedback.bad_unit"))


def _wrong_subject(found: dict[str, object], kind: FeedbackKind) -> Iterator[Wrong]:
    request = found.get("request_id") or found.get("token")
    key = found.get("join_key")
    if kind is FeedbackKind.LINK and not (request and key):
        yield Wrong("join_key", say("feedback.link_needs_both"))
    elif not (request or key):
        yield Wrong("request_id", say("feedback.of_nothing"))


def _value(kind: FeedbackKind, value: object) -> float | None:
    """Give the value as it is kept; None for one that this kind cannot have."""
    match kind, value:
        case FeedbackKind.THUMBS, "up" | "down":
            return float(value == "up")
        case FeedbackKind.FUNCTIONAL, bool():
            return float(value)
        case _, bool() | str():
            return None
        case FeedbackKind.RATING, int() if 1 <= value <= 5:
            return float(value)
        case FeedbackKind.EDITED, int() if 0 <= value <= LARGEST:
            return float(value)
        case FeedbackKind.IMPACT, int() | float() if abs(value) <= LARGEST:  # NaN is not, either
            return float(value)
        case _, None if kind in WITHOUT_VALUE:
            return 1.0
    return None
