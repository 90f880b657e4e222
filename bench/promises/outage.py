"""An outage of every provider, as callers, providers and breakers saw it."""

import asyncio
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from asking import OK, Figures, Had, now, quantile

from tenken.drills.provider.server import FakeProvider

LOOK_S = 0.05
TOGETHER_S = 5.0
"""In so many seconds a target is probed once."""
GOING_S = 0.1
"""Calls that went before the last breaker opened have come by then."""
CLOSED, OPENED = ("0",), ("1", "2")


def free_ports(count: int) -> int:
    """Give the first of so many ports that nobody listens at."""
    for first in range(24_000, 30_000, count):
        held = []
        try:
            for port in range(first, first + count):
                one = socket.socket()
                held.append(one)
                one.bind(("127.0.0.1", port))
        except OSError:
            continue
        finally:
            for one in held:
                one.close()
        return first
    raise SystemExit("no ports are free")


async def states(ports: Sequence[int], of: str) -> list[str]:
    """Give how the breakers of every worker stand, those of one target or all."""
    named = "tenken_breaker_state{" + (f'target="{of}"' if of else "")
    pages = await asyncio.gather(*(_page(port) for port in ports))
    return [
        line.rpartition(" ")[2]
        for page in pages
        for line in page.splitlines()
        if line.startswith(named)
    ]


async def _page(port: int) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /metrics HTTP/1.1\r\nhost: metrics\r\nconnection: close\r\n\r\n")
    said = await reader.read()
    writer.close()
    return said.decode()


async def until_all(
    ports: Sequence[int], wanted: Sequence[str], *, last: float, of: str = ""
) -> float:
    """Wait until every breaker stands so; gives the moment, or the last one."""
    while now() < last:
        found = await states(ports, of)
        if found and all(one in wanted for one in found):
            return now()
        await asyncio.sleep(LOOK_S)
    return last


async def offered(
    ask: Callable[[int], Awaitable[Had]], *, per_s: float, until: Callable[[], bool]
) -> list[Had]:
    """Ask at a steady rate, whatever becomes of it, until told to stop."""
    began, asking = now(), list[asyncio.Future[Had]]()
    while not until():
        asking.append(asyncio.ensure_future(ask(len(asking))))
        await asyncio.sleep(max(0.0, began + len(asking) / per_s - now()))
    return list(await asyncio.gather(*asking))


@dataclass(frozen=True, kw_only=True)
class Outage:
    """When what was so, by the loop's clock, and what came of it."""

    began: float
    opened: float
    """From here on every breaker of every worker was open."""
    healed: float
    closed: float
    """From here on all of the first target were closed."""
    had: Sequence[Had]
    providers: Sequence[FakeProvider]

    def figures(self) -> Figures:
        """Give what was promised of it."""
        opened, healed = self.opened, self.healed
        answered = [one.ended for one in self.had if one.status == OK]
        missed = [one.began for one in self.had if one.status != OK and one.began > healed]
        back = [at for it in self.providers for _, at in calls(it, since=healed, before=inf)]
        until_open = Counter(
            name for it in self.providers for name, _ in calls(it, since=0, before=opened)
        )
        return {
            "opened_s": round(opened - self.began, 1),
            "calls_until_open": [count for _, count in sorted(until_open.items())],
            "then": [probed(it, since=opened + GOING_S, before=healed) for it in self.providers],
            "told": refused([it for it in self.had if opened <= it.began < healed - 1]),
            "first_answer_s": round(min(answered, default=inf) - healed, 1),
            "last_refusal_s": round(max(missed, default=healed) - healed, 1),
            "all_closed_s": round(self.closed - healed, 1),
            "most_calls_in_a_second": most_within(1.0, back),
        }


def calls(provider: FakeProvider, *, since: float, before: float) -> list[tuple[str, float]]:
    """Give by which replica a provider was called, and when."""
    zero = provider._began  # noqa: SLF001 - its log counts from there
    return [
        (one.request_id.partition("-")[0], zero + one.at_s)
        for one in provider.seen
        if since <= zero + one.at_s < before
    ]


def probed(provider: FakeProvider, *, since: float, before: float) -> Figures:
    """Give how often a provider was called that everybody should leave alone."""
    moments = sorted(at for _, at in calls(provider, since=since, before=before))
    gaps = [b - a for a, b in pairwise(moments)]
    return {
        "calls": len(moments),
        "least_s_between": round(min(gaps), 2) if gaps else None,
        "most_in_5_s": most_within(TOGETHER_S, moments),
    }


def most_within(seconds: float, moments: Sequence[float]) -> int:
    """Give how many fall into the fullest span of so many seconds."""
    return max((sum(at <= it < at + seconds for it in moments) for at in moments), default=0)


def refused(had: Sequence[Had]) -> Figures:
    """Give what callers were told while nobody could answer, and how fast."""
    took = [one.took_ms for one in had]
    return {
        "requests": len(had),
        "statuses": dict(Counter(one.status for one in had)),
        "without_retry_after": sum("retry-after" not in one.headers for one in had),
        "p50_ms": quantile(took, 0.5),
        "p99_ms": quantile(took, 0.99),
    }
