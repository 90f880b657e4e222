"""Processes on one core, what they cost, and who asks them."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
TICK = os.sysconf("SC_CLK_TCK")
LONG_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one round gave."""

    all: int
    """Those of the first fifth too, which are counted nowhere else."""
    good: int
    bad: int
    per_second: float
    p50_ms: float
    p99_ms: float
    first_p50_ms: float
    cpu_us: float
    """User and system time of the gateway's processes for each request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How it is asked."""

    connections: int
    seconds: float
    rate: int = 0
    body: Path = HERE / "bodies" / "chat.json"


class Machine:
    """Core 0 for gateways, core 1 for the provider and whoever asks."""

    def __init__(self, folder: Path, *, real_time: bool) -> None:
        self.folder = folder
        self._first = ["chrt", "-r", "1"] if real_time else []
        for name in ("upstream", "load"):
            source, made = HERE / f"{name}.c", folder / name
            if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
                subprocess.run(["cc", "-O2", "-o", str(made), str(source)], check=True)

    def start(
        self, command: Sequence[str], *, cores: str, env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Run a command on these cores; what it says is kept in a file of the folder."""
        # Without it a peer compiles a module of its own anew for every request.
        own = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        name = f"{Path(command[0]).name}-{time.monotonic_ns()}.log"
        with (self.folder / name).open("wb") as said:
            return subprocess.Popen(
                ["taskset", "-c", cores, *self._first, *command],
                stdout=said, stderr=said, env=own | dict(env or {}), cwd=self.folder,
                start_new_session=True,
            )  # fmt: skip

    @contextmanager
    def running(
        self,
        command: Sequence[str],
        *,
        cores: str,
        port: int,
        env: Mapping[str, str] | None = None,
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Run a command until the block ends; begins when its port is open."""
        process = self.start(command, cores=cores, env=env)
        try:
            opened(port, process)
            yield process
        finally:
            end(process)

    @contextmanager
    def provider(self, port: int, *, first_ms: int = 0, gap_ms: int = 0) -> Iterator[None]:
        """Run the provider."""
        said = [str(self.folder / "upstream"), str(port), str(first_ms), str(gap_ms)]
        with self.running(said, cores="1", port=port):
            yield

    def ask(self, port: int, load: Load, headers: Sequence[str], process_id: int = 0) -> Asked:
        """Ask for a while, and see what it cost the process and its children."""
        before = cpu_s(process_id) if process_id else 0.0
        said = [str(self.folder / "load"), str(port), str(load.connections), str(load.seconds)]
        said += [str(load.rate), str(load.body), *headers]
        done = subprocess.run(
            ["taskset", "-c", "1", *self._first, *said], check=True, capture_output=True, text=True
        )
        found = json.loads(done.stdout)
        spent = cpu_s(process_id) - before if process_id else 0.0
        if found["bad"]:
            print("   bad answers:", found["bad"], done.stderr.strip()[:200], flush=True)
        return Asked(
            all=found["all"],
            good=found["good"],
            bad=found["bad"],
            per_second=found["per_second"],
            p50_ms=found["p50_ms"],
            p99_ms=found["p99_ms"],
            first_p50_ms=found["first_p50_ms"],
            cpu_us=spent * 1e6 / max(1, found["all"]),
        )


def opened(port: int, process: subprocess.Popen[bytes] | None = None) -> None:
    """Wait until somebody listens, or until the process that should has ended."""
    until = time.monotonic() + LONG_S
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if process is not None and process.poll() is not None:
                break
            time.sleep(0.02)
        else:
            return
    raise SystemExit(f"nobody listens on {port}: look at the logs of the folder")


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and those it has started."""
    for name in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, name)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                continue


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


def processes(process_id: int) -> list[int]:
    """Give a process and all below it."""
    found, todo = [], [process_id]
    while todo:
        one = todo.pop()
        found.append(one)
        for thread in Path(f"/proc/{one}/task").glob("*/children"):
            todo += [int(child) for child in thread.read_text(encoding="ascii").split()]
    return found


def cpu_s(process_id: int) -> float:
    """Give user and system time of a process and all below it."""
    total = 0
    for one in processes(process_id):
        fields = Path(f"/proc/{one}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def resident_mb(process_id: int) -> float:
    """Give the memory of a process and all below it; shared pages count once."""
    total = 0
    for one in processes(process_id):
        for line in Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024
