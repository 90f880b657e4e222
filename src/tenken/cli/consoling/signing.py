"""What signing in the browser needs of this machine: the texts, who wrote them, and a key."""

import os
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import yaml

from tenken import digest
from tenken.cli.proving import observer
from tenken.cli.rim import Rim
from tenken.cli.serving.served import Files
from tenken.config.environment import process_environment
from tenken.config.manifest import Manifest
from tenken.config.operating.proving import EvidenceSettings
from tenken.console.desk import Shown, Signing
from tenken.errors import TenkenError
from tenken.readiness.collectors.git import remote_of
from tenken.readiness.collectors.history import changes_of
from tenken.readiness.collectors.plumbing import Git, GitFailed, find_git
from tenken.readiness.signing.signoff import SignOff
from tenken.readiness.signing.vouched import sealed

LARGEST = 400_000
"""A longer text is nothing that anybody reads on a page."""


def signing_of(rim: Rim, files: Files) -> Signing:
    """Give it; what is looked at is read when somebody asks."""

    def manifest() -> Manifest:
        return files.manifest(rim.clock.now().date())

    def line(one: SignOff, name: str) -> str:
        return _sealed(one, name, manifest().application.evidence, process_environment())

    return Signing(
        shown=lambda path, key: _shown(files, rim.clock.now().date(), path, key),
        authors=_Authors(files.folder, rim.settings.search_path).of,
        sealed=line,
    )


def _shown(files: Files, today: date, path: str, key: str) -> Shown | None:
    if not key:
        return read_text_at(files.folder, path)
    try:
        manifest = files.manifest(today)
    except TenkenError:
        return None
    block = manifest.document.at(*key.split(".", 1)) if manifest.file == path else None
    if not block:
        return None
    content = yaml.safe_dump(block.plain, allow_unicode=True, sort_keys=False, width=99)
    return Shown(content=content, sha256=digest.of_value(block.plain).removeprefix("sha256:"))


def read_text_at(folder: Path, path: str) -> Shown | None:
    """Give a file below a folder, through no link; None for what is no text of a page's length."""
    where = folder / path
    try:
        root = folder.resolve()
        if where.resolve() != root / path or not where.resolve().is_relative_to(root):
            return None
        file = os.open(where, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(file, "rb") as stream:
            content = stream.read(LARGEST + 1)
        text = content.decode()
    except (OSError, ValueError):
        return None
    if len(content) > LARGEST:
        return None
    return Shown(content=text, sha256=digest.of_bytes(content).removeprefix("sha256:"))


class _Authors:
    """Asks git who has changed a file; not twice for the same commit."""

    def __init__(self, folder: Path, search_path: str | None) -> None:
        self._folder = folder
        self._git: Callable[[], Git | GitFailed] = lambda: find_git(
            folder, search_path=search_path
        )
        self._known: dict[tuple[str, str], frozenset[str] | None] = {}

    def of(self, path: str) -> frozenset[str] | None:
        """Give them; None without git, in a shallow clone, or for what is not committed."""
        git = self._git()
        if (
            isinstance(git, GitFailed)
            or git.line("rev-parse", "--is-shallow-repository") != "false"
        ):
            return None
        head = git.line("rev-parse", "HEAD") or ""
        if (head, path) not in self._known:
            self._known = {key: one for key, one in self._known.items() if key[0] == head}
            changes = changes_of(git, [path])
            authors = (
                () if isinstance(changes, GitFailed) else tuple(one.author for one in changes)
            )
            self._known[head, path] = frozenset(authors) or None
        return self._known[head, path]


def _sealed(
    one: SignOff, name: str, settings: EvidenceSettings | None, environment: Mapping[str, str]
) -> str:
    """Seal it with the key of the evidence; bare where there is none, which counts for nothing."""
    issuer = one.vouched.issuer if one.vouched else ""
    if settings is None:
        return sealed(one, name=name, issuer=issuer, service="", key=None)
    service = digest.of_bytes(remote_of(settings.repository).encode())
    try:
        key = observer.of_variable(settings.key_env, environment)
    except TenkenError:
        key = None
    return sealed(one, name=name, issuer=issuer, service=service, key=key)
