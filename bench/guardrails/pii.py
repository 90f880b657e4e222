"""Texts with personal data of known place and type, and what a detector makes of them."""

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from values import FORMS, text

TEXTS = Path(__file__).parent / "texts" / "pii"
SLOT = re.compile(r"\{([a-z_]+)(?::([a-z_]+))?\}")
NEVER_COUNTED = {"company", "bankname"}
"""Slots that vary a text and are nobody's data."""
TYPES = {
    "my_number": "my_number", "licence": "driver_licence", "corporate": "corporate_number",
    "card": "card", "phone": "phone", "address": "address", "email": "email",
    "birth": "birth_date", "name": "name", "iban": "iban", "ip": "ip", "passport": "passport",
    "residence": "residence_card", "insured": "health_insurance",
    "insurer": "health_insurance", "pension": "pension_number", "bank": "bank_account",
    "yucho": "bank_account", "postal": "postal_code", "ssn": "ssn",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Characters of a type."""

    type: str
    start: int
    end: int


@dataclass(frozen=True)
class Sample:
    """A text and the personal data in it."""

    text: str
    places: tuple[Place, ...]


@dataclass
class Score:
    """What was found of what was there, and what else."""

    right: int = 0
    missed: int = 0
    wrong: int = 0
    misses: list[str] = field(default_factory=list)
    wrongs: list[str] = field(default_factory=list)


Finder = Callable[[Sequence[str]], list[list[Place]]]


def fill(template: str, chance: random.Random) -> Sample:
    """Put values into a template, and remember where they stand."""
    made, places, done = "", [], 0
    template = template.replace("\\n", "\n")
    for slot in SLOT.finditer(template):
        made += _numbered(template[done : slot.start()], chance)
        kind, form = slot[1], slot[2] or ""
        value = FORMS[kind](chance, form)
        if kind not in NEVER_COUNTED:
            places.append(Place(TYPES[kind], len(made), len(made) + len(value)))
        made += value
        done = slot.end()
    return Sample(made + _numbered(template[done:], chance), tuple(places))


def _numbered(piece: str, chance: random.Random) -> str:
    """Put a digit wherever the template holds a percent sign in a number."""
    return re.sub(
        r"%(?=[%\d,.\-: A-Z台分号円件個社名人Mc/a-e]|$)", lambda _: text(chance, 1), piece
    )


def lines(name: str) -> list[str]:
    """Give the lines of a file of templates; an empty one is a text too."""
    return (TEXTS / name).read_text(encoding="utf-8").splitlines()


def samples(name: str, *, seed: int, times: int = 1) -> list[Sample]:
    """Fill every template of a file."""
    chance = random.Random(seed)  # noqa: S311 - the same for the same seed
    return [fill(line, chance) for _ in range(times) for line in lines(name)]


def mails(*, seed: int, count: int = 100) -> list[Sample]:
    """Put mails together of an opening, two or three paragraphs, a closing and a signature."""
    chance = random.Random(seed)  # noqa: S311 - the same for the same seed
    openings, bodies = lines("mail_openings.txt"), lines("mail_bodies.txt")
    closings, signatures = lines("mail_closings.txt"), lines("mail_signatures.txt")
    order = [body for _ in range(5) for body in chance.sample(bodies, len(bodies))]
    made = []
    for number in range(count):
        said = order[number * 3 : number * 3 + chance.choice((2, 3))]
        parts = [
            chance.choice(openings),
            *said,
            chance.choice(closings),
            chance.choice(signatures),
        ]
        made.append(fill("\\n\\n".join(parts), chance))
    return made


def scored(wanted: Iterable[Sample], found: Iterable[Sequence[Place]], types: set[str]) -> Score:
    """Hold what was found against what is there: same type, at least half of either covered."""
    score = Score()
    for sample, places in zip(wanted, found, strict=True):
        left = [place for place in places if place.type in types]
        for place in sample.places:
            if place.type not in types:
                continue
            hit = next((other for other in left if _same(place, other)), None)
            if hit is None:
                score.missed += 1
                score.misses.append(
                    f"{place.type}: {sample.text[place.start : place.end]!r} in {sample.text!r}"
                )
            else:
                left.remove(hit)
                score.right += 1
        score.wrong += len(left)
        score.wrongs += [
            f"{p.type}: {sample.text[p.start : p.end]!r} in {sample.text[:120]!r}" for p in left
        ]
    return score


def _same(one: Place, other: Place) -> bool:
    shared = min(one.end, other.end) - max(one.start, other.start)
    longer = max(one.end - one.start, other.end - other.start)
    return one.type == other.type and shared * 2 >= longer


def masks_beside(wanted: Iterable[Sample], found: Iterable[Sequence[Place]]) -> Iterator[str]:
    """Give what was found where no personal data is, whatever its type."""
    for sample, places in zip(wanted, found, strict=True):
        for place in places:
            if not any(min(place.end, p.end) > max(place.start, p.start) for p in sample.places):
                yield f"{place.type}: {sample.text[place.start : place.end]!r}"
