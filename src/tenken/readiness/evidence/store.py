"""Files of evidence: reading one within bounds, and adding a line that nothing later changes."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from tenken.evidence import Evidence
from tenken.readiness.evidence import envelope, statement
from tenken.readiness.evidence.chain import MAX_FILE, MAX_LINE, Chain, previous_of, read, unread
from tenken.readiness.evidence.keys import PrivateKey
from tenken.readiness.evidence.statement import Recorded


def read_file(path: Path) -> Chain:
    """Read a file of evidence, at most MAX_FILE of it; one that is not there is empty."""
    try:
        with path.open("rb") as stream:
            return read(stream.read(MAX_FILE + 1), file=str(path))
    except FileNotFoundError:
        return Chain()
    except OSError as error:
        return unread(str(path), "evidence.file_unreadable", detail=error.strerror or "")


def append(
    path: Path,
    evidence: Evidence,
    *,
    mask: Callable[[Evidence], Evidence],
    key: PrivateKey | None = None,
) -> None:
    """Add a line, masked and, given a key, signed; what stands in the file is never changed."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a+b") as stream:
        end = _end(stream.fileno())
        recorded = Recorded(evidence=mask(evidence), previous=previous_of(end.line))
        payload = statement.encode(recorded)
        line = envelope.encode(envelope.seal(payload, key)) if key else payload
        # A crash in the middle of an earlier line left no newline: end that line first.
        stream.write((b"\n" if end.is_torn else b"") + line + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


class _End(Struct, frozen=True, kw_only=True):
    """How a file ends."""

    line: bytes
    """The last line that is not empty."""
    is_torn: bool
    """Its newline is missing."""


def _end(file: int) -> _End:
    size = os.fstat(file).st_size
    tail = b"".join(_backwards(file, size))
    lines = [line for line in tail.split(b"\n") if line]
    return _End(line=lines[-1] if lines else b"", is_torn=bool(tail) and not tail.endswith(b"\n"))


def _backwards(file: int, size: int) -> Iterator[bytes]:
    # One line is at most MAX_LINE; a longer one was not written here, so take the file whole.
    start = max(0, size - 2 * MAX_LINE)
    piece = os.pread(file, size - start, start)
    if start and b"\n" not in piece.rstrip(b"\n"):
        yield os.pread(file, start, 0)
    yield piece
