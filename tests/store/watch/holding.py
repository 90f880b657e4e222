"""Many who ask for one lease at once, whatever the database."""

from threading import Barrier, Thread

from sqlalchemy import Engine

from tenken.store.watch.leases import Leases

ASKING = 6


def one_of_many(engine: Engine) -> int:
    """Let many ask in the same moment; give how many were told that they have it."""
    start = Barrier(ASKING)
    held: list[str] = []

    def ask(name: str) -> None:
        start.wait(timeout=30)
        if Leases(engine).hold("watch", name, 1_000_000, 30):
            held.append(name)

    asking = [Thread(target=ask, args=(f"holder-{number}",)) for number in range(ASKING)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(timeout=60)
    return len(held)
