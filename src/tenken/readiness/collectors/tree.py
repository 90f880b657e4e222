"""The files of an inspected folder, read from disk: bounded, cached, never through a link."""

import os
from bisect import bisect_left
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from itertools import islice, takewhile
from pathlib import Path
from sys import getsizeof

from tenken.readiness.collectors.listing import Listing
from tenken.readiness.facts.tree import Entry, EntryKind, LeftOut, Unreadable, UnreadableBecause

TEXT_LIMIT = 1_000_000
CACHE_LIMIT = 32_000_000
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
        self._same: dict[str, str] = {}
        """Each text that is kept, once: copies of a file are one text, and compared as fast."""
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
        return self._kept(path, content.removeprefix(BOM_UTF8).decode("utf-8", "replace"))

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
            try:
                return _whole(file, min(size, self._by_path[path].size + 1), size)
            finally:
                os.close(file)
        except OSError:
            return Unreadable(path=path, because=UnreadableBecause.REFUSED)

    def _kept(self, path: str, text: str) -> str:
        if (same := self._same.get(text)) is not None:
            self._cache[path] = same
            return same
        size = getsizeof(text)
        if size <= CACHED_FILE_LIMIT and self._cached + size <= CACHE_LIMIT:
            self._cache[path] = self._same[text] = text
            self._cached += size
        return text


class _Folder:
    """The folder read last and those above it, kept open: the next file is mostly near."""

    def __init__(self, root: bytes) -> None:
        self._root = root
        self._path: bytes | None = None
        self._names: list[bytes] = []
        self._opened: list[int] = []
        """The root, and one for each name."""

    def opened(self, path: bytes) -> int:
        """Open every folder on the way without following a link."""
        if path != self._path:
            self._path = None
            self._go(path.split(b"/") if path else [])
            self._path = path
        return self._opened[-1]

    def _go(self, names: list[bytes]) -> None:
        if not self._opened:
            self._opened.append(os.open(self._root, os.O_RDONLY | os.O_DIRECTORY))
        while self._names != names[: len(self._names)]:
            self._names.pop()
            os.close(self._opened.pop())
        for name in names[len(self._names) :]:
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
            self._opened.append(os.open(name, flags, dir_fd=self._opened[-1]))
            self._names.append(name)

    def __del__(self, close: Callable[[int], None] = os.close) -> None:
        # Held here: `os` is gone already where the interpreter ends with a tree still open.
        while self._opened:
            close(self._opened.pop())


def _whole(file: int, first: int, most: int) -> bytes:
    """Read as much as was listed, and more where the file has grown; never over the bound."""
    content = os.read(file, first)
    while 0 < len(content) < most and len(content) >= first:
        more = os.read(file, most - len(content))
        if not more:
            break
        content += more
    return content
