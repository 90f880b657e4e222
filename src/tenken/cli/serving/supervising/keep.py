"""The keeper as `tenken serve` starts it: brings journals into the ledger until told to end."""

import os
import select
import signal
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from tenken.cli.rim import Rim
from tenken.cli.serving.machine import PARKED, instance_of, wall_us
from tenken.cli.serving.published import NAME, read_settings
from tenken.cli.serving.served import stamp_of
from tenken.cli.serving.storing import store_url, version_of
from tenken.cli.serving.supervising.child import KeeperSpec, report, rim_of, told
from tenken.cli.serving.supervising.parked import Counted
from tenken.config.environment import process_environment
from tenken.errors import TenkenError
from tenken.keeper.keeping import Found, Keeping
from tenken.store.engine import opened
from tenken.store.ledger import Ledger
from tenken.store.migration import migrate
from tenken.store.parking import Parking
from tenken.store.versions import Versions

NICE = 5
"""On a machine of one core, who serves goes first."""
LAST_S = 20.0
"""What is left when all workers have ended is brought within this, or stays for the next start."""


class Told:
    """Whether this process is to end."""

    def __init__(self, lifeline: int) -> None:
        self.by_parent = True
        """Its parent tells it when all workers have ended; a parent that is killed cannot."""
        self._lifeline = lifeline
        self._heard, heard = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGTERM, lambda _name, _frame: None)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.set_wakeup_fd(heard)

    def within(self, seconds: float) -> bool:
        """Wait so long, or until told."""
        readable, _, _ = select.select([self._lifeline, self._heard], [], [], seconds)
        self.by_parent = self._lifeline not in readable
        return bool(readable)


def run() -> int:
    """Keep until told to end; gives the exit code."""
    spec = told(KeeperSpec)
    rim = rim_of(spec)
    ended = Told(spec.lifeline)
    try:
        engine = opened(store_url(spec.store, spec.store_env, process_environment()))
    except TenkenError as error:
        return rim.refuse(error)
    report(spec, "ready")
    keep(rim, spec, engine, ended)
    engine.dispose()
    return 0


def keep(rim: Rim, spec: KeeperSpec, engine: Engine, ended: Told) -> None:
    """Bring what there is, again and again; once more when told to end."""
    journals = Path(spec.journals)
    keeping = Keeping(
        journals,
        instance=instance_of(journals),
        ledger=Ledger(engine),
        prepare=lambda: migrate(engine),
        beside=_beside(
            _publisher(Versions(engine), Path(spec.state)),
            Counted(Parking(engine), journals / PARKED, clock=time.monotonic),
        ),
        tell=rim.say,
    )
    keeping.turn(wall_us())
    os.nice(NICE)
    pause_s = 0.0
    while not ended.within(pause_s):
        found = keeping.turn(wall_us())
        pause_s = 0.0 if found is Found.MORE else keeping.pause_s
    until = time.monotonic() + LAST_S
    while time.monotonic() < until:
        if keeping.turn(wall_us(), alone=ended.by_parent) in {Found.NOTHING, Found.AWAY}:
            break


def _beside(*works: Callable[[], None]) -> Callable[[], None]:
    """Give what does each in turn."""

    def does() -> None:
        for work in works:
            work()

    return does


def _publisher(versions: Versions, state: Path) -> Callable[[], None]:
    """Give what writes the version that is served into the store, once."""
    written = (0, 0, 0)

    def publishes() -> None:
        nonlocal written
        stamp = stamp_of(state / NAME)
        if stamp != written:
            versions.publish(version_of(read_settings(state), by="serve", at=wall_us()))
            written = stamp

    return publishes


if __name__ == "__main__":
    raise SystemExit(run())
