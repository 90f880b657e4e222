"""What leaves a stream early, what waits, and what it costs.

python bench/guardrails/streams.py [--cuts 5] [--seed 2026]

Every text of the sets of personal data and of keys is cut into pieces of 1 to 8 characters,
several times over, and what leaves is held against what is left of the same text when it is
screened at once. A text that fares otherwise counts as one in which something left early.
"""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import keys
import pii
from wilson import interval

from tenken.guardrails.detectors import PII, SECRETS
from tenken.guardrails.guard import Guard
from tenken.guardrails.policy.loading import default_policy
from tenken.guardrails.screening import Part
from tenken.guardrails.text import Context, Direction, Origin

OUTWARD = Context(direction=Direction.OUTWARD, origin=Origin.ASSISTANT)
SETS = (
    "pii_ja.txt",
    "pii_en.txt",
    "second_ja.txt",
    "second_en.txt",
    "third_ja.txt",
    "third_en.txt",
)
HERE = Path(__file__).parent
TOKEN = 4
"""Characters of a piece when cost is measured."""


def texts(seed: int) -> Iterator[str]:
    """Give every text of the sets."""
    for name in SETS:
        yield from (sample.text for sample in pii.samples(name, seed=seed))
    yield from (one.text for one in (*keys.positives(seed=seed), *keys.second(seed=seed)))


def pieces(text: str, chance: random.Random) -> Iterator[str]:
    """Cut a text by chance."""
    at = 0
    while at < len(text):
        size = chance.randint(1, 8)
        yield text[at : at + size]
        at += size


def streamed(guard: Guard, cut: Sequence[str]) -> tuple[str, list[int]]:
    """Give what leaves, and how much waited after each piece."""
    window = guard.window(OUTWARD)
    released = [window.feed(piece) for piece in cut]
    left = "".join(one.text for one in released) + window.close().text
    return left, [one.held for one in released]


def early(guard: Guard, *, cuts: int, seed: int) -> str:
    """Say in how many cut texts something left that was to be masked."""
    chance = random.Random(seed)  # noqa: S311 - cuts, no secret
    differ = count = 0
    for text in texts(seed):
        (whole,) = guard.screen([Part(text=text, origin=Origin.ASSISTANT)], OUTWARD).texts
        for _ in range(cuts):
            count += 1
            differ += streamed(guard, [*pieces(text, chance)])[0] != whole
    lowest, highest = interval(differ, count)
    return f"{differ} of {count} cut texts [{lowest:.4f}, {highest:.4f}]"


def prose() -> str:
    """Give ordinary Japanese sentences, in which nothing is to be found."""
    return (HERE / "texts" / "ordinary_ja.txt").read_text("utf-8")[:20_000]


def cost(guard: Guard, mail: str) -> str:
    """Say what a text costs, and how much of it waits."""
    cut = [mail[at : at + TOKEN] for at in range(0, len(mail), TOKEN)]
    held = sorted(streamed(guard, cut)[1])
    times = []
    for _ in range(5):
        start = time.process_time()
        streamed(guard, cut)
        times.append(time.process_time() - start)
    per_1000 = min(times) / len(mail) * 1e6
    mean, median = sum(held) / len(held), held[len(held) // 2]
    return f"{per_1000:.2f} ms per 1,000 characters; waiting: mean {mean:.1f}, median {median}"


def main() -> None:
    """Print both, with whole clauses waiting and without."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cuts", type=int, default=5)
    parser.add_argument("--seed", type=int, default=2026)
    given = parser.parse_args()
    for clauses in (True, False):
        guard = Guard(default_policy(clauses=clauses), (*PII, *SECRETS))
        print("clauses wait" if clauses else "runs alone wait")
        print(f"  left early: {early(guard, cuts=given.cuts, seed=given.seed)}", flush=True)
        mail = "\n".join(one.text for one in pii.mails(seed=given.seed))[:20_000]
        print(f"  mail: {cost(guard, mail)}\n  prose: {cost(guard, prose())}", flush=True)


if __name__ == "__main__":
    main()
