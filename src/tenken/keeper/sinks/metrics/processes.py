"""CPU and memory of the processes of a machine's gateway, as Linux tells them."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

from msgspec import Struct
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

PROC = Path("/proc")
ROLES = {"worker": "worker", "keep": "keeper"}
"""The last part of the module that a process runs, and what it is called here."""
UTIME, STIME, RSS = 11, 12, 21
"""Fields of `stat`, counted behind the name of the program."""


class Running(Struct, frozen=True, kw_only=True):
    """One process."""

    pid: int
    role: str
    cpu_s: float
    resident_bytes: int


def processes(parent: int, *, proc: Path = PROC) -> Iterator[Running]:
    """Give a process and its children; nothing where the system does not tell."""
    children = _read(proc / str(parent) / "task" / str(parent) / "children").split()
    for pid in (parent, *(int(one) for one in children)):
        running = _running(proc, pid, supervises=pid == parent)
        if running is not None:
            yield running


def connections(pids: Iterable[int], *, proc: Path = PROC) -> int:
    """Count the sockets that processes hold; those of a process that may not be read are none."""
    return sum(_sockets(proc / str(pid) / "fd") for pid in pids)


def families(found: Iterable[Running]) -> Iterator[Metric]:
    """Give the metrics of processes, under the names that every exporter gives them."""
    labels = ("role", "pid")
    cpu = CounterMetricFamily("process_cpu_seconds", "CPU time of a process", labels=labels)
    memory = GaugeMetricFamily(
        "process_resident_memory_bytes", "Memory that a process has", labels=labels
    )
    for one in found:
        cpu.add_metric((one.role, str(one.pid)), one.cpu_s)
        memory.add_metric((one.role, str(one.pid)), one.resident_bytes)
    yield cpu
    yield memory


def _running(proc: Path, pid: int, *, supervises: bool) -> Running | None:
    stat = _read(proc / str(pid) / "stat").rpartition(")")[2].split()
    if len(stat) <= RSS:
        return None
    ticks = os.sysconf("SC_CLK_TCK")
    return Running(
        pid=pid,
        role="supervisor" if supervises else _role(proc, pid),
        cpu_s=(int(stat[UTIME]) + int(stat[STIME])) / ticks,
        resident_bytes=int(stat[RSS]) * os.sysconf("SC_PAGE_SIZE"),
    )


def _role(proc: Path, pid: int) -> str:
    words = _read(proc / str(pid) / "cmdline").split("\0")
    module = next((after for word, after in pairwise(words) if word == "-m"), "")
    return ROLES.get(module.rpartition(".")[2], "other")


def _sockets(folder: Path) -> int:
    count = 0
    try:
        for one in folder.iterdir():
            with suppress(OSError):  # closed since it was listed
                count += one.readlink().name.startswith("socket:")
    except OSError:
        return 0
    return count


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
