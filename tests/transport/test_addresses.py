"""Which addresses are on the public internet, in all the clothes they can wear."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Event, current_thread

import pytest

from tenken.transport.addresses import Found, Names, Origin, addresses_of, is_public
from tenken.transport.errors import ConnectFailed

LONG_S = 60.0
PUBLIC = ("1.1.1.1", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8")
PRIVATE = (
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",  # noqa: S104 - refused is the point
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::10.0.0.1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_called(address: str) -> None:
    """Also written in the form of the other protocol."""
    assert is_public(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_of_ours_are_not(address: str) -> None:
    """Loopback, private, link-local with the metadata of clouds, reserved, and wrapped ones."""
    assert not is_public(address)


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1"])
def test_other_spellings_of_an_address_are_seen_through(host: str) -> None:
    """What is checked is what the name leads to, not what it looks like."""
    origin = Origin(host=host, port=80, tls=False)

    with pytest.raises(ConnectFailed, match="forbidden_address"):
        asyncio.run(addresses_of(origin, allow_private=False))


def test_pinned_addresses_are_not_looked_up() -> None:
    """And those that are not allowed are left out."""
    origin = Origin(
        host="models.example", port=443, tls=True, addresses=("10.0.0.1", "8.8.8.8", "1.1.1.1")
    )

    assert asyncio.run(addresses_of(origin, allow_private=False)) == ("8.8.8.8", "1.1.1.1")
    assert len(asyncio.run(addresses_of(origin, allow_private=True))) == 3


def test_a_name_that_cannot_be_one_is_unknown() -> None:
    """A label that is too long fails like any other name that leads nowhere."""
    origin = Origin(host="x" * 70 + "..localhost", port=443, tls=True)

    with pytest.raises(ConnectFailed, match="unknown_host"):
        asyncio.run(addresses_of(origin, allow_private=True))


@pytest.mark.parametrize(
    ("address", "allowed"),
    [("127.0.0.1", True), ("::1", True), ("10.0.0.1", False), ("8.8.8.8", False)],
)
def test_what_is_on_this_machine_by_its_kind_is_nowhere_else(
    address: str, *, allowed: bool
) -> None:
    """Loopback needs no leave there; anything beyond it would be somebody else."""
    origin = Origin(host="localhost", port=1, tls=False, addresses=(address,), here=True)
    if allowed:
        assert asyncio.run(addresses_of(origin, allow_private=False)) == (address,)
    else:
        with pytest.raises(ConnectFailed):
            asyncio.run(addresses_of(origin, allow_private=True))


class Resolver:
    """A resolver that answers when it is told to."""

    def __init__(self) -> None:
        self.answers = Event()
        self.asked = 0

    def __call__(self, origin: Origin) -> Found:
        self.asked += 1
        assert self.answers.wait(LONG_S)
        return [(None, None, None, None, ("192.0.2.1", origin.port))]


def test_a_name_is_looked_up_once_for_all_who_ask_meanwhile() -> None:
    """One who leaves takes nothing from the others."""
    resolver = Resolver()
    names, origin = Names(resolver), Origin(host="models.example", port=443, tls=True)

    async def asks() -> list[tuple[str, ...]]:
        loop = asyncio.get_running_loop()
        asking = [loop.create_task(names(origin)) for _ in range(5)]
        await asyncio.sleep(0)
        asking.pop(0).cancel()
        await asyncio.sleep(0)
        resolver.answers.set()
        return [await one for one in asking]

    assert asyncio.run(asks()) == [("192.0.2.1",)] * 4
    assert resolver.asked == 1


def test_a_resolver_that_does_not_answer_holds_up_nobody_else() -> None:
    """Neither another name, nor what waits for the loop's own threads, nor the end."""
    slow = Resolver()
    blocked, goes_on = Names(slow), Event()
    origin = Origin(host="localhost", port=80, tls=False, here=True)

    async def asks() -> tuple[tuple[str, ...], str]:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        busy = loop.run_in_executor(None, goes_on.wait, LONG_S)
        waiting = loop.create_task(blocked(origin))
        try:
            async with asyncio.timeout(LONG_S / 2):
                found = await addresses_of(origin, allow_private=False)
        finally:
            goes_on.set()
            await busy
        named = await loop.run_in_executor(None, lambda: current_thread().name)
        waiting.cancel()
        return found, named

    found, named = asyncio.run(asks())
    slow.answers.set()

    assert found
    assert "resolver" not in named


def test_an_address_is_no_name() -> None:
    """It needs no resolver."""
    names = Names(lambda _origin: [])

    assert asyncio.run(names(Origin(host="192.0.2.7", port=1, tls=False))) == ("192.0.2.7",)
