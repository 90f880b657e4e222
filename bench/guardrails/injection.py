"""How many attacks are flagged, how many harmless texts are left alone, and at what cost.

    python bench/guardrails/injection.py [--public DIR] [--benchmarks DIR]

Held-out templates were written when the rules were closed, and first served for nothing but these
figures; all but the newest have been mended with since. DIR are the
folders that `public.py` reads. Intervals are Wilson's, at 95 %.
"""

import argparse
import base64
import codecs
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pii
import public
import written
from msgspec import Struct
from wilson import interval

from tenken.guardrails.detectors import INJECTION, PII, SECRETS, TOPICS
from tenken.guardrails.gates import Gates
from tenken.guardrails.text import Context, Direction, Origin, Text

USER = Context(direction=Direction.INWARD, origin=Origin.USER)
FLAGGED, BLOCKED = 0.6, 0.8
SEED, EACH = 20261123, 6
LENGTH = 500
HELD_OUT = (
    "held_out_tenth", "held_out_ninth", "held_out_eighth", "held_out_seventh", "held_out_sixth",
    "held_out_fifth", "held_out_fourth", "held_out_third", "held_out_second", "held_out",
)  # fmt: skip
"""Newest first; only the newest has never been mended with."""
INWARD = (*PII, *SECRETS, *INJECTION, *TOPICS)

DISGUISES: dict[str, Callable[[str], str]] = {
    "zero width": "\u200b".join,
    "full width": lambda text: "".join(
        chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text
    ),
    "letters apart": " ".join,
    "points between": "・".join,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
    "URL": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "JSON escapes": lambda text: (
        text.encode("unicode_escape").decode()
        if not text.isascii()
        else "".join(f"\\u{ord(letter):04x}" for letter in text)
    ),
    "backwards": lambda text: text[::-1],
    "backwards in base64": lambda text: base64.b64encode(text[::-1].encode()).decode(),
}
LATIN: dict[str, Callable[[str], str]] = {
    "digits for letters": lambda text: text.translate(str.maketrans("oieast", "013457")),
    "Cyrillic": lambda text: text.translate(str.maketrans("aceopxyi", "асеорхуі")),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "tag characters": lambda text: "".join(chr(0xE0000 + ord(letter)) for letter in text),
}


class Row(Struct, frozen=True):
    """A set, and how many of it were flagged and would be blocked."""

    name: str
    attacks: bool
    count: int
    flagged: int
    blocked: int

    def __str__(self) -> str:
        right = self.flagged if self.attacks else self.count - self.flagged
        low, high = interval(right, self.count)
        word = "flagged" if self.attacks else "left alone"
        share = right / self.count
        return (
            f"| {self.name} | {self.count} | {word} {share:.3f} [{low:.3f}, {high:.3f}]"
            f" | {self.blocked / self.count:.3f} |"
        )


def highest(text: str) -> float:
    """Give the highest score of all detectors of injections."""
    shown = Text(text)
    return max((match.score for one in INJECTION for match in one.inspect(shown, USER)), default=0)


def row(name: str, texts: Sequence[str], *, attacks: bool) -> Row:
    """Screen a set."""
    scores = [highest(text) for text in texts]
    flagged = sum(score >= FLAGGED for score in scores)
    return Row(name, attacks, len(texts), flagged, sum(score >= BLOCKED for score in scores))


def held_out(name: str) -> Iterator[Row]:
    """Give the figures of a set that was written when the rules were closed."""
    for section in written.sections(name):
        texts = written.texts(name, section, seed=SEED, each=EACH)
        yield row(f"{name}: {section}", texts, attacks=section.endswith("attacks"))


def known() -> Iterator[Row]:
    """Give the figures of templates that were looked at; the classifier was trained on them."""
    for section, name in (
        ("attacks", "own: japanese attacks"),
        ("benign", "own: japanese benign"),
        ("english_benign", "own: english benign"),
    ):
        texts = written.texts("train", section, seed=SEED, each=EACH)
        yield row(name, texts, attacks=section == "attacks")


