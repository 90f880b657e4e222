"""Runs what blocks beside the loop: a thread that ends with the process, whatever it waits for."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


async def in_a_thread(work: Callable[[], T], *, name: str = "beside") -> T:
    """Give what `work` gives; raises what it raises.

    A pool of threads is waited for when the process ends, so a token service or a resolver that
    does not answer would hold up a drain, and while it lasts whoever else needs the pool. A thread
    of this kind does neither.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def done(result: T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result: T | None = None
        error: BaseException | None = None
        try:
            result = work()
        except BaseException as raised:  # noqa: BLE001 - nobody may wait for ever
            error = raised
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(done, result, error)

    Thread(target=run, daemon=True, name=name).start()
    return await future
