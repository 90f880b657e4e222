"""Tells a token that ends from a key that does not; nothing of the value is kept."""

import base64
import binascii
from datetime import datetime
from typing import Any

import msgspec

from tenken.pattern import Pattern
from tenken.readiness.collectors.observed.fields import moment
from tenken.readiness.facts.observed.credentials import CredentialSeen
from tenken.readiness.facts.observed.records import Kept

KEYS = Pattern(
    r"(?:sk-|AKIA|AIza|xai-|gsk_|hf_)\S+|[0-9a-f]{32,64}|\{[\s\S]*\"private_key\"[\s\S]*"
)
JWT = Pattern(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")


def look_at(value: str, now: datetime) -> CredentialSeen:
    """Look at a credential as the running process has it."""
    kept = Kept(latest=now, earliest=now)
    bare = value.strip()
    if KEYS.fullmatch(bare):
        return CredentialSeen(kept=kept, kind="key")
    claims = _claims(bare) if JWT.fullmatch(bare) else {}
    if "exp" in claims:
        ends, begins = moment(claims["exp"]), moment(claims.get("iat"))
        return CredentialSeen(kept=kept, kind="token", issued_at=begins, expires_at=ends)
    return CredentialSeen(kept=kept, kind="opaque")


def _claims(token: str) -> dict[str, Any]:
    middle = token.split(".")[1]
    try:
        content = base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4))
        return msgspec.json.decode(content, type=dict[str, Any])
    except (binascii.Error, ValueError, msgspec.DecodeError, RecursionError):
        return {}
