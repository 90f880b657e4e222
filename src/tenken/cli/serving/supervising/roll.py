"""Who of the workers is ready, and which settings each serves."""

from collections.abc import Callable, Iterable


class Roll:
    """Tells once when all are ready, and once when all have gone over to other settings."""

    def __init__(
        self,
        names: Iterable[str],
        *,
        all_ready: Callable[[], None],
        all_new: Callable[[str], None],
    ) -> None:
        self._names = frozenset(names)
        self._all_ready = all_ready
        self._all_new = all_new
        self._versions: dict[str, str] = {}
        self._over: set[str] = set()
        """Who has gone over, or was started, since the first one has.

        A change may leave the version as it is: keys that are revoked do.
        """
        self._news = False
        self._told = False

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._names)

    def heard(self, name: str, event: str, version: str) -> None:
        """Note what a worker reports."""
        others = {self._versions[one] for one in self._versions.keys() - {name}}
        self._versions[name] = version
        self._news = self._news or event == "reloaded"
        if self._news or (others and version not in others):
            self._over.add(name)
        if not self._told and self._versions.keys() >= self._names:
            self._told = True
            self._all_ready()
        same = len(set(self._versions.values())) == 1
        if self._news and same and self._over >= self._versions.keys():
            self._over.clear()
            self._news = False
            self._all_new(version)

    def gone(self, name: str) -> None:
        """Note that a worker died: it comes back with what is published then."""
        self._versions.pop(name, None)
        self._over.discard(name)
