"""How often somebody may try to log in: few times in a row, then after waits that grow.

What is remembered is bounded. Beyond that whoever tried longest ago is forgotten first, so that
nobody fills it up to be forgotten, too: the limit on all tries together stands before it.
"""

from collections import Counter, OrderedDict
from ipaddress import IPv6Address, ip_address

from msgspec import Struct

FREE = 5
"""So many wrong ones in a row cost nothing: people mistype."""
FREE_OF_ADDRESS = 50
"""Many people may come from one address: that of a proxy."""
FIRST_WAIT_S = 2
LONGEST_WAIT_S = 900
FORGOTTEN_S = 3600
REMEMBERED = 10_000
TOGETHER = 30
"""So many tries of all together in a minute: each costs a core some 50 ms."""
MINUTE_US = 60_000_000
BEGUN_MOST = 100
"""Logins by a provider that one network may begin in a minute: ten minutes of them are a fifth of
what may be under way, so that nobody shuts others out."""
NETWORK_BITS = 64
"""Of IPv6: who has one address there has all of these."""


class Tries(Struct, frozen=True):
    """Wrong ones in a row, and the moment of the last."""

    wrong: int = 0
    last: int = 0


def wait_s(tries: Tries, now: int, free: int = FREE) -> int:
    """Give in how many seconds the next try is listened to; 0 is now."""
    over = tries.wrong - free
    since_s = (now - tries.last) / 1_000_000
    if over < 0 or since_s > FORGOTTEN_S:
        return 0
    wait = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(over, 12))
    return max(0, round(wait - since_s + 0.5)) if since_s < wait else 0


class Knocking:
    """Remembers tries by name and by address."""

    def __init__(self) -> None:
        self._tries: OrderedDict[str, Tries] = OrderedDict()
        self._minute = 0
        self._together = 0
        self._begun_minute = 0
        self._begun: Counter[str] = Counter()

    def wait_s(self, name: str, address: str, now: int) -> int:
        """Give in how many seconds this one may try; it is counted as trying where that is 0."""
        minute = now // MINUTE_US
        if minute != self._minute:
            self._minute, self._together = minute, 0
        if self._together >= TOGETHER:
            return 60
        person, place = (self._tries.get(key, Tries()) for key in _keys(name, address))
        wait = max(wait_s(person, now), wait_s(place, now, FREE_OF_ADDRESS))
        self._together += 0 if wait else 1
        return wait

    def begins(self, address: str, now: int) -> bool:
        """Tell whether a login by a provider may begin, and count it where it may."""
        minute, network = now // MINUTE_US, _network(address)
        if minute != self._begun_minute:
            self._begun_minute = minute
            self._begun.clear()
        known = network in self._begun or len(self._begun) < REMEMBERED
        may = known and self._begun[network] < BEGUN_MOST
        if may:
            self._begun[network] += 1
        return may

    def wrong(self, name: str, address: str, now: int) -> None:
        """Remember a try that failed."""
        for key in _keys(name, address):
            tries = self._tries.pop(key, Tries())
            again = now - tries.last <= FORGOTTEN_S * 1_000_000
            self._tries[key] = Tries(tries.wrong + 1 if again else 1, now)
        while len(self._tries) > REMEMBERED:
            self._tries.popitem(last=False)

    def right(self, name: str, address: str) -> None:
        """Forget the tries of somebody who got in."""
        for key in _keys(name, address):
            self._tries.pop(key, None)


def _keys(name: str, address: str) -> tuple[str, str]:
    return (f"{address}\n{name[:80]}", f"{address}\n")


def _network(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return address[:80]
    if isinstance(found, IPv6Address):
        return f"{int(found) >> (128 - NETWORK_BITS):x}/{NETWORK_BITS}"
    return str(found)
