"""A receiver of alerts is away while things go wrong and well again: all of it is told afterwards.

What is wrong is made up; who watches, what is kept, and what is sent by HTTP are the keeper's own,
each in a thread, and another keeper takes over in the middle.
"""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event, Thread

from run import folder
from sqlalchemy import Engine
from tests.keeper.alerts.vendors import Vendor
from tests.keeper.watching.away import Hook, S, Wrong, signals, wrongs
from tests.keeper.watching.test_watch import Ground

from tenken.keeper.alerts.deliver import Deliver
from tenken.store.engine import opened
from tenken.store.migration import migrate
from tenken.store.watch.leases import Leases
from tenken.store.watch.outbox import Outbox

COUNT = 60
CAUGHT_UP_S = 420.0
"""Longer than the longest pause between two tries."""


def receiver_away(seconds: float, seed: int) -> dict[str, object]:
    """Let a webhook refuse for a while, and another one take everything."""
    chance = random.Random(seed)  # noqa: S311 - a mix that can be repeated
    chat, pager = Hook(), Hook()
    began, lasting = time.time_ns() // 1000, round(seconds * S)
    starts = sorted(began + chance.randrange(lasting * 3 // 4) for _ in range(COUNT))
    several = wrongs(starts, lasting=lasting // 6)
    with folder() as where, ExitStack() as stack:
        engine = opened(f"sqlite:///{where}/store.db")
        stack.callback(engine.dispose)
        migrate(engine)
        one, two = (stack.enter_context(Vendor(hook.answer).serving()) for hook in (chat, pager))
        environment = {"CHAT": f"{one.url}/chat", "PAGER": f"{two.url}/pager"}
        chat.away = True
        for half in ("first", "second"):
            _with_keeper(
                engine, environment, half, several, meanwhile=lambda: time.sleep(seconds / 2)
            )
        chat.away = False
        back = time.monotonic()
        _with_keeper(engine, environment, "third", several, meanwhile=lambda: _until(chat, pager))
        caught_up = time.monotonic() - back
    told = {name: hook.compared(several) for name, hook in (("chat", chat), ("pager", pager))}
    return {"away_s": seconds, "caught_up_s": round(caught_up, 1), **told}


def _until(*hooks: Hook) -> None:
    """Wait until each has heard the end of everything, or time is up."""
    ends = time.monotonic() + CAUGHT_UP_S
    while time.monotonic() < ends:
        heard = [{key for why, key in hook.heard() if why == "resolved"} for hook in hooks]
        if all(len(one) == COUNT for one in heard):
            return
        time.sleep(0.5)


def _with_keeper(
    engine: Engine,
    environment: dict[str, str],
    name: str,
    several: tuple[Wrong, ...],
    *,
    meanwhile: Callable[[], None],
) -> None:
    """Watch and deliver in threads, as a keeper does, until something is over."""
    ground = Ground(engine, environment, holder=name)
    ground.watchers["test"] = lambda at: signals(several, at)
    deliver = Deliver(
        Outbox(engine), Leases(engine), holder=name, send=ground.sent, works=ThreadPoolExecutor(4)
    )
    stop = Event()

    def turns(step: Callable[[int], float]) -> None:
        while not stop.wait(min(1.0, step(time.time_ns() // 1000))):
            pass

    threads = [Thread(target=turns, args=(one,)) for one in (ground.watch.step, deliver.step)]
    for thread in threads:
        thread.start()
    meanwhile()
    stop.set()
    for thread in threads:
        thread.join()
    ground.watch.close()
    deliver.close()
