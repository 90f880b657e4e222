"""Which addresses may be connected to: a name may point anywhere, also at our own machines."""

import asyncio
import socket
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address

from msgspec import Struct

from tenken.transport.errors import ConnectFailed
from tenken.transport.threads import in_a_thread


class Origin(Struct, frozen=True, kw_only=True):
    """A server that is called: its name, and how it is reached."""

    host: str
    port: int
    tls: bool
    addresses: tuple[str, ...] = ()
    """When given, no name is looked up and only these are connected to."""
    here: bool = False
    """It is on this machine by its kind: loopback, and loopback alone, is where it should be."""


Found = Iterable[tuple[object, object, object, object, tuple[object, ...]]]
"""What the C library says of a name."""
Ask = Callable[[Origin], Found]


def ask_the_system(origin: Origin) -> Found:
    """Ask the C library; waits as long as the resolver takes."""
    return socket.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)


class Names:
    """Looks up the name of an origin, once at a time for all who ask meanwhile.

    In a thread of its own: a resolver that does not answer holds up no other name, no disk, and
    not the end of the process.
    """

    def __init__(self, ask: Ask = ask_the_system) -> None:
        self._ask = ask
        self._asking: asyncio.Task[tuple[str, ...]] | None = None

    async def __call__(self, origin: Origin) -> tuple[str, ...]:
        """Give its addresses; raises ConnectFailed."""
        if _is_address(origin.host):
            return (origin.host,)
        if self._asking is None:
            self._asking = asyncio.get_running_loop().create_task(self._asked(origin))
            self._asking.add_done_callback(self._done)
        return await asyncio.shield(self._asking)

    async def _asked(self, origin: Origin) -> tuple[str, ...]:
        try:
            found = await in_a_thread(lambda: self._ask(origin), name="resolver")
        except (OSError, UnicodeError) as error:
            raise ConnectFailed("unknown_host") from error
        return tuple(dict.fromkeys(str(address[0]) for *_, address in found))

    def _done(self, asked: asyncio.Task[tuple[str, ...]]) -> None:
        self._asking = None
        if not asked.cancelled():
            asked.exception()  # who asked may have left


async def addresses_of(
    origin: Origin, *, allow_private: bool, names: Names | None = None
) -> tuple[str, ...]:
    """Give the addresses to connect to, in order; an address is checked when it is used.

    What is connected to is the address that was checked, so a name that changes its mind between
    the check and the connection gains nothing.
    """
    found = origin.addresses or await (names or Names())(origin)
    if origin.here:
        allowed = tuple(a for a in found if ip_address(a.partition("%")[0]).is_loopback)
    else:
        allowed = tuple(a for a in found if allow_private or is_public(a))
    if not allowed:
        raise ConnectFailed("forbidden_address" if found else "unknown_host")
    return allowed


def is_public(address: str) -> bool:
    """Tell whether an address is on the public internet, also when it is wrapped in another."""
    ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or _translated(ip)
        if inner is not None:
            ip = inner
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _translated(ip: IPv6Address) -> IPv4Address | None:
    """Give the IPv4 address behind a translator (64:ff9b::/96) or of a Teredo client."""
    if ip.packed[:12] == bytes.fromhex("0064ff9b0000000000000000"):
        return IPv4Address(ip.packed[12:])
    return ip.teredo[1] if ip.teredo else None


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return "%" not in host
