"""Credentials are renewed beside the requests; a request reads what is there, or is told why."""

import asyncio
from collections.abc import Callable
from threading import Event

import pytest
from msgspec.structs import replace

from tenken.gateway.credentials.lease import Called, Lease, NoCredential, Unobtainable
from tenken.gateway.credentials.leases import Leases, shown
from tenken.gateway.credentials.renewal import LOOK_S
from tenken.sentence import Sentence
from tenken.transport.addresses import Origin
from tests.gateway.ground import target
from tests.transport.wires import until

pytestmark = pytest.mark.anyio
HOUR_S = 3600
TARGET = replace(target("cloud", Origin(host="x", port=1, tls=False)), region="eu-west-1")


class Numbered:
    """A source that counts what it gave; it can fail, and be held up."""

    def __init__(self) -> None:
        self.asked = 0
        self.given = 0
        self.fails = False
        self.static = ""
        self.open = Event()
        self.open.set()
        self.now_s: Callable[[], float] = lambda: 0.0

    def fetch(self) -> Lease:
        self.asked += 1
        self.open.wait(20)
        if self.fails:
            raise Unobtainable("the token service is away")
        self.given += 1
        return Lease(
            lines=b"authorization: Bearer %d\r\n" % self.given,
            expires_us=round((self.now_s() + HOUR_S) * 1e6),
            static=self.static,
        )


class Ground:
    """Leases of one source, with a clock that stands and waits that end when they are told to."""

    def __init__(self) -> None:
        self.now_s = 1_000_000.0
        self.told: list[Sentence] = []
        self.waits: list[float] = []
        self.turn = asyncio.Event()
        self.source = Numbered()
        self.source.now_s = lambda: self.now_s
        self.leases = Leases(
            wall_us=lambda: round(self.now_s * 1e6),
            chance=lambda: 1.0,
            tell=self.told.append,
            wait=self._wait,
        )
        self.leases.furnish({"key": b"x-api-key: k\r\n"}, {"cloud": self.source})

    async def _wait(self, _event: asyncio.Event, seconds: float) -> None:
        self.waits.append(seconds)
        self.turn.clear()
        await self.turn.wait()

    async def after(self, seconds: float) -> None:
        """Let time pass, in steps that a look at the clock does not outlast."""
        await until(lambda: bool(self.waits))
        while seconds > 0:
            step = min(seconds, LOOK_S)
            seconds -= step
            self.now_s += step
            before = len(self.waits)
            self.turn.set()
            await until(lambda before=before: len(self.waits) > before)  # type: ignore[misc]

    async def woken(self) -> None:
        """Let what waits look why it was woken; no time passes."""
        before = len(self.waits)
        self.turn.set()
        await until(lambda: len(self.waits) > before)

    def lines(self) -> bytes:
        """What a call carries now."""
        return self.leases.lines(TARGET, host=b"x", path=b"/", headers=(), body=b"{}")

    def ids(self) -> list[str]:
        """What was told, by the ids of its sentences."""
        return [one.id.removeprefix("gateway.") for one in self.told]


async def test_a_token_is_renewed_before_it_ends() -> None:
    """Five minutes early; the old one is used until the new one is there."""
    ground = Ground()
    async with ground.leases.kept():
        assert ground.lines() == b"authorization: Bearer 1\r\n"
        await ground.after(HOUR_S - 330)
        assert ground.source.given == 1
        await ground.after(60)

        assert ground.lines() == b"authorization: Bearer 2\r\n"
    assert ground.told == []


async def test_a_fixed_key_needs_no_renewal() -> None:
    """Not even before anything was begun."""
    ground = Ground()
    key = replace(TARGET, credential="key")

    assert ground.leases.lines(key, host=b"x", path=b"/", headers=(), body=b"") == (
        b"x-api-key: k\r\n"
    )


async def test_a_service_that_is_away_leaves_the_old_token_until_it_ends() -> None:
    """Then there is none, which is told; when it is back, so is the token."""
    ground = Ground()
    async with ground.leases.kept():
        ground.source.fails = True
        await ground.after(HOUR_S - 60)
        assert ground.lines() == b"authorization: Bearer 1\r\n"
        assert ground.ids() == ["credential_old"]
        await ground.after(90)
        with pytest.raises(NoCredential):
            ground.lines()
        ground.source.fails = False
        await ground.after(60)

        assert ground.lines() == b"authorization: Bearer 2\r\n"
    assert ground.ids() == ["credential_old", "credential_back"]


async def test_a_start_without_the_service_is_told_and_mended_later() -> None:
    """Other targets are served all the while."""
    ground = Ground()
    ground.source.fails = True
    async with ground.leases.kept():
        with pytest.raises(NoCredential):
            ground.lines()
        ground.source.fails = False
        await ground.after(1)

        assert ground.lines() == b"authorization: Bearer 1\r\n"
    assert ground.ids() == ["credential_none", "credential_back"]
    assert "away" in str(ground.told[0].fields["why"])


