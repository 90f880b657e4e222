"""What a dictionary of words adds to the lists of names: recall, false alarms, cost.

    python bench/guardrails/names.py        (needs `tenken[ja]`)

`texts/names.txt` was written after the rules and the lists, by hand, with names common and rare,
and read for the first time by the run whose figures the documentation gives.
"""

from pathlib import Path
from time import process_time

from wilson import interval

from tenken.guardrails.detector import Detector
from tenken.guardrails.pii.names import japanese
from tenken.guardrails.pii.names.morphemes import morphemes
from tenken.guardrails.text import Context, Direction, Origin, Text

TEXTS = Path(__file__).parent / "texts" / "names.txt"
ASKED = Context(direction=Direction.INWARD, origin=Origin.USER)
LONG = 500
ROUNDS = 20


def rows() -> list[tuple[str, str]]:
    """Give each text and the name in it, empty for none: `text<TAB>name`."""
    lines = TEXTS.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("\t") for line in lines if line and not line.startswith("#"))
    return [(text, name) for text, _, name in pairs]


def found(detectors: tuple[Detector, ...], text: str) -> set[str]:
    """Give what is taken for a name."""
    made = Text(text)
    return {
        text[match.start : match.end] for one in detectors for match in one.inspect(made, ASKED)
    }


def hits(detectors: tuple[Detector, ...], text: str, name: str) -> bool:
    """Tell whether at least half of a name is covered."""
    return any(
        (one in name and len(one) * 2 >= len(name)) or (name in one and len(name) * 2 >= len(one))
        for one in found(detectors, text)
    )


def told(title: str, detectors: tuple[Detector, ...]) -> None:
    """Print the figures of one way."""
    known = [(text, name) for text, name in rows() if name]
    clean = [text for text, name in rows() if not name]
    right = sum(hits(detectors, text, name) for text, name in known)
    wrong = sum(bool(found(detectors, text)) for text in clean)
    mail = ("".join(text for text, _ in rows()) * 2)[:LONG]
    began = process_time()
    for _ in range(ROUNDS):
        found(detectors, mail)
    cost = (process_time() - began) / ROUNDS * 1000
    low, high = interval(right, len(known))
    print(f"{title}: names {right}/{len(known)} [{low:.2f}, {high:.2f}], ", end="")
    print(f"flagged without a name {wrong}/{len(clean)}, {cost:.2f} ms for {LONG} characters")


if __name__ == "__main__":
    told("lists", (japanese.DETECTOR,))
    told("lists and dictionary", (japanese.DETECTOR, morphemes()))
