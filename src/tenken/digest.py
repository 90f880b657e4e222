"""Content digests: the same value has the same digest on every machine."""

import hashlib
from pathlib import Path

import msgspec

READ_SIZE = 1 << 20


def of_bytes(content: bytes) -> str:
    """Give `sha256:<64 hex>` of the bytes."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def canonical(value: object) -> bytes:
    """Encode plain data as JSON with sorted keys and no white space."""
    return msgspec.json.encode(value, order="sorted")


def of_value(value: object) -> str:
    """Give the digest of plain data, whatever the order of its keys."""
    return of_bytes(canonical(value))


def of_file(path: Path) -> str:
    """Give the digest of a file, read in pieces so that its size does not matter."""
    hasher = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(READ_SIZE):
            hasher.update(piece)
    return f"sha256:{hasher.hexdigest()}"
