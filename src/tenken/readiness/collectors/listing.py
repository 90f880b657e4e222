"""Lists what a repository holds: the index where there is git, else the folder itself."""

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from stat import S_ISDIR, S_ISLNK, S_ISREG

from msgspec import Struct

from tenken.readiness.collectors.roles import left_out_because, role_of
from tenken.readiness.facts.tree import Entry, EntryKind, LeftOut

LINK_MODE = b"120000"
SUBMODULE_MODE = b"160000"
MAX_FILES = 300_000
MAX_FOLDERS_DEEP = 64


class IndexLine(Struct, frozen=True):
    """One entry of the index, with the times and size git remembers of the file."""

    mode: bytes
    blob: bytes
    path: bytes
    mtime: tuple[int, int]
    size: int


class Listing(Struct, frozen=True, kw_only=True):
    """What is there, what was left out, and which tracked files differ from the index."""

    entries: tuple[Entry, ...]
    raw_paths: dict[str, bytes]
    """The true bytes of paths that are not UTF-8."""
    left_out: tuple[LeftOut, ...]
    changed: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    """Tracked, but not on disk."""
    truncated: bool = False


def shown(path: bytes) -> str:
    r"""A path as text; bytes that are not UTF-8 become `\xNN`."""
    return path.decode("utf-8", "backslashreplace")


def listing_of(*paths: str) -> tuple[str, ...]:
    """The command that prints the index below some paths, with stat data."""
    return ("ls-files", "--stage", "--debug", "-z", "--", *paths)


def index_lines(output: bytes) -> Iterator[IndexLine]:
    """Read the index as it was printed."""
    # Each entry is `mode blob stage\tpath\0` and then five lines of stat data.
    position = 0
    end = len(output)
    while position < end:
        tab = output.index(b"\t", position)
        nul = output.index(b"\0", tab)
        mode, blob, _ = output[position:tab].split(b" ")
        size_at = output.index(b"  size: ", nul)
        mtime_at = output.index(b"  mtime: ", nul, size_at)
        seconds, _, nanoseconds = output[mtime_at + 9 : output.index(b"\n", mtime_at)].partition(
            b":"
        )
        line_end = output.index(b"\n", size_at)
        size = int(output[size_at + 8 : output.index(b"\t", size_at, line_end)])
        yield IndexLine(mode, blob, output[tab + 1 : nul], (int(seconds), int(nanoseconds)), size)
        position = line_end + 1


def list_index(lines: Iterable[IndexLine], root: Path) -> Listing:
    """List tracked files; vendored ones are counted and never looked at."""
    entries: list[Entry] = []
    raw: dict[str, bytes] = {}
    changed: list[str] = []
    absent: list[str] = []
    left: Counter[tuple[str, str]] = Counter()
    base = os.fsencode(root)
    for line in lines:
        path = shown(line.path)
        reason = left_out_because(path)
        if reason is not None:
            left[reason] += 1
            continue
        if line.mode == SUBMODULE_MODE:
            left[path, "submodule"] += 1
            continue
        raw[path] = line.path
        entry, state = _looked_at(line, path, base)
        entries.append(entry)
        if state == "absent":
            absent.append(path)
        elif state == "changed":
            changed.append(path)
    return Listing(
        entries=tuple(sorted(entries, key=lambda entry: entry.path)),
        raw_paths=raw,
        left_out=counted(left),
        changed=tuple(changed),
        absent=tuple(absent),
    )


def _looked_at(line: IndexLine, path: str, base: bytes) -> tuple[Entry, str]:
    full = base + b"/" + line.path
    try:
        status = os.lstat(full)
    except (OSError, ValueError):
        return Entry(path=path, size=0, role=role_of(path)), "absent"
    if S_ISLNK(status.st_mode) or line.mode == LINK_MODE:
        return Entry(path=path, size=0, kind=EntryKind.LINK, role=role_of(path)), "link"
    if not S_ISREG(status.st_mode):
        # A named pipe or a folder in the file's place: nothing of what is tracked is here.
        return Entry(path=path, size=0, role=role_of(path)), "absent"
    same_time = line.mtime == (status.st_mtime_ns // 10**9, status.st_mtime_ns % 10**9)
    state = "same"
    if not (same_time and line.size == status.st_size) and _differs(full, status.st_size, line):
        state = "changed"
    return Entry(path=path, size=status.st_size, role=role_of(path)), state


def _differs(full: bytes, size: int, line: IndexLine) -> bool:
    # Hashed here rather than by git, which would run the clean filters that a repository can name.
    hasher = hashlib.new("sha1" if len(line.blob) == 40 else "sha256", usedforsecurity=False)
    hasher.update(b"blob %d\0" % size)
    try:
        with open(full, "rb") as stream:  # noqa: PTH123 - the path may not be UTF-8
            while piece := stream.read(1 << 20):
                hasher.update(piece)
    except OSError:
        return True
    return hasher.hexdigest().encode() != line.blob


def list_folder(root: Path) -> Listing:
    """List the files below a folder that has no git; links are listed and never followed."""
    entries: list[Entry] = []
    raw: dict[str, bytes] = {}
    left: Counter[tuple[str, str]] = Counter()
    truncated = False
    for name in _walked(os.fsencode(root), b"", 0):
        path = shown(name)
        reason = left_out_because(path)
        if reason is not None:
            left[reason] += 1
            continue
        if len(entries) >= MAX_FILES:
            truncated = True
            break
        status = os.lstat(os.fsencode(root) + b"/" + name)
        kind = EntryKind.LINK if S_ISLNK(status.st_mode) else EntryKind.FILE
        if kind is EntryKind.FILE and not S_ISREG(status.st_mode):
            continue
        raw[path] = name
        size = status.st_size if kind is EntryKind.FILE else 0
        entries.append(Entry(path=path, size=size, kind=kind, role=role_of(path)))
    return Listing(
        entries=tuple(sorted(entries, key=lambda entry: entry.path)),
        raw_paths=raw,
        left_out=counted(left),
        truncated=truncated,
    )


def _walked(base: bytes, folder: bytes, depth: int) -> Iterator[bytes]:
    if depth > MAX_FOLDERS_DEEP:
        return
    try:
        names = sorted(os.listdir(base + b"/" + folder if folder else base))  # noqa: PTH208 - as bytes
    except OSError:
        return
    for name in names:
        path = folder + b"/" + name if folder else name
        try:
            is_folder = S_ISDIR(os.lstat(base + b"/" + path).st_mode)
        except OSError:
            continue
        if not is_folder:
            yield path
        elif name != b".git":
            # A vendored folder is counted by its first level only: nobody waits for node_modules.
            reason = left_out_because(shown(path) + "/x")
            yield from (path + b"/x",) if reason else _walked(base, path, depth + 1)


def counted(left: Counter[tuple[str, str]]) -> tuple[LeftOut, ...]:
    """What was left out, largest first."""
    return tuple(
        LeftOut(path=path, files=files, reason=reason)
        for (path, reason), files in sorted(left.items(), key=lambda item: (-item[1], item[0]))
    )
