"""Plays many seeds, or tells one in full.

python -m bench.simulation.run 10000
python -m bench.simulation.run --seed 4711
"""

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.playing import Played, broken, play
from tests.simulation.scenes import scene

CHUNK = 20


def main() -> int:
    """Give 1 when any promise was broken."""
    asked = argparse.ArgumentParser()
    asked.add_argument("seeds", type=int, nargs="?", default=10_000)
    asked.add_argument("--first", type=int, default=0)
    asked.add_argument("--seed", type=int, default=None)
    asked.add_argument("--processes", type=int, default=1)
    options = asked.parse_args()
    if options.seed is not None:
        return _one(options.seed)
    seeds = range(options.first, options.first + options.seeds)
    outcomes: Counter[str] = Counter()
    failed = 0
    with ProcessPoolExecutor(options.processes) as pool:
        for seed, lines, ends in pool.map(_played, seeds, chunksize=CHUNK):
            outcomes.update(ends)
            failed += bool(lines)
            for line in lines:
                print(f"seed {seed}: {line}")
    print(f"{len(seeds)} seeds, {failed} broken; {dict(sorted(outcomes.items()))}")
    return bool(failed)


def _played(seed: int) -> tuple[int, list[str], Counter[str]]:
    try:
        played = play(scene(seed))
    except Exception as error:  # noqa: BLE001 - a seed that ends the world is told like others
        return seed, [repr(error)], Counter()
    return seed, broken(played), Counter(one.outcome.value for one in played.exchanges)


def _one(seed: int) -> int:
    played = play(scene(seed))
    lines = broken(played)
    for asking in played.scene.askings:
        _tell(played, asking.id)
    print(*lines, sep="\n")
    return bool(lines)


def _tell(played: Played, id_: str) -> None:
    asking = next(one for one in played.scene.askings if one.id == id_)
    print(f"\n{asking}")
    had = played.had.get(id_)
    if had is not None:
        print(f"  had {had.status} {had.code} broken={had.broken} in {had.took_s:.3f} s")
    for record in played.exchanges:
        if record.id == id_:
            print(f"  record {record.outcome} {record.status} {record.code}")
            for attempt in record.attempts:
                print(f"    {attempt.target} {attempt.failure} {attempt.usage} {attempt.reason}")
    for name, seen in played.seen.items():
        for call in seen:
            if call.request_id == id_:
                print(f"    {name} saw {call.fault} {call.end} {call.at_s:.3f}")


if __name__ == "__main__":
    sys.exit(main())
