"""How the addresses of a service answer whoever comes: encrypted or not, known or not."""

from msgspec import Struct

from tenken.readiness.facts.observed.records import Kept


class Listener(Struct, frozen=True, kw_only=True):
    """One address that speaks TLS, and its port for those who do not."""

    address: str
    version: str = ""
    """`TLSv1.3`, `TLSv1.2`; empty where no handshake ended well."""
    why_not: str = ""
    old: str = ""
    """What whoever offers no more than TLS 1.1 meets: `refused`, `taken`; empty: not known."""
    why_not_old: str = ""
    """Why that is not known."""
    plain: str = ""
    """What plain HTTP meets: `refused`, `redirected`, `answered`."""


class Stranger(Struct, frozen=True, kw_only=True):
    """A request with no credential, or with one that must not open the door."""

    kind: str
    """`anonymous`, `expired`, `other_audience` or `revoked`."""
    route: str
    status: int
    """0 where no whole answer came: it may yet be one that serves them."""
    is_structured: bool = False
    """The refusal is JSON with an error in it."""


class DoorFacts(Struct, frozen=True, kw_only=True):
    """One look from outside."""

    kept: Kept
    listeners: tuple[Listener, ...] = ()
    strangers: tuple[Stranger, ...] = ()
