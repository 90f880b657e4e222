"""What watchers look at, read from this machine and the store."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path

from tenken.cli.serving.keeping.outlook import Outlook
from tenken.config.application import Application
from tenken.config.yaml import YamlError, read_yaml
from tenken.gateway.settings.keyring import read_ring
from tenken.journal.frame import Kind
from tenken.journal.reader import Placed, decoded, frames, record_of
from tenken.keeper.watching.budgets import Budget
from tenken.keeper.watching.ends import Ending
from tenken.keeper.watching.guards import Seen
from tenken.keeper.watching.lag import Behind
from tenken.store.ledger import STORE, Ledger
from tenken.store.rollups.grain import Grain, Window
from tenken.store.rollups.reading import Rollups
from tenken.store.rollups.totals import Asked

MINUTE_US = 60_000_000
LOOKED_AT = 200
"""Records of a journal among which the time of the oldest is looked for."""
SIGNOFFS = "signoffs"
LARGEST_SIGNOFF = 1 << 16


def day_of(now: int) -> date:
    """Give the day of a moment, UTC."""
    return datetime.fromtimestamp(now // 1_000_000, tz=UTC).date()


def behind(journals: Path, instance: str, ledger: Ledger) -> Iterator[Behind]:
    """Give how far the ledger is behind the journals of this machine, and the store's own."""
    waiting = ledger.stored(LOOKED_AT)
    records = (decoded(Kind(one.kind), one.payload) for one in waiting)
    times = [one.at for one in records if one is not None]
    yield Behind(journal=STORE, oldest_at=min(times, default=None))
    if not journals.is_dir():
        return
    for folder in sorted(path for path in journals.iterdir() if path.name.isdigit()):
        name = f"{instance}/{folder.name}"
        yield _behind(folder, ledger, name)


def _behind(folder: Path, ledger: Ledger, name: str) -> Behind:
    """Find the oldest record that the ledger lacks, or what keeps it from all that follows."""
    after = ledger.applied(name).position
    for one in islice(frames(folder, after=after), LOOKED_AT):
        if not isinstance(one, Placed):
            return Behind(journal=name, oldest_at=None, damaged=True)
        if (record := record_of(one.frame)) is not None:
            return Behind(journal=name, oldest_at=record.at)
    return Behind(journal=name, oldest_at=None)


def seen(app: Application, rollups: Rollups, now: int) -> Iterator[Seen]:
    """Give what guards found, for each rule."""
    for rule in app.alerts.rules.guards:
        window = Window(now - rule.minutes * MINUTE_US, now)
        shares = rollups.by("use_case", window)
        requests = {one.id: 0 for one in app.use_cases}
        requests |= {one.name: one.totals.requests for one in shares}
        yield Seen(rule=rule, matches=rollups.matches(window), requests=requests)


def budgets(app: Application, rollups: Rollups, now: int) -> Iterator[Budget]:
    """Give what callers with a budget have spent today; drills cost money, too."""
    limits = {
        caller.id: Decimal(str(caller.limits.budget_usd_per_day))
        for caller in app.callers
        if caller.limits.budget_usd_per_day is not None
    }
    if not limits:
        return
    window = Window(Grain.DAY.start(now), now)
    spent = {one.name: one.totals.cost for one in rollups.by("caller", window, Asked(drills=True))}
    for caller, limit in limits.items():
        yield Budget(caller=caller, limit=limit, spent=spent.get(caller, Decimal(0)))


def endings(outlook: Outlook, now: int) -> Iterator[Ending]:
    """Give what expires on a day that is known: callers' keys, keys of evidence, sign-offs."""
    yield from chain(_keys(outlook, now), _evidence_keys(outlook), _signoffs(outlook.files.folder))


def _keys(outlook: Outlook, now: int) -> Iterator[Ending]:
    """Give each caller's key that lasts longest: an older one beside it is being replaced."""
    last: dict[str, date] = {}
    for entry in read_ring(outlook.files.keys).keys:
        if entry.revoked_at is None and entry.expires_at is not None:
            day = entry.expires_at.date()
            last[entry.caller] = max(last.get(entry.caller, day), day)
        elif entry.revoked_at is None:
            last[entry.caller] = date.max
    for caller, day in last.items():
        if day != date.max and day >= day_of(now):
            yield Ending(kind="key", name=caller, day=day)


def _evidence_keys(outlook: Outlook) -> Iterator[Ending]:
    standard = outlook.manifest().platform
    for key in standard.platform.evidence_keys if standard else ():
        yield Ending(kind="key", name=key.id, day=key.expires_on)


def _signoffs(folder: Path) -> Iterator[Ending]:
    """Give the sign-offs where the repository lies beside the settings, good or not."""
    for path in sorted((folder / SIGNOFFS).glob("*.y*ml")):
        if path.stat().st_size > LARGEST_SIGNOFF:
            continue
        found = read_yaml(path.read_text("utf-8", "replace"))
        if isinstance(found, YamlError) or not found:
            continue
        item, until = found[0].at("item").text, found[0].at("expires_on").text
        try:
            day = date.fromisoformat(until)
        except ValueError:
            continue
        yield Ending(kind="sign_off", name=f"{item} ({path.name})", day=day)
