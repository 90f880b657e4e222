"""By which names the console may be called: a page of somebody else's name cannot read it.

A browser that was made to take our address for another name's (DNS rebinding) says that other
name in `Host`, and is refused. A form has to come from our own origin.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from msgspec import Struct

from tenken.pattern import Pattern

LABEL = Pattern(r"(?i)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class Names(Struct, frozen=True, kw_only=True):
    """The hosts that are answered, and whether people come by TLS."""

    hosts: frozenset[str]
    """With their ports where those are said."""
    secure: bool

    def answered(self, host: str) -> bool:
        """Tell whether this is one of our names."""
        return host.lower() in self.hosts

    def own(self, origin: str, host: str) -> bool:
        """Tell whether a form comes from one of our own pages."""
        scheme = "https" if self.secure else "http"
        return origin.lower() == f"{scheme}://{host.lower()}" and self.answered(host)


def names(url: str | None, port: int) -> Names:
    """Give the names of a console at a port that is reached by an address, if one is said."""
    local = frozenset(f"{name}:{port}" for name in LOOPBACK)
    if url is None:
        return Names(hosts=local, secure=False)
    parts = urlsplit(url)
    return Names(hosts=frozenset({parts.netloc.lower()}), secure=parts.scheme == "https")


def own_names(name: str, url: str | None, port: int) -> Names:
    """Give the names of one of several consoles at a port: by its address, else by its own name.

    Browsers take whatever ends in `localhost` for this machine. Raises ValueError for a name that
    is none of a host.
    """
    if url is not None:
        return names(url, port)
    if not LABEL.fullmatch(name):
        raise ValueError(name)
    return Names(hosts=frozenset({f"{name.lower()}.localhost:{port}"}), secure=False)


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
