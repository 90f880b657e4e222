"""The files that a gateway serves by, and the keys beside them."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from msgspec import Struct

from tenken.cli.writing import read_text
from tenken.config.load import MANIFEST_NAMES, PlatformText, load_manifest
from tenken.config.manifest import Manifest
from tenken.errors import UsageError
from tenken.gateway.plan import Plan
from tenken.gateway.settings.keyring import NAME, read_ring
from tenken.gateway.settings.resolve import resolve
from tenken.models.price import Prices

STATE = ".tenken"
LONGEST_FILE = 2_000_000
NO_PRICES: Mapping[tuple[str, str], Prices] = {}


class Files(Struct, frozen=True, kw_only=True):
    """Where the settings of a gateway are."""

    folder: Path
    platform: Path | None = None
    environment: str = ""

    @property
    def keys(self) -> Path:
        """Where the keys of callers are kept."""
        return self.folder / STATE / NAME

    def manifest(self, today: date) -> Manifest:
        """Read the application's file over its platform; raises Malformed, UsageError."""
        for name in MANIFEST_NAMES:
            path = self.folder / name
            if path.is_file():
                return load_manifest(
                    read_text(path, limit=LONGEST_FILE),
                    file=name,
                    platform=self._platform,
                    environment=self.environment,
                    today=today,
                )
        raise UsageError("gateway.no_manifest", path=str(self.folder))

    def plan(self, manifest: Manifest, now: datetime) -> Plan:
        """Resolve everything; raises Malformed, UsageError."""
        return resolve(manifest, keys=read_ring(self.keys).good(now), prices=NO_PRICES)

    def changed(self) -> tuple[int, ...]:
        """Give what tells by a look whether any file has changed."""
        names = (*(self.folder / name for name in MANIFEST_NAMES), self.keys, self._beside)
        return tuple(_stamp(path) for path in names)

    @property
    def _beside(self) -> Path:
        return self.platform or self.folder / "platform.yaml"

    def _platform(self, extends: str) -> PlatformText | None:
        path = self.platform or (self.folder / extends if extends else None)
        if path is None or not path.is_file():
            return None
        text = read_text(path, limit=LONGEST_FILE)
        return PlatformText(file=str(self.platform or extends), text=text)


def _stamp(path: Path) -> int:
    try:
        found = path.stat()
    except OSError:
        return 0
    return found.st_mtime_ns ^ found.st_ino ^ found.st_size
