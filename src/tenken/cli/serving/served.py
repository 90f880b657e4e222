"""The files that a gateway serves by, and the keys beside them."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from tenken.cli.plugging.source import CodeFile, named
from tenken.cli.prompting.files import library_of, prompt_files, prompt_paths
from tenken.cli.serving.guarding import Beside, guard_of
from tenken.cli.writing import read_bytes, read_text
from tenken.config.load import MANIFEST_NAMES, Also, PlatformText, load_manifest, nothing
from tenken.config.manifest import Manifest
from tenken.config.schema import parse
from tenken.config.temporary import Overlay
from tenken.errors import Malformed, MissingExtra, Problem, UsageError
from tenken.gateway.plan import Plan
from tenken.gateway.settings.credentials import lacking
from tenken.gateway.settings.keyring import NAME, read_ring
from tenken.gateway.settings.overlays import overlaid
from tenken.gateway.settings.resolve import resolve, unservable
from tenken.guardrails.policy.loading import POLICY_NAMES
from tenken.models.known import Models, read_models
from tenken.models.shipped import shipped
from tenken.prompts.library import File

OVERLAYS = "overlays.json"
STATE = ".tenken"
LONGEST_FILE = 2_000_000
LONGEST_TABLE = 32 << 20
Stamp = tuple[tuple[int, int, int], ...]


class Texts(Struct, frozen=True, kw_only=True):
    """What the files said at one moment: the settings can be read from it without them."""

    file: str
    text: str
    platform: PlatformText | None = None
    environment: str = ""
    guard: PlatformText | None = None
    """The policy of the guard, where there is one."""
    code: tuple[CodeFile, ...] = ()
    """What the Python files held that the policy names: they stay on the disk."""
    prompts: tuple[File, ...] = ()
    """What is below `prompts/`: prompts and their labels."""

    def manifest(self, today: date, *, also: Also = nothing) -> Manifest:
        """Read the application's file over its platform; raises Malformed, UsageError."""
        return load_manifest(
            self.text,
            file=self.file,
            platform=lambda _path: self.platform,
            environment=self.environment,
            today=today,
            also=also,
        )


