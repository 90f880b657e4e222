"""A repository in memory: paths and texts, read through the same protocol as a real one."""

from collections.abc import Iterator, Mapping

from tenken.readiness.collectors.roles import left_out_because, role_of
from tenken.readiness.facts.tree import Entry, LeftOut, Unreadable, UnreadableBecause


class FakeTree:
    """Holds texts by path; `absent` paths are tracked but have no content."""

    prefix = ""

    def __init__(self, texts: Mapping[str, str], *, absent: tuple[str, ...] = ()) -> None:
        self._texts = {path: text for path, text in texts.items() if not left_out_because(path)}
        self._absent = absent
        self.left_out = tuple(
            LeftOut(path=reason[0], files=1, reason=reason[1])
            for path in sorted(texts)
            if (reason := left_out_because(path))
        )
        self.entries = tuple(
            Entry(path=path, size=len(self._texts.get(path, "").encode()), role=role_of(path))
            for path in sorted([*self._texts, *absent])
        )

    def entry(self, path: str) -> Entry | None:
        """Give the entry at a path, or None."""
        return next((entry for entry in self.entries if entry.path == path), None)

    def below(self, folder: str) -> Iterator[Entry]:
        """Give the entries under a folder."""
        prefix = f"{folder}/" if folder else ""
        return (entry for entry in self.entries if entry.path.startswith(prefix))

    def text(self, path: str, *, limit: int = 1_000_000) -> str | Unreadable:
        """Read a text, or say why not."""
        if path in self._absent or path not in self._texts:
            return Unreadable(path=path, because=UnreadableBecause.ABSENT)
        text = self._texts[path]
        if len(text) > limit:
            return Unreadable(path=path, because=UnreadableBecause.TOO_LARGE)
        return text

    def head(self, path: str, size: int) -> bytes | Unreadable:
        """Read the first bytes."""
        text = self.text(path, limit=1 << 40)
        return text if isinstance(text, Unreadable) else text.encode()[:size]
