"""Each durability is what it says, says what it is, and is refused where it cannot be."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Literal

import pytest

from tenken.cli.serving.recording import Outside, Recording, promise_of, recording
from tenken.config.serving import GatewaySettings, JournalSettings, StoreSettings
from tenken.errors import UsageError
from tenken.gateway.committing.files import GroupCommitter, LocalCommitter, VolumeCommitter
from tenken.journal.writer import Writer
from tenken.sentence import Sentence
from tests.journal.making import AT, exchange, intent

LONG_S = 60.0
Durability = Literal["local", "volume", "store"]


def outside(told: list[Sentence], environment: Mapping[str, str] | None = None) -> Outside:
    return Outside(
        boot="b2",
        wall_us=lambda: AT,
        monotonic=lambda: 0.0,
        environment=environment or {},
        tell=told.append,
    )


def settings(
    durability: Durability, fsync: Literal["off", "group"] = "off", *, url_env: str = ""
) -> GatewaySettings:
    return GatewaySettings(
        journal=JournalSettings(durability=durability, fsync=fsync),
        store=StoreSettings(url_env=url_env),
    )


async def recorded(found: Recording) -> None:
    """Put a request on record, whether that is waited for or not."""
    for waiting in (found.committer.intent(intent()), found.committer.settle(exchange())):
        if waiting is not None:
            await waiting


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("given", "committer", "said"),
    [
        (settings("local"), LocalCommitter, "journal.local"),
        (settings("local", "group"), GroupCommitter, "journal.local_group"),
        (settings("volume"), VolumeCommitter, "journal.volume"),
        (settings("volume", "group"), GroupCommitter, "journal.local_group"),
    ],
)
async def test_what_was_asked_for_is_opened_and_told(
    tmp_path: Path, given: GatewaySettings, committer: type, said: str
) -> None:
    """And takes records."""
    told: list[Sentence] = []
    async with recording(given, journals=tmp_path, outside=outside(told)) as found:
        await recorded(found)

    assert type(found.committer) is committer
    assert [one.id for one in told] == [said]


@pytest.mark.anyio
@pytest.mark.parametrize("given", [settings("local", "group"), settings("volume")])
async def test_the_disk_waits_for_nobody_else(tmp_path: Path, given: GatewaySettings) -> None:
    """Threads of the loop that are all at work on something else hold up no record."""
    loop, goes_on = asyncio.get_running_loop(), Event()
    loop.set_default_executor(ThreadPoolExecutor(1))
    busy = loop.run_in_executor(None, goes_on.wait, LONG_S)
    try:
        async with asyncio.timeout(LONG_S / 2):
            async with recording(given, journals=tmp_path, outside=outside([])) as found:
                await recorded(found)
    finally:
        goes_on.set()
        await busy


def test_the_store_says_what_it_costs() -> None:
    """As the others do."""
    assert promise_of(JournalSettings(durability="store")).id == "journal.store"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("url_env", "environment"), [("", {}), ("STORE", {"STORE": "sqlite:///x.db"})]
)
async def test_a_file_is_no_store(
    tmp_path: Path, url_env: str, environment: dict[str, str]
) -> None:
    """What would go with the disk is refused, not served as something less."""
    given = settings("store", url_env=url_env)

    with pytest.raises(UsageError) as refused:
        async with recording(given, journals=tmp_path, outside=outside([], environment)):
            pass

    assert refused.value.sentence.id == "journal.store_needs_postgres"


@pytest.mark.anyio
async def test_what_a_machine_may_have_taken_is_told_at_the_start(tmp_path: Path) -> None:
    """Written elsewhere, and not ended."""
    before = Writer(
        tmp_path / "0", worker=0, boot="b1", at=AT, machine="elsewhere", synced=True, reserve=50
    )
    before.settle(exchange())
    told: list[Sentence] = []

    async with recording(settings("volume"), journals=tmp_path, outside=outside(told)):
        pass

    assert [one.id for one in told] == ["journal.volume", "journal.may_be_missing"]
    assert told[1].fields == {"count": 48, "last": 50}
