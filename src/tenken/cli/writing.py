"""Writes what a person asked to have written, and nothing else."""

import errno
import os
from collections.abc import Mapping
from pathlib import Path

from tenken.errors import UsageError

NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
SAID: Mapping[int | None, str] = {
    errno.ENOENT: "absent", errno.EISDIR: "a_folder", errno.ENOTDIR: "no_folder",
    errno.EACCES: "not_allowed", errno.EPERM: "not_allowed", errno.EROFS: "read_only",
    errno.ENOSPC: "full", errno.ENAMETOOLONG: "long_name",
}  # fmt: skip


def why(error: OSError) -> str:
    """Give the name of the words for what is wrong with a path; the system's own where none is."""
    if error.errno in SAID:
        return f"wording.os_{SAID[error.errno]}"
    return error.strerror or type(error).__name__


def write_text(path: Path, text: str) -> None:
    """Write a file, making its folder; raises UsageError where that cannot be.

    Never through a link: the folder may be a stranger's repository, in which `report.html` is
    what leads out of it.
    """
    if path.is_symlink() and not _is_device(path):
        raise UsageError("cli.is_a_link", path=str(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, _flags(path), 0o666), "w", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise UsageError("cli.cannot_write", path=str(path), detail=why(error)) from error


def _is_device(path: Path) -> bool:
    """`/dev/stdout` is a link, and is meant."""
    return path.absolute().parts[:2] in {("/", "dev"), ("/", "proc")}


def _flags(path: Path) -> int:
    return os.O_WRONLY | os.O_CREAT | os.O_TRUNC | (0 if _is_device(path) else NO_FOLLOW)


def read_text(path: Path, *, limit: int) -> str:
    """Read a text that a person named; raises UsageError where that cannot be."""
    return read_bytes(path, limit=limit).decode("utf-8", "replace")


def read_bytes(path: Path, *, limit: int) -> bytes:
    """Read a file that a person named; raises UsageError where that cannot be."""
    try:
        with path.open("rb") as stream:
            content = stream.read(limit + 1)
    except OSError as error:
        raise UsageError("cli.cannot_read", path=str(path), detail=why(error)) from error
    if len(content) > limit:
        raise UsageError("cli.too_large", path=str(path), limit=limit)
    return content
