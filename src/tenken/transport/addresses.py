"""Which addresses may be connected to: a name may point anywhere, also at our own machines."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

from msgspec import Struct

from tenken.transport.errors import ConnectFailed


class Origin(Struct, frozen=True, kw_only=True):
    """A server that is called: its name, and how it is reached."""

    host: str
    port: int
    tls: bool
    addresses: tuple[str, ...] = ()
    """When given, no name is looked up and only these are connected to."""
    here: bool = False
    """It is on this machine by its kind: loopback, and loopback alone, is where it should be."""


async def addresses_of(origin: Origin, *, allow_private: bool) -> tuple[str, ...]:
    """Give the addresses to connect to, in order; an address is checked when it is used.

    What is connected to is the address that was checked, so a name that changes its mind between
    the check and the connection gains nothing.
    """
    found = origin.addresses or await _look_up(origin)
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


async def _look_up(origin: Origin) -> tuple[str, ...]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ConnectFailed("unknown_host") from error
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))
