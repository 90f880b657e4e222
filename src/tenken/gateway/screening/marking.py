"""What a policy has put into prompts: a canary in the system text, marks around untrusted parts.

Both are made by a keyed function of the request: nothing is kept, and nobody can guess them. They
differ with each request, so a provider's cache of prompts finds nothing before them again.
"""

import hmac
from collections.abc import Sequence

from tenken.guardrails.injection.spotlight import Spotlight
from tenken.guardrails.leak.canary import LENGTH, canary
from tenken.guardrails.policy.policy import Policy
from tenken.guardrails.screening import Part
from tenken.guardrails.text import UNTRUSTED, Origin

WORDS = 40
"""Bytes: shorter pieces of data are names and states, which a mark would only spoil. Japanese says
an order in a third of the characters."""


def token_of(policy: Policy, parts: Sequence[Part], key: bytes, request: str) -> str:
    """Give the canary of a request; empty where none is wanted, or there is nothing to keep."""
    has_system = any(part.origin is Origin.SYSTEM for part in parts)
    return canary(key, request) if policy.prompts.canary and has_system else ""


def marked_out(
    policy: Policy, parts: Sequence[Part], texts: Sequence[str], *, token: str, chance: str
) -> tuple[str, ...]:
    """Give the texts of a request as its provider gets them."""
    made = list(texts)
    light = Spotlight(delimiter=chance, datamarking=policy.prompts.spotlight == "words")
    if policy.prompts.spotlight != "none":
        for at, part in enumerate(parts):
            if part.origin in UNTRUSTED and len(made[at].encode()) >= WORDS:
                made[at] = light.mark(made[at], part.origin)
    marks = [at for at, text in enumerate(made) if text != texts[at]]
    system = next((at for at, part in enumerate(parts) if part.origin is Origin.SYSTEM), None)
    if marks:
        # Without a system text the first of them says what they are.
        at = marks[0] if system is None else system
        note = light.note(policy.language)
        made[at] = f"{note}\n{made[at]}" if system is None else f"{made[at]}\n\n{note}"
    if token and system is not None:
        made[system] += f"\n\n[{token}]"
    return tuple(made)


def chance_of(key: bytes, request: str) -> str:
    """Give the delimiter of a request."""
    return hmac.digest(key, f"spotlight\0{request}".encode(), "sha256").hex()[:LENGTH]
