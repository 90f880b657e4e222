"""Takes secrets and personal data out of evidence before it is written.

A value becomes its kind and a keyed hash: two lines about the same value can still be told to be
about the same one, and without the key nobody can try values until one fits.
"""

import hashlib
import hmac
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from tenken.evidence import Answer, Evidence, Finding, Method, Remark
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.sentence import Sentence

HASH_LENGTH = 8
LONGEST = 10_000

Text = Callable[[str], str]

# In this order: what stands first takes its text before a wider pattern does.
SHAPES: Mapping[str, Any] = MappingProxyType(
    {
        name: Pattern(pattern)
        for name, pattern in {
            "private_key": (
                r"-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(-----END [A-Z ]*PRIVATE KEY-----)?"
            ),
            "token": (
                r"\b(sk-[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}"
                r"|glpat-[A-Za-z0-9_-]{16,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|AIza[A-Za-z0-9_-]{30,}"
                r"|ya29\.[A-Za-z0-9_-]{20,}|hf_[A-Za-z0-9]{20,}|(AKIA|ASIA)[A-Z0-9]{16}"
                r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*)"
            ),
            "password_in_url": r"://[^/\s:@]*:[^/\s@]+@",
            "secret": (
                r"(?i)\b[a-z0-9_.-]*(?:passw(?:or)?d|secret|(?:api|access)[_-]?key|auth[_-]?token)"
                r"[\"']?\s*[:=]\s*[\"']?([^\s\"',;]{6,})"
            ),
            "bearer": r"(?i)\bbearer\s+[A-Za-z0-9._~+/-]{16,}=*",
            "email": r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}",
            "card": r"\b([0-9]{4}[ -]?){3}[0-9]{1,7}\b",
            "telephone": (
                r"(\+[0-9]{1,3}[ -]?[0-9]{1,4}([ -]?[0-9]{2,4}){2,3}\b"
                r"|\b0[0-9]{1,3}-[0-9]{2,4}-[0-9]{3,4}\b|\b0[5789]0[0-9]{8}\b|〒?\b[0-9]{3}-[0-9]{4}\b)"
            ),
            "my_number": r"\b[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}\b",
        }.items()
    }
)
ANY_SHAPE = Pattern("|".join(f"(?:{shape.text})" for shape in SHAPES.values()))
"""Most texts hold none of them, and one search tells."""
OPENS_A_DOOR = frozenset({"private_key", "token", "password_in_url", "secret", "bearer"})
"""Masked in the path of a file too; a date or a number in its name is how a person finds it."""
# A setting that names where its value is kept gives nothing away.
REFERENCE = Pattern(
    r"[$<{%(].*|[A-Z][A-Z0-9]*(_[A-Z0-9]+)+|(?i:true|false|none|null|missing|unknown|required).*"
    r"|(os|env|secrets|vars?|process|data|local|module|self|settings|config)\..*"
)


class Mask(Struct, frozen=True, kw_only=True):
    """Masks with one key; the key never leaves the folder of the state."""

    key: bytes

    def __call__(self, evidence: Evidence) -> Evidence:
        """The same evidence, its texts masked."""
        # What was observed may be named after a person; what is tracked is no secret by its name.
        path = self.path if evidence.method is Method.REPOSITORY else self.text
        return replace(
            evidence,
            answer=_answer(evidence.answer, self, path),
            reproduce=self.text(evidence.reproduce),
        )

    def text(self, text: str) -> str:
        """Mask every value in a text whose shape gives it away."""
        return self._masked(text, SHAPES)

    def path(self, path: str) -> str:
        """Mask what opens a door, and nothing else: a tracked file has to be found again."""
        return self._masked(path, OPENS_A_DOOR)

    def _masked(self, text: str, names: Collection[str]) -> str:
        masked = text[:LONGEST]
        if not ANY_SHAPE.search(masked):
            return masked
        for name, shape in SHAPES.items():
            if name in names:
                masked = shape.sub(lambda match, name=name: self._mark(name, match), masked)
        return masked

    def _mark(self, name: str, match: Any) -> str:
        value: str = match.group(0)
        if name == "secret" and REFERENCE.fullmatch(match.group(1)):
            return value
        hashed = hmac.new(self.key, value.encode(), hashlib.sha256).hexdigest()
        return f"<{name} {hashed[:HASH_LENGTH]}>"


def _answer(answer: Answer, mask: Mask, path: Text) -> Answer:
    return replace(
        answer,
        seen=tuple(
            Remark(sentence=_sentence(one, mask, path), place=_place(one.place, path))
            for one in answer.seen
        ),
        findings=tuple(
            Finding(
                kind=one.kind, sentence=_sentence(one, mask, path), place=_place(one.place, path)
            )
            for one in answer.findings
        ),
        missing=_said(answer.missing, mask.text) if answer.missing else None,
    )


def _sentence(one: Remark | Finding, mask: Mask, path: Text) -> Sentence:
    """A field that repeats the place stays the same as the place."""
    here = {one.place.path, str(one.place)} if one.place else set()
    return _said(one.sentence, lambda value: path(value) if value in here else mask.text(value))


def _said(sentence: Sentence, text: Text) -> Sentence:
    values = tuple(
        (name, text(value) if isinstance(value, str) else value) for name, value in sentence.values
    )
    return Sentence(sentence.id, values)


def _place(place: Place | None, path: Text) -> Place | None:
    return Place(path(place.path), place.line) if place else None
