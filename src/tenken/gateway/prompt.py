"""Which prompt a request was made from: said by the application, or told by its fingerprint.

Texts with variables filled in differ with each request, so a fingerprint is of the system part
alone, and keyed: whoever reads the records cannot try texts against it.
"""

from collections.abc import Callable

from tenken.journal.exchange import Known
from tenken.sentence import say
from tenken.wire.asked import Asked
from tenken.wire.refusal import Refusal, Refused

HEADER = "x-tenken-prompt"
SYSTEM = frozenset({"system", "developer"})
NAME_MAX = 63
DIGEST = 64
HEX = frozenset("0123456789abcdef")
NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_.-")


def prompt_of(
    asked: Asked, stated: str | None, fingerprint: Callable[[bytes], str]
) -> tuple[str, Known]:
    """Give the prompt and how it is known; raises Refusal for a header of no such form."""
    if stated is not None:
        return _stated(stated), "stated"
    texts: tuple[str, ...] = ()
    for turn in asked.turns:
        if turn.role in SYSTEM:
            texts += turn.texts
    if not texts:
        return "", "none"
    return fingerprint("\x1f".join(texts).encode("utf-8", "surrogatepass")), "derived"


def _stated(value: str) -> str:
    """Give `name@sha256` as it is kept on record."""
    name, at, digest = value.partition("@")
    is_name = 0 < len(name) <= NAME_MAX and NAME.issuperset(name) and name[0].isalnum()
    if not (is_name and at and len(digest) == DIGEST and HEX.issuperset(digest)):
        raise Refusal(
            Refused(
                status=400,
                code="invalid_value",
                param=HEADER,
                sentence=say("gateway.bad_prompt", name=HEADER),
            )
        )
    return value
