"""What is tried on the stage: the same drills on both sides, one question past a dead provider."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from tenken.cli.asking.recorded import newest
from tenken.cli.demonstrating.guarded import POLICY, Guarded, guarded
from tenken.cli.demonstrating.left import leave
from tenken.cli.demonstrating.observed import many
from tenken.cli.demonstrating.stage import KEY, URL, Behind, behind, untouched
from tenken.cli.demonstrating.watched import Kept, kept
from tenken.cli.inspecting.progress import Progress
from tenken.cli.rim import Rim
from tenken.drills.prove.bench import Bench
from tenken.drills.prove.drill import Outcome
from tenken.drills.prove.record import Driven
from tenken.drills.prove.registry import DRILLS
from tenken.drills.prove.requests import Brief
from tenken.errors import UsageError
from tenken.journal.exchange import Exchange

ITEMS = ("3-2-3", "3-2-2")
"""In the order in which they are tried: the second ends in an outage, which takes time to heal."""
Outcomes = Mapping[str, Outcome]


class Tried(Struct, frozen=True, kw_only=True):
    """The application as it is: what the drills found, and the settings it ran with."""

    variables: Mapping[str, str]
    outcomes: Outcomes


class Survived(Struct, frozen=True, kw_only=True):
    """A question that was asked behind the gateway while its first provider is dead."""

    variables: Mapping[str, str]
    driven: Driven
    exchange: Exchange


class Play:
    """Both sides at once: drills mostly wait, and a person should wait once only."""

    def __init__(self, rim: Rim, brief: Brief, *, left: Path, quiet: bool = False) -> None:
        """`left` is where the traffic is left for a look with the console."""
        self._rim = rim
        self._brief = brief
        self._left = left
        self._progress = Progress(rim, quiet=quiet)
        loop = asyncio.get_running_loop()
        self.survived: asyncio.Future[Survived] = loop.create_future()
        self.guarded: asyncio.Future[Guarded] = loop.create_future()
        self.calm = asyncio.Event()
        """No drill runs any more whose waits are looked at."""
        self.kept: asyncio.Future[Kept] = loop.create_future()

    async def as_it_is(self, example: Path) -> Tried:
        """Try the application right before the provider."""
        async with untouched(example, self._brief) as setting:
            outcomes = await self._drilled(setting.bench)
        return Tried(variables=setting.variables, outcomes=outcomes)

    async def behind(self, example: Path) -> Outcomes:
        """Ask past a dead provider, then try the application behind the gateway."""
        async with behind(example, self._brief, self._rim) as setting:
            self.survived.set_result(await _past_a_dead_one(setting))
            self.guarded.set_result(await guarded(setting, example / POLICY))
            async with setting.revived():
                outcomes = await self._drilled(setting.bench)
                await setting.bench.healthy()
                await self.calm.wait()
                await many(setting.variables[URL], setting.variables[KEY])
            folder, heard = setting.folder, setting.heard
            found = await asyncio.to_thread(kept, self._rim, example, folder, heard)
            await asyncio.to_thread(leave, folder, self._left)
            self.kept.set_result(found)
            return outcomes

    def clear(self) -> None:
        """Leave no progress line."""
        self._progress.clear()

    async def _drilled(self, bench: Bench) -> Outcomes:
        progress, speech = self._progress, self._rim.speech
        told = replace(bench, told=lambda sentence: progress.show(speech(sentence)))
        return {item: await DRILLS[item].run(told) for item in ITEMS}


async def _past_a_dead_one(setting: Behind) -> Survived:
    driven = await setting.bench.ask(setting.bench.brief.asking_the_model[0])
    records = newest(setting.journal)
    if not records:
        raise UsageError("demo.no_record", status=driven.answered.status)
    return Survived(variables=setting.variables, driven=driven, exchange=records[-1])
