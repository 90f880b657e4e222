"""Every promise of the gateway in its long form, one after the other: a line of figures each.

python bench/promises/all.py            # as promised: hours
python bench/promises/all.py --few      # each as small as it says anything: half an hour
python bench/promises/all.py --list     # what would be run
"""

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LONG = (
    ("run.py", "kills", "--times", "500"),
    ("run.py", "crowded", "--times", "200"),
    ("run.py", "exact", "--times", "100000"),
    ("run.py", "reloads", "--times", "1000"),
    ("run.py", "start", "--times", "5"),
    ("durability.py", "away", "--seconds", "600"),
    ("durability.py", "lost", "--times", "100"),
    ("durability.py", "volume", "--times", "100"),
    ("crowds.py", "cuts", "--times", "10000"),
    ("crowds.py", "leave", "--times", "1000"),
    ("crowds.py", "idle", "--times", "10000"),
    ("crowds.py", "slow-readers", "--times", "200"),
    ("crowds.py", "overload", "--times", "120"),
    ("crowds.py", "bodies", "--times", "32"),
    ("crowds.py", "half-heads", "--times", "2000"),
    ("replicas.py", "limits", "--times", "600"),
    ("replicas.py", "valkey"),
    ("apart.py", "left", "--times", "300"),
    ("apart.py", "slow", "--times", "300"),
    ("apart.py", "paused", "--times", "300"),
    ("apart.py", "flushed", "--times", "300"),
    ("apart.py", "stopped", "--times", "300"),
    ("replicas.py", "rolling", "--times", "500"),
    ("replicas.py", "repeats", "--times", "1000"),
    ("replicas.py", "down", "--times", "60"),
)
FEW = 20
"""What is divided by where few are wanted."""
MATRIX = ("-m", "bench.faults.run")
MEMORY = ("bench/gateway/run.py", "--parts", "memory", "--soak")
TESTS = ("-m", "pytest", "-q", "tests/faults", "tests/simulation", "tests/wire/test_sse.py")
"""Traffic over failing providers, deadlines, timeouts and hedges: in simulated time."""


def main() -> int:
    """Give 1 when a command failed; what each of its figures must be, the reader judges."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", action="store_true")
    parser.add_argument("--list", action="store_true")
    asked = parser.parse_args()
    failed = 0
    for command in commands(few=asked.few):
        print("$", *command, flush=True)
        if not asked.list:
            done = subprocess.run([sys.executable, *command], cwd=ROOT, check=False)
            failed += done.returncode != 0
    return bool(failed)


def commands(*, few: bool) -> list[tuple[str, ...]]:
    """Give all commands, as arguments of Python."""
    long = [(f"bench/promises/{name}", *_fewer(more, few=few)) for name, *more in LONG]
    worlds = ("-m", "bench.simulation.run", "200" if few else "10000")
    memory = (*MEMORY, "50000" if few else "1000000")
    return [TESTS, worlds, MATRIX, memory, *long]


def _fewer(arguments: list[str], *, few: bool) -> list[str]:
    """Give a twentieth of a count, and no less than five."""
    if not few:
        return arguments
    return [str(max(5, int(one) // FEW)) if one.isdigit() else one for one in arguments]


if __name__ == "__main__":
    sys.exit(main())
