"""What three replicas let in while Valkey is slow, paused, emptied or stopped: a line of figures.

python bench/promises/apart.py left --times 300      # as it is by default: waited for 50 ms
python bench/promises/apart.py slow --times 300      # twenty seconds, up to 200 ms late
python bench/promises/apart.py paused --times 300    # twenty seconds
python bench/promises/apart.py flushed --times 300
python bench/promises/apart.py stopped --times 300   # for the rest of the time

Each asks five times as often as `--times` a minute lets in, for ninety seconds; the fault begins
after thirty.
"""

import asyncio
import os
import signal
import socket
from bisect import bisect_left
from collections import Counter
from collections.abc import Awaitable, Callable

from asking import Figures, Had, Promises, ask, figures, now, provided, quantile
from replicas import Site, site

FAULT_AT_S, FAULT_S, ALL_S = 30.0, 20.0, 90.0
SETTLED_S = 2.0
"""So long after a fault began, nobody waits for it any more."""
Fault = Callable[[Site], Awaitable[object]]


def measured(fault: Fault) -> Callable[[int], Awaitable[Figures]]:
    """Give what asks while this goes wrong."""

    async def asked(times: int) -> Figures:
        async with (
            provided({"latency_s": 0.05}) as (provider, url),
            site(url, {}, {"rpm": times}) as here,
        ):
            began = now()
            going = asyncio.create_task(_after(FAULT_AT_S, fault, here))
            asking = list[asyncio.Task[Had]]()
            while now() < began + ALL_S:
                asking.append(asyncio.create_task(ask(here.door(), "desk")))
                await asyncio.sleep(max(0.0, began + len(asking) / (5 * times / 60) - now()))
            had = await asyncio.gather(*asking)
            await going
            for run in here.live.values():
                run.process.kill()
            said = [run.everything() for run in here.live.values()]
        seen = sorted(one.at_s for one in provider.seen)
        return {
            "limit": times, "asked": len(had), "most_in_a_minute": _most_in(60.0, seen),
            "statuses": dict(Counter(one.status for one in had)),
            "p99_ms": _p99s(had, began + FAULT_AT_S),
            "told_away": [one.count("Valkey does not answer") for one in said],
        }  # fmt: skip

    return asked


def _p99s(had: list[Had], fault_at: float) -> Figures:
    settled = fault_at + SETTLED_S
    spans = {
        "before": (0.0, fault_at), "first_two_s": (fault_at, settled),
        "then": (settled, fault_at + FAULT_S),
    }  # fmt: skip
    return {
        name: quantile([one.took_ms for one in had if since <= one.began < until], 0.99)
        for name, (since, until) in spans.items()
    }


def _most_in(seconds: float, moments: list[float]) -> int:
    return max((bisect_left(moments, a + seconds) - n for n, a in enumerate(moments)), default=0)


async def _after(seconds: float, fault: Fault, here: Site) -> None:
    await asyncio.sleep(seconds)
    await fault(here)


async def _left(_here: Site) -> None:
    pass


async def _slow(here: Site) -> None:
    until = now() + FAULT_S
    while now() < until:  # whoever asks waits for what is left of it
        await asyncio.to_thread(_told, here.valkey.port, b"CLIENT PAUSE 200 ALL\r\n")
        await asyncio.sleep(0.2)


async def _paused(here: Site) -> None:
    process = here.valkey._process  # noqa: SLF001 - it has no other name
    if process is not None:
        os.kill(process.pid, signal.SIGSTOP)
        await asyncio.sleep(FAULT_S)
        os.kill(process.pid, signal.SIGCONT)


async def _flushed(here: Site) -> None:
    await asyncio.to_thread(_told, here.valkey.port, b"FLUSHALL\r\n")


async def _stopped(here: Site) -> None:
    await asyncio.to_thread(here.valkey.stop)


def _told(port: int, command: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as one:
        one.sendall(command)
        one.recv(64)


FAULTS: dict[str, Fault] = {
    "left": _left, "slow": _slow, "paused": _paused, "flushed": _flushed, "stopped": _stopped,
}  # fmt: skip
PROMISES: Promises = {name: (measured(fault), 300) for name, fault in FAULTS.items()}


if __name__ == "__main__":
    print(figures(PROMISES, said=__doc__))