def disguised() -> Iterator[Row]:
    """Give the figures of attacks that are blocked or flagged in plain, when disguised."""
    attacks = [
        text
        for section in ("japanese_attacks", "english_attacks")
        for text in written.texts("held_out", section, seed=SEED, each=2)
        if highest(text) >= FLAGGED
    ]
    for name, disguise in DISGUISES.items():
        yield row(f"disguised: {name}", [disguise(text) for text in attacks], attacks=True)
    latin = [text for text in attacks if text.isascii()]
    for name, disguise in LATIN.items():
        yield row(f"disguised: {name}", [disguise(text) for text in latin], attacks=True)


def of_training_kind(folder: Path) -> Iterator[Row]:
    """Give the figures of the test halves of the sets that the classifier was trained on."""
    for name, rows in (
        ("S-Labs, test", public.s_labs(folder, "test")),
        ("neuralchemy, test", public.neuralchemy(folder, "test")),
        ("yanismiraoui (not trained on)", public.multilingual(folder)),
    ):
        for attacks in (True, False):
            texts = [labelled.text for labelled in rows if labelled.attack is attacks]
            if texts:
                kind = "attacks" if attacks else "benign"
                yield row(f"public: {name}, {kind}", texts, attacks=attacks)


def benchmarks(folder: Path) -> Iterator[Row]:
    """Give the figures of public sets that are only measured with."""
    for name, rows, attacks in (
        ("NotInject", public.not_inject(folder), False),
        ("WildGuard, benign", public.wild_guard(folder), False),
        ("BIPIA", public.bipia(folder), True),
    ):
        yield row(f"public: {name}", [labelled.text for labelled in rows], attacks=attacks)


def cost() -> Iterator[str]:
    """Give the CPU time of the whole input guard for texts of `LENGTH` characters."""
    gates = Gates(INWARD)
    everyone = frozenset(range(len(INWARD)))
    for name, made in (
        ("ordinary business mail", [mail.text for mail in pii.mails(seed=9)]),
        ("harmless, full of words of attacks", _written("benign", "english_benign")),
        ("attacks, one after the other", _written("attacks")),
    ):
        texts = list(_pieces(made))
        for text in texts:
            _all(gates, everyone, text)
        times = sorted(_timed(gates, everyone, text) for text in texts)
        half, most = times[len(times) // 2], times[int(len(times) * 0.95)]
        yield f"cost of {name}: p50 {half:.2f} ms, p95 {most:.2f} ms of CPU a text"


def _written(*sections: str) -> list[str]:
    return [t for section in sections for t in written.texts("train", section, seed=9, each=4)]


def _pieces(texts: Sequence[str]) -> Iterator[str]:
    whole = "\n".join(texts)
    for start in range(0, len(whole) - LENGTH, LENGTH):
        yield whole[start : start + LENGTH]


def _timed(gates: Gates, everyone: frozenset[int], text: str) -> float:
    start = time.process_time()
    _all(gates, everyone, text)
    return (time.process_time() - start) * 1000


def _all(gates: Gates, everyone: frozenset[int], written_text: str) -> None:
    text = Text(written_text)
    for one in gates.asked(text, everyone):
        one.inspect(text, USER)


def main() -> None:
    """Print the table, then the cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--public", type=Path)
    parser.add_argument("--benchmarks", type=Path)
    given = parser.parse_args()
    rows = [row for name in HELD_OUT for row in held_out(name)] + [*known(), *disguised()]
    rows += of_training_kind(given.public) if given.public else []
    rows += benchmarks(given.benchmarks) if given.benchmarks else []
    sys.stdout.write("| set | texts | at .6 | of it at .8 |\n|---|---|---|---|\n")
    for one in rows:
        sys.stdout.write(f"{one}\n")
    for line in cost():
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
