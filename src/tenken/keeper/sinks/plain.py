"""Names and ids as they may be shown to others: without the keys and numbers some of them hold.

A record has no text of a request. But a caller chooses the id of its request and the name of its
use case, and a provider the id of its call; so what looks like a secret or like a person's number
in one of these is taken out before a sink sees it. Other ids of chance are known by their form.
"""

from functools import lru_cache

from msgspec.structs import replace

from tenken.guardrails.detector import Detector
from tenken.guardrails.detectors import PII, SECRETS
from tenken.guardrails.pii.checks import is_card, is_my_number
from tenken.guardrails.text import Context, Direction, Origin, Text
from tenken.journal.exchange import Attempt, Exchange, Identity
from tenken.pattern import Pattern

TAKEN_OUT = "[masked]"
REMEMBERED = 8192
OF_SENTENCES = frozenset({"pii.name", "pii.name_en", "pii.address", "pii.birth", "pii.network"})
DETECTORS: tuple[Detector, ...] = tuple(
    one for one in (*PII, *SECRETS) if one.name not in OF_SENTENCES
)
CONTEXT = Context(direction=Direction.INWARD, origin=Origin.USER)
CHANCE = Pattern(
    r"(?:[A-Za-z][A-Za-z0-9_.-]{0,62}[@_-])?"
    r"(?:[0-9a-f]{32,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)
"""An id that is random throughout, as ours are: digits in a row mean nothing there."""
DIGITS = r"[0-9](?:[ .()+_:-]{0,2}[0-9]){9,18}"
KEYS = (
    r"(?:sk|pk|rk|tk)[-_][A-Za-z0-9_-]{12,}|gh[a-z]_[A-Za-z0-9]{16,}|github_pat_|glpat-"
    r"|xox[a-z]-|A[KS]IA[0-9A-Z]{12,}|AIza[A-Za-z0-9_-]{20,}|ya29\.|eyJ[A-Za-z0-9_-]{10,}"
    r"|(?i:secret|passw|bearer|api[-_.]?key|token[-_.:])"
)
SUSPECT = Pattern(rf"{DIGITS}|{KEYS}|@[A-Za-z0-9-]{{1,63}}\.|[^\n -~]")
"""What is none of this is no secret and no number of a person, and is not looked at further."""
KEY = Pattern(KEYS)
RUN = Pattern(f"({DIGITS})")
DOMESTIC, ABROAD = ("0", range(10, 12)), ("81", range(11, 14))
"""How telephone numbers begin, and how many digits they have."""
WRITTEN = ("use_case", "route", "prompt", "drill")
"""Of an identity, what a caller's request may have brought."""


def shown(one: Exchange) -> Exchange:
    """Give an exchange as others may see it."""
    said = one.identity
    words = [one.id, one.finish, said.use_case, said.route, said.prompt, said.drill]
    words += [attempt.upstream_id for attempt in one.attempts]
    if not SUSPECT.search("\n".join(words)):
        return one
    own = plain(one.id)
    return replace(
        one,
        id=own,
        # Sealed under the id that was taken out, they open under no other.
        texts=one.texts if own == one.id else None,
        finish=plain(one.finish),
        identity=_identity(one.identity),
        attempts=tuple(_attempt(each) for each in one.attempts),
    )


def plain(text: str) -> str:
    """Give a name or an id without what is nobody's business.

    >>> plain("chat-4"), plain("09012345678"), plain("order-20261123-000123")
    ('chat-4', '[masked]', 'order-20261123-000123')
    """
    return _looked_at(text) if SUSPECT.search(text) else text


@lru_cache(REMEMBERED)
def _looked_at(text: str) -> str:
    """Take out all of it: what is left of an id would be of no use."""
    seen = Text(text)
    if KEY.search(seen.folded):
        return TAKEN_OUT
    if CHANCE.fullmatch(text):
        return text
    if any(_numbers_a_person(run) for run in RUN.findall(seen.folded)):
        return TAKEN_OUT
    found = any(detector.inspect(seen, CONTEXT) for detector in DETECTORS)
    return TAKEN_OUT if found else text


def _numbers_a_person(run: str) -> bool:
    """Tell whether digits are a telephone's, a card's or somebody's number, without its label."""
    digits = "".join(one for one in run if one.isdigit())
    if any(
        digits.startswith(first) and len(digits) in sizes for first, sizes in (DOMESTIC, ABROAD)
    ):
        return True
    return (len(digits) == 12 and is_my_number(digits)) or (
        13 <= len(digits) <= 19 and is_card(digits)
    )


def _identity(one: Identity) -> Identity:
    return replace(one, **{name: plain(getattr(one, name)) for name in WRITTEN})


def _attempt(one: Attempt) -> Attempt:
    return replace(one, upstream_id=plain(one.upstream_id))
