"""What was said, as OpenTelemetry's conventions write it: JSON in an attribute."""

from collections.abc import Sequence

import msgspec

from tenken.journal.texts import Said, Texts

SYSTEM = "system"
ROLES = {"retrieved": "user", "file": "user"}
"""Whose words these are where the conventions have no role for who wrote them."""


def instructions(texts: Texts) -> str:
    """Write the system's texts as the conventions do; empty for none."""
    return _written([_part(one) for one in texts.request if one.who == SYSTEM])


def asked(texts: Texts) -> str:
    """Write the request's messages as the conventions do; empty for none."""
    return _written([_message(one) for one in texts.request if one.who != SYSTEM])


def answered(texts: Texts, finish: str) -> str:
    """Write the answer's messages as the conventions do; empty for none."""
    ended = {"finish_reason": finish} if finish else {}
    return _written([{**_message(one), **ended} for one in texts.answer])


def _message(one: Said) -> dict[str, object]:
    return {"role": ROLES.get(one.who, one.who), "parts": [_part(one)]}


def _part(one: Said) -> dict[str, object]:
    return {"type": "text", "content": one.text}


def _written(several: Sequence[dict[str, object]]) -> str:
    return msgspec.json.encode(several).decode() if several else ""