async def test_what_a_service_echoes_is_not_told() -> None:
    """An error's text may hold the very token that was sent."""
    token = ".".join(["eyJ" + "a" * 30, "b" * 40, "c" * 20])

    told = shown(ValueError(f"invalid_grant:\n{{'assertion': '{token}', 'why': 'old'}}"))

    assert token[:12] not in told
    assert told == "ValueError: invalid_grant: {'assertion': … 'why': 'old'}"


async def test_failures_are_asked_again_ever_less_often() -> None:
    """Up to half a minute."""
    ground = Ground()
    ground.source.fails = True
    async with ground.leases.kept():
        for _ in range(8):
            await ground.after(ground.waits[-1] if ground.waits else 1)

    assert ground.waits[:8] == [1, 2, 4, 8, 16, 30, 30, 30]


async def test_a_slow_service_holds_up_no_request() -> None:
    """The old token is read while the new one is waited for."""
    ground = Ground()
    async with ground.leases.kept():
        await until(lambda: bool(ground.waits))
        ground.source.open.clear()
        ground.now_s += HOUR_S - 100
        ground.turn.set()
        await until(lambda: ground.source.asked == 2)
        during = ground.lines()
        ground.source.open.set()
        await until(lambda: ground.source.given == 2 and len(ground.waits) > 1)

        assert (during, ground.lines()) == (
            b"authorization: Bearer 1\r\n",
            b"authorization: Bearer 2\r\n",
        )


async def test_a_token_that_is_refused_is_renewed_once() -> None:
    """However many requests meet the refusal; the next one may be refused too, later."""
    ground = Ground()
    async with ground.leases.kept():
        await until(lambda: bool(ground.waits))
        for _ in range(3):
            ground.leases.refused("cloud")
        await ground.woken()
        assert (ground.source.given, ground.lines()) == (2, b"authorization: Bearer 2\r\n")
        ground.leases.refused("cloud")
        await ground.woken()
        assert ground.source.given == 2
        ground.now_s += 31
        ground.leases.refused("cloud")
        await ground.woken()

        assert ground.source.given == 3
    ground.leases.refused("key")  # nothing can be done


async def test_settings_that_change_take_their_credentials_with_them() -> None:
    """What stays the same keeps its token; what is gone is asked for no more."""
    ground = Ground()
    second = Numbered()
    second.now_s = ground.source.now_s
    async with ground.leases.kept():
        await until(lambda: bool(ground.waits))
        ground.leases.furnish({}, {"cloud": ground.source})
        assert (ground.source.asked, ground.lines()) == (1, b"authorization: Bearer 1\r\n")
        ground.leases.furnish({}, {"other": second})
        await until(lambda: second.given == 1)

        with pytest.raises(NoCredential):
            ground.lines()
    assert ground.source.asked == 1


async def test_a_changed_credential_serves_until_the_new_one_is_there() -> None:
    """No request is lost by a reload; after a minute the old one is no longer good."""
    ground = Ground()
    second = Numbered()
    second.now_s = ground.source.now_s
    second.given = 10
    second.open.clear()
    async with ground.leases.kept():
        await until(lambda: bool(ground.waits))
        ground.leases.furnish({"cloud": b"x-api-key: k\r\n"}, {})
        assert ground.lines() == b"x-api-key: k\r\n"
        ground.leases.furnish({}, {"cloud": second})
        assert ground.lines() == b"x-api-key: k\r\n"
        ground.now_s += 61
        with pytest.raises(NoCredential):
            ground.lines()
        second.open.set()
        await until(lambda: second.given == 11 and len(ground.waits) > 1)

        assert ground.lines() == b"authorization: Bearer 11\r\n"


async def test_a_failure_inside_leaves_as_it_is() -> None:
    """Whoever serves knows its own errors, not those of a group."""
    ground = Ground()

    with pytest.raises(KeyError):
        async with ground.leases.kept():
            raise KeyError("mine")


async def test_a_static_key_behind_an_identity_is_told_once() -> None:
    """A key file is no identity."""
    ground = Ground()
    ground.source.static = "a service account's key file"
    async with ground.leases.kept():
        await ground.after(HOUR_S)

    assert ground.source.given > 1
    assert ground.ids() == ["static_key_found"]


async def test_a_call_is_signed_with_all_that_is_sent() -> None:
    """Method, host, path, headers and body, for the target's region."""
    seen: list[Called] = []

    class Signs:
        def lines(self, called: Called) -> bytes:
            seen.append(called)
            return b"signed: 1\r\n"

    class Signing:
        def fetch(self) -> Lease:
            return Lease(signer=Signs())

    ground = Ground()
    ground.leases.furnish({}, {"cloud": Signing()})
    async with ground.leases.kept():
        lines = ground.leases.lines(
            TARGET, host=b"h:1", path=b"/p?q=1", headers=((b"a", b"b"),), body=b"{}"
        )

    assert lines == b"signed: 1\r\n"
    assert seen == [
        Called(
            method=b"POST",
            host=b"h:1",
            path=b"/p?q=1",
            headers=((b"a", b"b"),),
            body=b"{}",
            region="eu-west-1",
            at_us=round(ground.now_s * 1e6),
        )
    ]