class Files(Struct, frozen=True, kw_only=True):
    """Where the settings of a gateway are, and what it keeps."""

    folder: Path
    platform: Path | None = None
    environment: str = ""
    kept: Path | None = None
    """Where it keeps what is its own; below the folder where that is not said."""
    ring: Path | None = None
    """The file of callers' keys, where it is not kept with the rest: a mounted secret."""

    @property
    def state(self) -> Path:
        """Where keys, counters, journals and the store are."""
        return self.kept or self.folder / STATE

    def within(self, path: str) -> Path:
        """Give where a path of the settings leads; `.tenken/` is the state, wherever that is."""
        own, below = self.state, Path(path)
        parts = below.parts
        return own.joinpath(*parts[1:]) if parts[:1] == (STATE,) else self.folder / below

    @property
    def keys(self) -> Path:
        """Where the keys of callers are kept."""
        return self.ring or self.state / NAME

    @property
    def overlays(self) -> Path:
        """Where what is changed for a while stands, as the store has it."""
        return self.state / OVERLAYS

    @property
    def table(self) -> Path:
        """Where a table of models is that is newer than the one shipped."""
        return self.state / "models.jsonl"

    def models(self) -> Models:
        """Read what is known of models; raises UsageError for a table that is none."""
        if not self.table.is_file():
            return shipped()
        try:
            return read_models(read_bytes(self.table, limit=LONGEST_TABLE))
        except msgspec.DecodeError as error:
            raise UsageError(
                "pricing.bad_own_table", path=str(self.table), error=str(error)
            ) from error

    def manifest(self, today: date) -> Manifest:
        """Read the application's file over its platform; raises Malformed, UsageError."""
        return self.texts().manifest(today)

    def texts(self) -> Texts:
        """Read what the files say; raises UsageError where there are none."""
        for name in MANIFEST_NAMES:
            path = self.folder / name
            if path.is_file():
                text = read_text(path, limit=LONGEST_FILE)
                guard = self._guard()
                return Texts(
                    file=name,
                    text=text,
                    platform=self._platform(_extends(text, file=name)),
                    environment=self.environment,
                    guard=guard,
                    code=named(guard, self.folder),
                    prompts=prompt_files(self.folder),
                )
        raise UsageError("gateway.no_manifest", path=str(self.folder))

    def served(
        self, texts: Texts, now: datetime, *, environment: Mapping[str, str] | None = None
    ) -> Manifest:
        """Read settings that can be served; raises Malformed with all that keeps them from it.

        `environment` holds the credentials; without it they are not looked for.
        """
        return texts.manifest(
            now.date(),
            also=lambda found: self._unservable(texts, found, now, environment=environment),
        )

    def _unservable(
        self,
        texts: Texts,
        manifest: Manifest,
        now: datetime,
        *,
        environment: Mapping[str, str] | None,
    ) -> Iterator[Problem]:
        guard, prompts = None, None
        try:
            guard = guard_of(texts.guard, manifest, now.date(), Beside(self.folder, texts.code))
            prompts = library_of(texts.prompts)
        except Malformed as error:
            yield from error.problems
        yield from unservable(manifest, known=self.models(), guard=guard, prompts=prompts)
        if environment is not None:
            with suppress(UsageError, MissingExtra):  # told where they are found
                yield from lacking(manifest, environment)

    def plan(self, texts: Texts, manifest: Manifest, now: datetime) -> Plan:
        """Resolve everything; raises Malformed, UsageError."""
        plan = self.bare(texts, manifest, now)
        return overlaid(plan, read_overlays(self.overlays), now=round(now.timestamp() * 1e6))

    def bare(self, texts: Texts, manifest: Manifest, now: datetime) -> Plan:
        """Resolve what the files say, without what is changed for a while."""
        return resolve(
            manifest,
            keys=read_ring(self.keys).good(now),
            known=self.models(),
            today=now.date(),
            guard=guard_of(texts.guard, manifest, now.date(), Beside(self.folder, texts.code)),
            prompts=library_of(texts.prompts),
        )

    def changed(self, texts: Texts) -> Stamp:
        """Give what tells by a look whether any file is another than these texts are of."""
        beside = texts.platform.file if texts.platform else "platform.yaml"
        own = (self.folder / name for name in (*MANIFEST_NAMES, beside, *POLICY_NAMES))
        code = (self.folder / one.file for one in texts.code)
        paths = (*own, *code, *prompt_paths(self.folder), self.keys, self.table, self.overlays)
        return tuple(stamp_of(path) for path in paths)

    def _guard(self) -> PlatformText | None:
        for name in POLICY_NAMES:
            path = self.folder / name
            if path.is_file():
                return PlatformText(file=name, text=read_text(path, limit=LONGEST_FILE))
        return None

    def _platform(self, extends: str) -> PlatformText | None:
        path = self.platform or (self.folder / extends if extends else None)
        if path is None or not path.is_file():
            return None
        text = read_text(path, limit=LONGEST_FILE)
        return PlatformText(file=str(self.platform or extends), text=text)


def read_overlays(path: Path) -> tuple[Overlay, ...]:
    """Read what is changed for a while; raises UsageError where that is nothing of ours."""
    if not path.is_file():
        return ()
    try:
        return msgspec.json.decode(read_bytes(path, limit=LONGEST_FILE), type=tuple[Overlay, ...])
    except msgspec.DecodeError as error:
        raise UsageError("serving.bad_published", path=str(path), why=str(error)) from error


def _extends(text: str, *, file: str) -> str:
    return parse(text, file=file).at("extends").at("platform").text


def stamp_of(path: Path) -> tuple[int, int, int]:
    """Give what tells by a look whether a file is another one."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_ino, found.st_size)
