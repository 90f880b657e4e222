"""Who can reach the application and what it reaches, and whether anything travels in the clear."""

from enum import StrEnum

from msgspec import Struct

from tenken.place import Place


class Opening(StrEnum):
    """How a workload is open to callers that nobody knows."""

    UNAUTHENTICATED = "unauthenticated"
    """The platform lets everyone call it (`allUsers`, `--allow-unauthenticated`)."""
    INTERNET = "internet"
    """It is reachable from the internet (ingress `all`, a public load balancer)."""


class Exposure(Struct, frozen=True, kw_only=True):
    """One thing that opens a workload."""

    opening: Opening
    workload: str
    """With `*` for what could not be resolved."""
    place: Place
    written: str


class Admission(Struct, frozen=True, kw_only=True):
    """The platform checks who calls and lets only these accounts in."""

    workload: str
    accounts: tuple[str, ...]
    """As written, with `*` for what could not be resolved."""
    place: Place


class Listener(Struct, frozen=True, kw_only=True):
    """A door of a load balancer, an ingress or a gateway."""

    place: Place
    name: str
    encrypted: bool | None
    """None where the certificate is decided elsewhere."""
    redirects: bool = False
    """Plain requests are only sent on to the encrypted door."""
    public: bool | None = None
    """False inside a cluster or a private network."""
    written: str = ""
    """Such as `port 80 HTTP`."""


class Encryption(StrEnum):
    """How a connection is protected."""

    TLS = "tls"
    VERIFIED = "verified"
    """TLS with a check of the certificate demanded (`sslmode=verify-full`)."""
    PLAIN = "plain"
    MAYBE = "maybe"
    """Falls back to plain text (`sslmode=prefer`, `allow`)."""


class Upstream(Struct, frozen=True, kw_only=True):
    """An address that the application is given."""

    name: str
    """The variable that holds it."""
    place: Place
    host: str
    """Empty where it could not be resolved."""
    encryption: Encryption
    written: str
    """The scheme or setting that tells (`http://`, `sslmode=disable`); never a password."""
    local: bool
    """Loopback, the same pod or network of containers, or inside the cluster."""
