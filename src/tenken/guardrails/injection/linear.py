"""The classifier of our own: a weight for each bucket, trained by `bench/guardrails/train.py`.

It is summed in whole numbers, so that every machine gives the same score. What it says alone never
blocks by the shipped policy: `SURE` stays below the line at which rules do.
"""

import struct
import zlib
from array import array
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from math import sqrt
from pathlib import Path

from msgspec import Struct

from tenken.digest import of_bytes
from tenken.errors import TenkenError
from tenken.guardrails.injection.features import BUCKETS

WEIGHTS = Path(__file__).with_name("weights.i8")
DIGEST = "sha256:df47e6b467c850b558cc68132cc9c77ebfe25494f8fb44c53e3fadb66fda421f"
HEAD = struct.Struct("<4sffff")
MAGIC = b"tkl1"
FLAG, SURE = 0.6, 0.79


class Model(Struct, frozen=True, kw_only=True):
    """The weights, and how a sum becomes a score."""

    weights: Sequence[int]
    bias: float
    scale: float
    flagged: float
    """The sum from which a text is flagged."""
    sure: float
    """The sum from which it is as sure as it ever is."""

    def score(self, buckets: AbstractSet[int]) -> float:
        """Give 0 to `SURE`; `FLAG` and more is an attack."""
        if not buckets:
            return 0.0
        total = sum(map(self.weights.__getitem__, buckets))
        return self.scored(self.bias + self.scale * total / sqrt(len(buckets)))

    def scored(self, logit: float) -> float:
        """Give the score of a sum, rising in two straight lines."""
        if logit < self.flagged:
            below = 1 - (self.flagged - logit) / (self.sure - self.flagged) / 2
            return round(FLAG * max(0.0, below), 2)
        share = min(1.0, (logit - self.flagged) / (self.sure - self.flagged))
        return round(FLAG + (SURE - FLAG) * share, 2)


@cache
def model() -> Model:
    """Read the weights that ship; they are what this version was measured with, or an error."""
    content = WEIGHTS.read_bytes()
    if of_bytes(content) != DIGEST:
        raise TenkenError("guard.weights", path=str(WEIGHTS))
    return read(content)


def read(content: bytes) -> Model:
    """Give the model that a file holds."""
    _, bias, scale, flagged, sure = HEAD.unpack_from(content)
    weights = array("b", zlib.decompress(content[HEAD.size :]))
    if len(weights) != BUCKETS:
        raise ValueError(len(weights))
    return Model(weights=weights, bias=bias, scale=scale, flagged=flagged, sure=sure)


def written(model: Model) -> bytes:
    """Give the file of a model; the same model gives the same bytes."""
    head = HEAD.pack(MAGIC, model.bias, model.scale, model.flagged, model.sure)
    return head + zlib.compress(array("b", model.weights).tobytes(), 9)
