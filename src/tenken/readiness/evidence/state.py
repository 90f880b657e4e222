"""Where an inspection keeps what outlives it: evidence, earlier reports, and the masking key.

One folder per service, below the user's state folder or where `--state` says; never inside the
inspected repository, in which an inspection writes nothing.

    <folder>/evidence.jsonl     signed evidence, append-only
    <folder>/reports/*.json     earlier reports, the newest kept
    <folder>/mask.key           the key of masked values, for this folder alone
"""

import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from tenken import digest
from tenken.errors import UsageError
from tenken.pattern import Pattern

KEPT_REPORTS = 50
LARGEST_REPORT = 20_000_000
KEY_BYTES = 32
HASH_LENGTH = 10
UNSAFE = Pattern(r"[^A-Za-z0-9._-]+")


class State(Struct, frozen=True, kw_only=True):
    """The folder of one service."""

    folder: Path

    @property
    def evidence(self) -> Path:
        """The file of evidence."""
        return self.folder / "evidence.jsonl"

    def _make(self) -> None:
        """Make the folder, for its owner alone: a report tells the weak places of a service."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def mask_key(self) -> bytes:
        """The key of masked values; made the first time."""
        path = self.folder / "mask.key"
        try:
            self._make()
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_bytes()
        with os.fdopen(file, "wb") as stream:
            key = secrets.token_bytes(KEY_BYTES)
            stream.write(key)
        return key

    def keep_report(self, report: str, made_at: datetime) -> Path:
        """Keep a JSON report, and let the oldest go."""
        folder = self.folder / "reports"
        path = folder / f"{made_at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}.json"
        try:
            self._make()
            folder.mkdir(exist_ok=True)
            # Beside its place and then moved, so that a reader never meets half a report.
            beside = path.with_suffix(".part")
            beside.write_text(report, "utf-8")
            beside.replace(path)
            for old in self.reports()[:-KEPT_REPORTS]:
                old.unlink(missing_ok=True)
        except OSError as error:
            detail = error.strerror or type(error).__name__
            raise UsageError("cli.cannot_write", path=str(path), detail=detail) from error
        return path

    def reports(self) -> tuple[Path, ...]:
        """The reports that are kept, oldest first."""
        return tuple(sorted((self.folder / "reports").glob("*.json")))

    def last_report(self) -> bytes | None:
        """The newest report; None without one that can be read."""
        for path in reversed(self.reports()):
            try:
                with path.open("rb") as stream:
                    content = stream.read(LARGEST_REPORT + 1)
            except OSError:
                continue
            if len(content) <= LARGEST_REPORT:
                return content
        return None


def open_state(home: Path, root: Path, service: str, *, asked: Path | None = None) -> State:
    """Give the state of a service; raises UsageError for a folder inside the repository."""
    folder = (asked or home / _folder_name(root, service)).absolute()
    if folder.resolve().is_relative_to(root.resolve()):
        raise UsageError("evidence.state_inside", folder=str(folder), root=str(root))
    return State(folder=folder)


def _folder_name(root: Path, service: str) -> str:
    hashed = digest.of_bytes(os.fsencode(root.resolve())).removeprefix("sha256:")
    return f"{UNSAFE.sub('-', service)[:60]}-{hashed[:HASH_LENGTH]}"
