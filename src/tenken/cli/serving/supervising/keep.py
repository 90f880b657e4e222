"""The keeper as `tenken serve` starts it: brings journals into the ledger until told to end."""

import os
import select
import signal
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from tenken.cli.rim import Rim
from tenken.cli.serving.keeping.addressing import required_of, sinks_of
from tenken.cli.serving.keeping.outlook import Outlook
from tenken.cli.serving.keeping.side import Sides
from tenken.cli.serving.keeping.sides import Around, sides
from tenken.cli.serving.machine import PARKED, instance_of, spare_memory, wall_us
from tenken.cli.serving.published import NAME, Published, mirror, read_settings
from tenken.cli.serving.served import OVERLAYS, stamp_of
from tenken.cli.serving.storing import store_url, version_of
from tenken.cli.serving.supervising.child import KeeperSpec, report, rim_of, told
from tenken.cli.serving.supervising.parked import Counted
from tenken.cli.writing import why
from tenken.config.application import Application
from tenken.config.environment import process_environment
from tenken.errors import TenkenError
from tenken.keeper.keeping import Found, Keeping
from tenken.keeper.parking import Again
from tenken.sentence import Sentence, say
from tenken.store.engine import opened
from tenken.store.ledger import Ledger
from tenken.store.migration import migrate
from tenken.store.overlays import Overlays
from tenken.store.parking import Parking
from tenken.store.sinks.positions import Positions
from tenken.store.versions import Versions

MIRRORED_S = 0.5
"""How often it is looked for overlays, which are to be everywhere within two seconds."""
MIB = 1 << 20
WAITED_FOR = 0.75
"""Of a journal's quota: beyond that sinks are not waited for, since requests would be refused."""
AGAIN_AT_ONCE = 100
"""Each is a transaction of its own."""
NICE = 5
"""On a machine of one core, who serves goes first."""
LAST_S = 20.0
"""What is left when all workers have ended is brought within this, or stays for the next start."""
DISK_S = 1.0
"""How often a disk is tried that has taken no file."""
SIDES_S = 10.0
"""Works beside it have so long to end."""


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

    def cannot_write(sentence: Sentence) -> None:
        report(spec, "ready")  # it does what it can: nothing else has to end for a full disk
        rim.say(sentence)

    try:
        around = patiently(
            lambda: _around(rim, spec, engine), until=ended.within, tell=cannot_write
        )
        if around is None:
            return 0
        application = around.outlook.manifest().application
        beside_it = Sides(tuple(sides(around)), now=wall_us, tell=rim.say)
    except TenkenError as error:
        return rim.refuse(error)
    report(spec, "ready")
    spare_memory()
    keep(rim, spec, engine, ended, application=application, others=beside_it.start)
    for name in beside_it.end(within_s=SIDES_S):
        rim.say(say("keeping.did_not_end", name=name))
    engine.dispose()
    return 0


def patiently(
    make: Callable[[], Around], *, until: Callable[[float], bool], tell: Callable[[Sentence], None]
) -> Around | None:
    """Make what has to write a file, as soon as the disk takes one; None where it ends before."""
    told_of_it = False
    while True:
        try:
            return make()
        except OSError as error:
            if not told_of_it:
                tell(say("serving.keeper_waits", why=why(error)))
            told_of_it = True
        if until(DISK_S):
            return None


def _around(rim: Rim, spec: KeeperSpec, engine: Engine) -> Around:
    journals = Path(spec.journals)
    published = Published(folder=Path(spec.folder), kept=Path(spec.state), ring=Path(spec.keys))
    return Around(
        outlook=Outlook(published, rim.clock.now),
        engine=engine,
        state=Path(spec.state),
        journals=journals,
        instance=instance_of(journals),
        environment=process_environment(),
        speech=rim.speech,
        tell=rim.say,
    )


def keep(
    rim: Rim,
    spec: KeeperSpec,
    engine: Engine,
    ended: Told,
    *,
    application: Application,
    others: Callable[[], None],
) -> None:
    """Bring what there is, again and again; once more when told to end.

    `others` begin after the first turn: it makes the tables that they ask.
    """
    journals, telemetry = Path(spec.journals), application.telemetry
    keeping = Keeping(
        journals,
        instance=instance_of(journals),
        ledger=Ledger(engine, sinks=tuple(sinks_of(telemetry))),
        prepare=lambda: migrate(engine),
        beside=beside(
            again(Ledger(engine), Parking(engine), tell=rim.say),
            _publisher(Versions(engine), Path(spec.state)),
            Counted(Parking(engine), journals / PARKED, clock=time.monotonic),
            _mirrored(Overlays(engine), Path(spec.state) / OVERLAYS),
            tell=rim.say,
        ),
        tell=rim.say,
        others=tuple(Positions(engine, name) for name in required_of(telemetry)),
        room=round(application.gateway.journal.quota_mb * MIB * WAITED_FOR),
    )
    keeping.turn(wall_us())
    others()
    os.nice(NICE)
    pause_s = 0.0
    while not ended.within(pause_s):
        found = keeping.turn(wall_us())
        pause_s = 0.0 if found is Found.MORE else keeping.pause_s
    until = time.monotonic() + LAST_S
    alone = ended.by_parent and not spec.apart
    while time.monotonic() < until:
        if keeping.turn(wall_us(), alone=alone) in {Found.NOTHING, Found.AWAY}:
            break


def again(
    ledger: Ledger, parking: Parking, *, tell: Callable[[Sentence], None]
) -> Callable[[], None]:
    """Give what brings what stands aside: this version may be one that can.

    A little in each turn: what comes now waits for none of it, and requests for no room.
    """
    trying = Again(ledger, parking)

    def tries() -> None:
        if trying.over:
            return
        was_all, done = trying.step(AGAIN_AT_ONCE), trying.done
        if was_all and done.brought:
            tell(say("journal.brought_again", brought=done.brought, left=done.left))

    return tries


def _mirrored(overlays: Overlays, path: Path) -> Callable[[], None]:
    """Give what keeps the file that workers read as the store has it: also what others set."""
    again_at = 0.0

    def mirrors() -> None:
        nonlocal again_at
        if time.monotonic() >= again_at:
            mirror(path, lambda: overlays.standing(wall_us()))
            again_at = time.monotonic() + MIRRORED_S

    return mirrors


def beside(*works: Callable[[], None], tell: Callable[[Sentence], None]) -> Callable[[], None]:
    """Give what does each in turn.

    A disk that takes no file is told, and holds up none: what the keeper brings makes room there.
    """
    failing: set[int] = set()

    def does() -> None:
        for number, work in enumerate(works):
            try:
                work()
            except OSError as error:
                if number not in failing:
                    tell(say("serving.keeper_cannot_write", why=error.strerror or str(error)))
                failing.add(number)
            else:
                failing.discard(number)

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
