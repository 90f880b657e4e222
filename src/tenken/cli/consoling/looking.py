"""The settings as the console sees them: read again when their files are other ones."""

from collections.abc import Callable
from datetime import datetime
from threading import Lock

from sqlalchemy import Engine

from tenken.cli.alerting.acting import earlier
from tenken.cli.consoling.signing import signing_of
from tenken.cli.rim import Rim
from tenken.cli.serving.keeping.outlook import Outlook
from tenken.cli.serving.published import mirror
from tenken.cli.serving.served import Files, Stamp
from tenken.config.environment import process_environment
from tenken.config.manifest import Manifest
from tenken.config.temporary import Overlay
from tenken.console.desk import Serving
from tenken.gateway.plan import Plan
from tenken.gateway.settings.keyring import read_ring
from tenken.journal.keys import ring_of
from tenken.keeper.incidents.shifting import Shift
from tenken.readiness.evidence.state import State, open_state
from tenken.store.faults import told

REPORTS = 20
LARGEST_REPORT = 20_000_000


class Planned:
    """What the files say, resolved: once for each state of the files."""

    def __init__(self, files: Files, now: Callable[[], datetime]) -> None:
        self._files = files
        self._now = now
        self._lock = Lock()
        self._stamp: Stamp | None = None
        self._plan: Plan | None = None

    def plan(self) -> Plan:
        """Give it; raises TenkenError where the files are not good."""
        with self._lock:
            texts = self._files.texts()
            stamp = self._files.changed(texts)
            if self._plan is None or stamp != self._stamp:
                now = self._now()
                self._plan = self._files.bare(texts, texts.manifest(now.date()), now)
                self._stamp = stamp
            return self._plan


class Reports:
    """The reports of inspections that are kept on this machine."""

    def __init__(self, state: Callable[[], State]) -> None:
        self._state = state
        self._lock = Lock()
        self._known: dict[str, bytes] = {}

    def newest(self) -> tuple[bytes, ...]:
        """Give them, the newest first; each is read once."""
        with self._lock:
            paths = self._state().reports()[: -REPORTS - 1 : -1]
            for path in paths:
                if path.name not in self._known:
                    with path.open("rb") as stream:
                        self._known[path.name] = stream.read(LARGEST_REPORT)
            self._known = {path.name: self._known[path.name] for path in paths}
            return tuple(self._known.values())


def serving_of(rim: Rim, files: Files, engine: Engine) -> Serving:
    """Give what the console knows of what is served; raises TenkenError for files not good."""
    outlook = Outlook(files, rim.clock.now)

    def taken_over(standing: tuple[Overlay, ...]) -> None:
        if files.state.is_dir():
            mirror(files.overlays, lambda: standing)

    def shifted(route: str) -> Shift:
        application = outlook.manifest().application
        with told():
            return earlier(engine, application, route, rim.clock.now().date())[1]

    return Serving(
        manifest=outlook.manifest,
        plan=Planned(files, rim.clock.now).plan,
        keys=lambda: read_ring(files.keys).keys,
        taken_over=taken_over,
        shifted=shifted,
        reports=Reports(lambda: _inspection(rim, files, outlook.manifest())).newest,
        signing=signing_of(rim, files),
        text_ring=lambda: ring_of(
            outlook.manifest().application.gateway.texts, process_environment()
        ),
    )


def _inspection(rim: Rim, files: Files, manifest: Manifest) -> State:
    """Give where inspections of this application keep their reports on this machine."""
    asked = manifest.application.console.inspection
    if asked is not None:
        return State(folder=files.within(asked))
    return open_state(rim.settings.state_home, files.folder, manifest.application.application.name)
