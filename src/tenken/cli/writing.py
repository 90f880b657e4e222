"""Writes what a person asked to have written, and nothing else."""

from pathlib import Path

from tenken.errors import UsageError


def write_text(path: Path, text: str) -> None:
    """Write a file, making its folder; raises UsageError where that cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise UsageError("cli.cannot_write", path=str(path), detail=detail) from error


def read_text(path: Path, *, limit: int) -> str:
    """Read a text that a person named; raises UsageError where that cannot be."""
    return read_bytes(path, limit=limit).decode("utf-8", "replace")


def read_bytes(path: Path, *, limit: int) -> bytes:
    """Read a file that a person named; raises UsageError where that cannot be."""
    try:
        with path.open("rb") as stream:
            content = stream.read(limit + 1)
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise UsageError("cli.cannot_read", path=str(path), detail=detail) from error
    if len(content) > limit:
        raise UsageError("cli.too_large", path=str(path), limit=limit)
    return content
