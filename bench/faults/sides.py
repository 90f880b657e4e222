"""The two gateways, each with a route for every cell, over the same two fake providers."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from tests.faults.cells import FAULTS, FORMS, STREAMS_ONLY

TENKEN = Path(sys.executable).with_name("tenken")
LITELLM_KEY = "sk-bench-faults"
CONNECT_S, SILENT_S, TOTAL_S = 2, 2, 6
READY_S = 300.0
BETWEEN_S = 0.02
WARM = "warm"
"""A route in good health, for the first requests."""


@dataclass(frozen=True)
class Cell:
    """One fault, met whole or streamed, with one provider or two."""

    fault: str
    form: str
    providers: str

    @property
    def route(self) -> str:
        """A name of its own, so that no breaker or cooldown of one cell meets another."""
        plain = "".join(one if one.isalnum() else "-" for one in self.fault.lower())
        return f"{plain}.{self.form}.{self.providers}"


CELLS = [
    Cell(fault, form, providers)
    for fault in FAULTS
    for form, providers in FORMS
    if form == "stream" or fault not in STREAMS_ONLY
]


@dataclass(frozen=True)
class Side:
    """A gateway that is up."""

    name: str
    port: int
    key: str


@dataclass(frozen=True)
class Provider:
    """A fake provider that is up."""

    url: str
    control: str
    """Address and port."""

    def obey(self, plan: Mapping[str, object]) -> None:
        """Follow a plan, and forget what was."""
        self._call("PUT", "/plan", json.dumps(plan).encode())
        self._call("POST", "/forget", b"")

    def calls(self) -> dict[str, int]:
        """Count the calls by model."""
        found: dict[str, int] = {}
        for line in self._call("GET", "/seen", None).splitlines():
            model = json.loads(line)["model"]
            found[model] = found.get(model, 0) + 1
        return found

    def _call(self, method: str, path: str, body: bytes | None) -> bytes:
        connection = HTTPConnection(self.control, timeout=30)
        connection.request(method, path, body)
        content = connection.getresponse().read()
        connection.close()
        return content


def plan() -> dict[str, object]:
    """Give the first provider's plan: each cell's model has its fault."""
    models = {f"{cell.route}.a": {"then": _fault(cell.fault)} for cell in CELLS}
    return {"models": models, "between_s": BETWEEN_S}


def _fault(name: str) -> dict[str, object]:
    fault = FAULTS[name]
    said: dict[str, object] = {"kind": fault.kind.value, "after": fault.after}
    said |= {"status": fault.status, "delay_s": fault.delay_s}
    return said if fault.retry_after_s is None else {**said, "retry_after_s": fault.retry_after_s}


@contextmanager
def provider() -> Iterator[Provider]:
    """Run a fake provider."""
    ports = free_port(), free_port()
    command = [TENKEN, "fake-provider", "--port", str(ports[0]), "--control-port", str(ports[1])]
    with running([str(part) for part in command], ports[0], {}):
        yield Provider(f"http://127.0.0.1:{ports[0]}", f"127.0.0.1:{ports[1]}")


@contextmanager
def ours(folder: Path, first: Provider, second: Provider) -> Iterator[Side]:
    """Run tenken's gateway."""
    port = free_port()
    (folder / "platform.yaml").write_text(json.dumps(_platform(first, second)))
    (folder / "tenken.yaml").write_text(json.dumps(_application(port)))
    made = subprocess.run(
        [TENKEN, "keys", "add", "bench"], cwd=folder, capture_output=True, text=True, check=True
    )
    key = next(word for word in made.stdout.split() if word.startswith("tk-"))
    with running([str(TENKEN), "gateway"], port, {"FIRST": "a", "SECOND": "b"}, folder):
        yield Side("tenken", port, key)


def _platform(first: Provider, second: Provider) -> dict[str, object]:
    urls = {"first": f"{first.url}/v1", "second": f"{second.url}/v1"}
    urls["dead"] = f"http://127.0.0.1:{free_port()}/v1"
    return {
        "platform": {"name": "bench", "version": "1", "owner": "bench"},
        "providers": [
            {
                "id": name,
                "kind": "other",
                "base_url": url,
                "credentials": {"kind": "env", "name": "SECOND" if name == "second" else "FIRST"},
            }
            for name, url in urls.items()
        ],
    }


