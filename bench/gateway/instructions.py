"""Counts what the interpreter does for a request: `python bench/gateway/instructions.py`.

The gateway runs as always, with one connection asking, or many. Each bytecode instruction of our
own code is counted under the file it stands in. The numbers do not depend on what else a machine
does, so they say at once whether a change made a request cheaper; what C does (the kernel,
msgspec, hashes, the event loop) is not among them.
"""

import argparse
import os
import signal
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from threading import Thread
from types import CodeType, FrameType
from typing import Any

import sides
from machine import HERE, Asked, Load, Machine, free_port, opened
from sides import Side

from tenken.cli.main import main as tenken

SECONDS = 4.0
PACKAGE = f"{os.sep}tenken{os.sep}"


class Count:
    """Instructions by code, while it is on."""

    def __init__(self) -> None:
        self.on = False
        self.instructions: Counter[CodeType] = Counter()
        self.calls: Counter[CodeType] = Counter()

    def called(self, frame: FrameType, event: str, argument: Any) -> Any:
        """Follow a call of ours."""
        del event, argument
        if not self.on or PACKAGE not in frame.f_code.co_filename:
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        self.calls[frame.f_code] += 1
        return self.stepped

    def stepped(self, frame: FrameType, event: str, argument: Any) -> Any:
        """Count an instruction."""
        del argument
        if event == "opcode" and self.on:
            self.instructions[frame.f_code] += 1
        return self.stepped


def main() -> None:
    """Serve in this process, ask from another, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stream", action="store_true", help="streams of 53 events")
    parser.add_argument("--gap", type=int, default=0, help="milliseconds between two events")
    parser.add_argument("--functions", type=int, default=0, help="tell so many, too")
    parser.add_argument(
        "--header", action="append", default=[], help="one more; ################ is a number"
    )
    parser.add_argument(
        "--connections", type=int, default=1, help="many: those of a turn are handled together"
    )
    parser.add_argument("--guard", type=Path, help="a policy to screen by, as a file")
    chosen = parser.parse_args()
    policy = chosen.guard.read_text("utf-8") if chosen.guard else ""
    body = HERE / "bodies" / ("stream.json" if chosen.stream else "chat.json")
    with tempfile.TemporaryDirectory() as folder:
        upstream = free_port()
        side = sides.tenken(Path(folder), free_port(), upstream, guard=policy)
        side = replace(side, headers=(*side.headers, *chosen.header))
        machine = Machine(Path(folder), real_time=False)
        count, asked = Count(), list[Asked]()

        def ask() -> None:
            try:
                with machine.provider(upstream, gap_ms=chosen.gap):
                    load = Load(connections=chosen.connections, seconds=SECONDS, body=body)
                    asked.append(counted(machine, side, load, count))
            finally:
                os.kill(os.getpid(), signal.SIGTERM)

        Thread(target=ask).start()
        serve(side, count)
        tell(count, asked[0], chosen.functions)


def serve(side: Side, count: Count) -> None:
    """Run the gateway in this thread until it is told to end."""
    os.environ.update(side.env)
    sys.settrace(count.called)
    tenken(side.command[len(sides.TENKEN) :])
    sys.settrace(None)


def counted(machine: Machine, side: Side, load: Load, count: Count) -> Asked:
    """Ask for a while, and count meanwhile."""
    opened(side.port)
    machine.ask(side.port, replace(load, seconds=1), side.headers)
    count.on = True
    try:
        return machine.ask(side.port, load, side.headers)
    finally:
        count.on = False


def tell(count: Count, asked: Asked, functions: int) -> None:
    """Print what one request took, file by file."""
    requests = asked.all
    files: Counter[str] = Counter()
    for code, number in count.instructions.items():
        files[code.co_filename.rpartition(PACKAGE)[2]] += number
    calls = sum(count.calls.values()) / requests
    print(f"{sum(files.values()) / requests:.0f} instructions, {calls:.0f} calls and resumptions")
    print("\n| file | instructions a request |\n|---|---|")
    for name, number in files.most_common():
        if number >= requests:
            print(f"| `{name}` | {number / requests:.0f} |")
    for code, number in count.instructions.most_common(functions):
        print(f"{number / requests:8.1f} {code.co_qualname}")


if __name__ == "__main__":
    main()
