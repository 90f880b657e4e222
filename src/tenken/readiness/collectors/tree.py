"""The files of an inspected folder, read from disk: bounded, cached, never through a link."""

import os
from bisect import bisect_left
from collections.abc import Iterator
from io import RawIOBase
from itertools import islice, takewhile
from pathlib import Path

from tenken.readiness.collectors.listing import Listing
from tenken.readiness.facts.tree import Entry, EntryKind, LeftOut, Unreadable, UnreadableBecause

TEXT_LIMIT = 1_000_000
CACHE_LIMIT = 64_000_000
CACHED_FILE_LIMIT = 200_000
LARGE_FILE_POINTER = b"version https://git-lfs.github.com/spec/"


class DiskTree:
    """A listing with its contents; one per inspection."""

    def __init__(self, root: Path, listing: Listing, *, prefix: str = "") -> None:
        self._folder = _Folder(os.fsencode(root))
        self._raw = listing.raw_paths
        self._absent = frozenset(listing.absent)
        self._by_path = {entry.path: entry for entry in listing.entries}
        self._cache: dict[str, str] = {}
        self._cached = 0
        self.entries = listing.entries
        self.left_out: tuple[LeftOut, ...] = listing.left_out
        self.prefix = prefix

    def entry(self, path: str) -> Entry | None:
        """Give the entry at a path, or None."""
        return self._by_path.get(path)

    def below(self, folder: str) -> Iterator[Entry]:
        """Give the entries under a folder."""
        prefix = f"{folder}/" if folder else ""
        first = bisect_left(self.entries, prefix, key=lambda entry: entry.path)
        return takewhile(
            lambda entry: entry.path.startswith(prefix), islice(self.entries, first, None)
        )

    def text(self, path: str, *, limit: int = TEXT_LIMIT) -> str | Unreadable:
        """Read a file as text, or say why there is none."""
        if (known := self._cache.get(path)) is not None:
            return known
        content = self._content(path, limit)
        if isinstance(content, Unreadable):
            return content
        if content.startswith(LARGE_FILE_POINTER):
            return Unreadable(path=path, because=UnreadableBecause.ABSENT)
        if b"\0" in content[:8000]:
            return Unreadable(path=path, because=UnreadableBecause.BINARY)
        text = content.decode("utf-8-sig", "replace")
        self._keep(path, text)
        return text

    def head(self, path: str, size: int) -> bytes | Unreadable:
        """Read the first bytes of a file of any length."""
        entry = self._readable(path)
        return entry if isinstance(entry, Unreadable) else self._read(path, size)

    def _content(self, path: str, limit: int) -> bytes | Unreadable:
        entry = self._readable(path)
        if isinstance(entry, Unreadable):
            return entry
        if entry.size > limit:
            return Unreadable(path=path, because=UnreadableBecause.TOO_LARGE)
        # The file may have grown since it was listed: the bound holds all the same.
        return self._read(path, limit)

    def _readable(self, path: str) -> Entry | Unreadable:
        entry = self._by_path.get(path)
        if entry is None or path in self._absent:
            return Unreadable(path=path, because=UnreadableBecause.ABSENT)
        if entry.kind is not EntryKind.FILE:
            return Unreadable(path=path, because=UnreadableBecause.LINK)
        return entry

    def _read(self, path: str, size: int) -> bytes | Unreadable:
        """Open the file without following a link, neither as a folder on the way nor itself."""
        folder, _, name = self._raw[path].rpartition(b"/")
        try:
            # Non-blocking, so that a named pipe put in the file's place cannot hold us.
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
            file = os.open(name, flags, dir_fd=self._folder.opened(folder))
            with os.fdopen(file, "rb", buffering=0) as stream:
                return _whole(stream, min(size, self._by_path[path].size + 1), size)
        except OSError:
            return Unreadable(path=path, because=UnreadableBecause.REFUSED)

    def _keep(self, path: str, text: str) -> None:
        if len(text) <= CACHED_FILE_LIMIT and self._cached + len(text) <= CACHE_LIMIT:
            self._cache[path] = text
            self._cached += len(text)


class _Folder:
    """The folder read last, kept open: the files of one folder are mostly read one by one."""

    def __init__(self, root: bytes) -> None:
        self._root = root
        self._path: bytes | None = None
        self._opened = -1

    def opened(self, path: bytes) -> int:
        """Open every folder on the way without following a link."""
        if path != self._path:
            self._close()
            self._opened = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY)
            for folder in path.split(b"/") if path else ():
                flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
                deeper = os.open(folder, flags, dir_fd=self._opened)
                os.close(self._opened)
                self._opened = deeper
            self._path = path
        return self._opened

    def _close(self) -> None:
        opened, self._opened, self._path = self._opened, -1, None
        if opened >= 0:
            os.close(opened)

    def __del__(self) -> None:
        self._close()


def _whole(stream: RawIOBase, first: int, most: int) -> bytes:
    """Read as much as was listed, and more where the file has grown; never over the bound."""
    content = stream.read(first) or b""
    while 0 < len(content) < most and len(content) >= first:
        more = stream.read(most - len(content))
        if not more:
            break
        content += more
    return content