def _application(port: int) -> dict[str, object]:
    models, routes = [], []
    for cell in CELLS:
        name = cell.route
        there = "dead" if cell.fault == "refuse" else "first"
        targets = [f"{name}.a"] + ([f"{name}.b"] if cell.providers == "two" else [])
        models.append({"id": f"{name}.a", "provider": there, "model": f"{name}.a"})
        if cell.providers == "two":
            models.append({"id": f"{name}.b", "provider": "second", "model": f"{name}.b"})
        timeouts = {"connect_s": CONNECT_S, "ttft_s": SILENT_S, "idle_s": SILENT_S}
        routes.append(
            {
                "name": name,
                "use_case": "answer",
                "targets": targets,
                "timeouts": {**timeouts, "total_s": TOTAL_S},
            }
        )
    models.append({"id": "warm.a", "provider": "second", "model": WARM})
    routes.append({"name": WARM, "use_case": "answer", "targets": ["warm.a"]})
    return {
        "application": {"name": "bench", "owner": "bench"},
        "extends": {"platform": "platform.yaml", "version": "1"},
        "use_cases": [{"id": "answer", "description": "Answers"}],
        "models": models,
        "routes": routes,
        "callers": [{"id": "bench", "routes": [WARM, *(cell.route for cell in CELLS)]}],
        "gateway": {"port": port, "private_upstreams": True},
    }


@contextmanager
def litellm(program: Path, folder: Path, first: Provider, second: Provider) -> Iterator[Side]:
    """Run LiteLLM's proxy: two retries, each cell's second provider as its fallback."""
    port = free_port()
    config = folder / "litellm.yaml"
    config.write_text(json.dumps(_litellm(first, second)))
    command = [program, "--config", config, "--host", "127.0.0.1", "--port", port]
    more = {"LITELLM_LOG": "ERROR", "LITELLM_LOCAL_MODEL_COST_MAP": "True", "NO_DOCS": "True"}
    arguments = [*(str(part) for part in command), "--num_workers", "1", "--telemetry", "False"]
    with running(arguments, port, more, folder):
        yield Side(f"LiteLLM {_version(program)}", port, LITELLM_KEY)


def _version(program: Path) -> str:
    found = (program.parent.parent / "lib").glob("python*/site-packages/litellm-*.dist-info")
    return next(one.name for one in found).removeprefix("litellm-").removesuffix(".dist-info")


def _litellm(first: Provider, second: Provider) -> dict[str, object]:
    dead = f"http://127.0.0.1:{free_port()}"
    models, fallbacks = [_deployment(WARM, WARM, second.url)], []
    for cell in CELLS:
        name = cell.route
        url = dead if cell.fault == "refuse" else first.url
        models.append(_deployment(name, f"{name}.a", url))
        if cell.providers == "two":
            models.append(_deployment(f"{name}.second", f"{name}.b", second.url))
            fallbacks.append({name: [f"{name}.second"]})
    return {
        "model_list": models,
        "router_settings": {"num_retries": 2, "fallbacks": fallbacks},
        "litellm_settings": {"request_timeout": TOTAL_S, "callbacks": []},
        "general_settings": {"master_key": LITELLM_KEY},
    }


def _deployment(name: str, model: str, url: str) -> dict[str, object]:
    how = {"api_base": f"{url}/v1", "api_key": "sk-any", "timeout": TOTAL_S}
    how["stream_timeout"] = SILENT_S
    return {"model_name": name, "litellm_params": {"model": f"openai/{model}", **how}}


@contextmanager
def running(
    command: list[str], port: int, more: Mapping[str, str], folder: Path | None = None
) -> Iterator[None]:
    """Run a program until the block ends; it is ready when its port takes connections."""
    environment = {name: value for name, value in os.environ.items() if name not in UNFAIR}
    with subprocess.Popen(
        command,
        env={**environment, **more},
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _await(port, process)
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


UNFAIR = {"PYTHONDONTWRITEBYTECODE"}
"""With it LiteLLM compiles a module anew on every request."""


def _await(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit(f"{process.args!r} ended with {process.returncode}")
        with socket.socket() as tried:
            tried.settimeout(1)
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"nothing listens at {port} after {READY_S:.0f} s")


def free_port() -> int:
    """Give a port that is free now."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
    return port
