"""How fast server and pool pass a request on, beside nginx doing the same in the same run.

    apt-get install nginx-light wrk
    python bench/transport/run.py [--rounds 5] [--seconds 2] [--connections 64]

The proxy under test has core 0 for itself; upstream and load share core 1. The two take turns, and
what is told is the median of the rounds and the ratio within this run: on a shared machine nothing
else means anything. `cpu` is user and system time of the proxy for each request.
"""

import argparse
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
UPSTREAM, NGINX, OURS = 9300, 9301, 9302
TICK = os.sysconf("SC_CLK_TCK")
ANSWER = (
    '{"choices":[{"message":{"content":"' + "word " * 100 + '"}}],"usage":{"total_tokens":81}}'
)
QUESTION = '{"model":"m","messages":[{"role":"user","content":"' + "word " * 190 + '"}]}'

COMMON = """
worker_processes 1; daemon off; pid {folder}/{name}.pid; error_log stderr crit;
events {{ worker_connections 4096; multi_accept on; }}
http {{
  access_log off; keepalive_requests 100000000; keepalive_timeout 300s; tcp_nodelay on;
  client_body_temp_path {folder}/{name}-1; proxy_temp_path {folder}/{name}-2;
  fastcgi_temp_path {folder}/{name}-3; uwsgi_temp_path {folder}/{name}-4;
  scgi_temp_path {folder}/{name}-5;
"""
ORIGIN_PART = """
  server {{ listen 127.0.0.1:{port};
    location / {{ default_type application/json; return 200 '{answer}'; }} }}
}}
"""
PROXY_PART = """
  upstream origin {{ server 127.0.0.1:{upstream}; keepalive 256;
    keepalive_requests 100000000; }}
  map $http_authorization $known {{ default 0; "Bearer sk-bench-0001" 1; }}
  server {{ listen 127.0.0.1:{port}; client_body_buffer_size 256k;
    location / {{ if ($known = 0) {{ return 401; }} proxy_pass http://origin;
      proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Authorization "Bearer sk-upstream"; proxy_buffering off; }} }}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one round gave."""

    per_second: float
    cpu_us: float


def main() -> int:
    """Measure both, and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--connections", type=int, default=64)
    chosen = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        proxies = start_all(stack, folder)
        rounds: dict[str, list[Round]] = {name: [] for name in proxies}
        for name in list(proxies) * chosen.rounds:
            process, port = proxies[name]
            rounds[name].append(measure(process, port, chosen, folder))
    tell(rounds)
    return 0


def start_all(stack: ExitStack, folder: Path) -> dict[str, tuple[subprocess.Popen[bytes], int]]:
    """Start the upstream and the two proxies."""
    origin = COMMON + ORIGIN_PART
    stack.enter_context(nginx(folder, "origin", origin, port=UPSTREAM, core=1))
    beside = stack.enter_context(nginx(folder, "proxy", COMMON + PROXY_PART, port=NGINX, core=0))
    command = [sys.executable, str(HERE / "proxy.py"), str(OURS), str(UPSTREAM)]
    ours = stack.enter_context(running(command, core=0))
    time.sleep(1.5)
    return {"nginx": (beside, NGINX), "tenken": (ours, OURS)}


@contextmanager
def nginx(
    folder: Path, name: str, text: str, *, port: int, core: int
) -> Iterator[subprocess.Popen[bytes]]:
    """Run nginx with this configuration."""
    file = folder / f"{name}.conf"
    fields = {"folder": folder, "name": name, "port": port}
    file.write_text(text.format(**fields, answer=ANSWER, upstream=UPSTREAM), encoding="utf-8")
    with running(["nginx", "-c", str(file)], core=core) as process:
        yield process


@contextmanager
def running(command: list[str], *, core: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command on one core, and end it afterwards."""
    process = subprocess.Popen(["taskset", "-c", str(core), *command])
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def measure(
    process: subprocess.Popen[bytes], port: int, chosen: argparse.Namespace, folder: Path
) -> Round:
    """Load one proxy for a while."""
    script = folder / "post.lua"
    script.write_text(
        'wrk.method = "POST"\n'
        f"wrk.body = [[{QUESTION}]]\n"
        'wrk.headers["Content-Type"] = "application/json"\n'
        'wrk.headers["Authorization"] = "Bearer sk-bench-0001"\n',
        encoding="utf-8",
    )
    before = cpu_s(process.pid)
    load = ["taskset", "-c", "1", "wrk", "-t1", f"-c{chosen.connections}"]
    load += [f"-d{chosen.seconds}s", "-s", str(script), f"http://127.0.0.1:{port}/v1/x"]
    out = subprocess.run(load, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise SystemExit(out)
    requests = int(found(r"(\d+) requests in", out))
    cpu_us = (cpu_s(process.pid) - before) * 1e6 / requests
    return Round(per_second=float(found(r"Requests/sec:\s+([\d.]+)", out)), cpu_us=cpu_us)


def found(pattern: str, text: str) -> str:
    """Give what the pattern finds, which must be there."""
    match = re.search(pattern, text)
    if match is None:
        raise SystemExit(text)
    return match[1]


def cpu_s(pid: int) -> float:
    """Give user and system time of a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    total = 0
    for each in (str(pid), *children):
        fields = Path(f"/proc/{each}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def tell(rounds: dict[str, list[Round]]) -> None:
    """Print medians, and what they are of nginx."""
    speed = {n: statistics.median(r.per_second for r in each) for n, each in rounds.items()}
    cpu = {n: statistics.median(r.cpu_us for r in each) for n, each in rounds.items()}
    print("| proxy | requests/s | of nginx | cpu us a request | nginx's cpu of it |")
    print("|---|---|---|---|---|")
    for name in rounds:
        of_speed, of_cpu = speed[name] / speed["nginx"], cpu["nginx"] / cpu[name]
        print(f"| {name} | {speed[name]:,.0f} | {of_speed:.2f} | {cpu[name]:.1f} | {of_cpu:.2f} |")


if __name__ == "__main__":
    raise SystemExit(main())
