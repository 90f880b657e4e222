"""What the console works with: the store's tables, the settings as served, time and chance."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Engine

from tenken.config.manifest import Manifest
from tenken.config.temporary import Overlay
from tenken.console.doors.knocking import Knocking
from tenken.console.doors.names import Names
from tenken.console.doors.oidc.asking import Provider
from tenken.console.doors.password import Passwords
from tenken.console.doors.secret import Chance
from tenken.console.sums import Recent
from tenken.gateway.plan import Plan
from tenken.gateway.settings.keyring import Entry
from tenken.journal.sealing import Ring
from tenken.keeper.incidents.shifting import Shift
from tenken.readiness.signing.signoff import SignOff
from tenken.sentence import Sentence, say


class Shown(Struct, frozen=True, kw_only=True):
    """A text that somebody may sign: what it says, and its digest."""

    content: str
    sha256: str


class Signing(Struct, frozen=True, kw_only=True):
    """What signing in the browser needs of the machine that it runs on."""

    shown: Callable[[str, str], Shown | None]
    """Gives a file, or a block of `tenken.yaml` by its key; None where it is not here."""
    authors: Callable[[str], frozenset[str] | None]
    """Gives who has changed a file, as git tells; None where it does not."""
    sealed: Callable[[SignOff, str], str]
    """Gives a sign-off and its name as the line that leaves the store."""


def no_ring() -> Ring:
    """Give the keys where none is named."""
    return Ring(lacking=say("texts.no_ring"))


class Serving(Struct, frozen=True, kw_only=True):
    """What is served, as the console can know it."""

    manifest: Callable[[], Manifest]
    plan: Callable[[], Plan]
    """What the files say, without what is changed for a while; raises TenkenError."""
    keys: Callable[[], tuple[Entry, ...]]
    """Gives the keys of callers as they are kept; raises TenkenError."""
    taken_over: Callable[[tuple[Overlay, ...]], None]
    """Is told what holds now, so that workers beside us need not wait for the keeper."""
    shifted: Callable[[str], Shift]
    """Gives what brings a route back to the latest targets that were others.

    Raises TenkenError."""
    reports: Callable[[], tuple[bytes, ...]]
    """Gives the reports of inspections that are kept, the newest first."""
    signing: Signing
    text_ring: Callable[[], Ring] = no_ring
    """Gives the keys that stored texts open with."""


class Other(Struct, frozen=True, kw_only=True):
    """Another application that the same process shows."""

    name: str
    address: str


class Desk(Struct, frozen=True, kw_only=True):
    """Everything that pages and changes are given."""

    engine: Engine
    serving: Serving
    passwords: Passwords
    names: Names
    now: Callable[[], int]
    """The moment in microseconds since 1970."""
    wall: Callable[[], datetime]
    chance: Chance
    knocking: Knocking
    recent: Recent
    provider: Provider
    """The identity provider, where the file names one."""
    secret_of: Callable[[str], str]
    """Gives what a variable of the environment holds; empty for none."""
    told: Callable[[Sentence], None]
    """Tells whoever reads the console's log."""
    others: tuple[Other, ...] = ()

    @property
    def application(self) -> str:
        """Give the name of the application that is shown."""
        return self.serving.manifest().application.application.name
