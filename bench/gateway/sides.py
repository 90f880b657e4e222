"""Who is measured: how each gateway is installed, told where its provider is, and started."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TENKEN = (sys.executable, "-m", "tenken")
UV = (sys.executable, "-m", "uv")
KEY = "sk-bench-0001"
LIMITS = "{rpm: 100000000, tpm: 100000000000, parallel: 10000, budget_usd_per_day: 1000000}"
LITELLM = ("litellm[proxy]==1.109.1", "litellm-proxy-extras", "litellm-enterprise")
PORTKEY = """
{"name": "bench", "version": "1.0.0", "dependencies": {"@portkey-ai/gateway": "1.15.2"},
 "overrides": {"@hono/node-server": "1.3.3", "hono": "4.9.7"}}
"""
"""With newer ones of these it answers every stream with 500."""

NGINX = """
worker_processes 1; daemon off; pid {folder}/{name}.pid; error_log stderr crit;
events {{ worker_connections 4096; multi_accept on; }}
http {{
  access_log off; keepalive_requests 100000000; keepalive_timeout 300s; tcp_nodelay on;
  client_body_temp_path {folder}/{name}-1; proxy_temp_path {folder}/{name}-2;
  fastcgi_temp_path {folder}/{name}-3; uwsgi_temp_path {folder}/{name}-4;
  scgi_temp_path {folder}/{name}-5;
  upstream origin {{ server 127.0.0.1:{upstream}; keepalive 256; keepalive_requests 100000000; }}
  map $http_authorization $known {{ default 0; "Bearer {key}" 1; }}
  server {{ listen 127.0.0.1:{port} {listen}; client_body_buffer_size 256k; {own}
    location / {{ {check} proxy_pass {scheme}://origin;
      proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Authorization "Bearer sk-upstream"; proxy_buffering off; {to} }} }}
}}
"""
CERTIFICATE = "ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;"
TRUST = (
    "proxy_ssl_trusted_certificate {folder}/cert.pem; proxy_ssl_verify on;"
    " proxy_ssl_name localhost; proxy_ssl_session_reuse on;"
)

PLATFORM = """
platform: {{name: bench, version: "1", owner: bench}}
providers:
  - id: up
    kind: openai
    base_url: "{scheme}://127.0.0.1:{upstream}/v1"
    credentials: {{kind: env, name: BENCH_PROVIDER_KEY}}
"""
APPLICATION = """
application: {{name: bench, owner: bench}}
extends: {{platform: platform.yaml, version: "1"}}
use_cases: [{{id: answer, description: Answers enquiries}}]
models: [{{id: small, provider: up, model: gpt-4o-mini}}]
routes: [{{name: gpt-4o-mini, use_case: answer, targets: [small]}}]
callers: [{{id: app, routes: [gpt-4o-mini], limits: {limits}}}]
gateway: {{private_upstreams: true, {more}}}
"""
LITELLM_CONFIG = """
model_list:
  - model_name: gpt-4o-mini
    litellm_params:
      model: openai/gpt-4o-mini
      api_base: http://127.0.0.1:{upstream}/v1
      api_key: sk-upstream
litellm_settings: {{callbacks: [], num_retries: 0, request_timeout: 60, drop_params: true}}
general_settings: {{master_key: {key}}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A gateway that can be started."""

    name: str
    command: Sequence[str]
    port: int
    headers: Sequence[str] = (f"Authorization: Bearer {KEY}",)
    env: Mapping[str, str] = field(default_factory=dict)
    cores: str = "0"
    warm: float = 1.0
    """Seconds of asking before anything is counted."""


def nginx(folder: Path, port: int, upstream: int, *, tls: str = "") -> Side:
    """A plain reverse proxy that knows one key; `tls` is `to` or `from` the next one."""
    name = f"nginx{tls and '-'}{tls}"
    text = NGINX.format(
        folder=folder, name=name, port=port, upstream=upstream, key=KEY,
        listen="ssl" if tls == "from" else "",
        own=CERTIFICATE.format(folder=folder) if tls == "from" else "",
        check="" if tls == "from" else "if ($known = 0) { return 401; }",
        scheme="https" if tls == "to" else "http",
        to=TRUST.format(folder=folder) if tls == "to" else "",
    )  # fmt: skip
    (folder / f"{name}.conf").write_text(text, encoding="utf-8")
    return Side(name="nginx", command=("nginx", "-c", str(folder / f"{name}.conf")), port=port)


def tenken(
    folder: Path,
    port: int,
    upstream: int,
    *,
    name: str = "tenken",
    more: str = "",
    env: Mapping[str, str] | None = None,
    serve: int = 0,
    tls: bool = False,
    guard: str = "",
    python: str = sys.executable,
) -> Side:
    """This gateway with everything on: keys, four limits, prices, a journal.

    `guard` is a policy by which it screens; without one it does not. `python` runs it: an
    interpreter that has it installed.
    """
    own = folder / name.replace(" ", "-")
    own.mkdir(exist_ok=True)
    scheme = "https" if tls else "http"
    platform = PLATFORM.format(scheme=scheme, upstream=upstream)
    (own / "platform.yaml").write_text(platform, encoding="utf-8")
    application = APPLICATION.format(limits=LIMITS, more=more)
    (own / "tenken.yaml").write_text(application, encoding="utf-8")
    if guard:
        (own / "guard").mkdir(exist_ok=True)
        (own / "guard" / "policy.yaml").write_text(guard, encoding="utf-8")
    command = (python, "-m", "tenken")
    made = subprocess.run(
        [*command, "keys", "add", "app", "--path", str(own)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    said = ("serve", "--workers", str(serve)) if serve else ("gateway",)
    trust = {"SSL_CERT_FILE": str(folder / "cert.pem")} if tls else {}
    return Side(
        name=name,
        command=(*command, *said, str(own), "--port", str(port)),
        port=port,
        headers=(f"Authorization: Bearer {made.stdout.split()[-1]}",),
        env={"BENCH_PROVIDER_KEY": "sk-upstream", **trust, **(env or {})},
        cores="0,1" if serve > 1 else "0",
    )


def smg(cache: Path, port: int, upstream: int, *, other: int) -> Side:
    """The Rust gateway of PyPI; `other` is a port for its metrics."""
    made = _venv(cache / "smg", ("smg",))
    command = (str(made / "bin" / "smg"), "launch", "--host", "127.0.0.1", "--port", str(port))
    command += ("--worker-urls", f"http://127.0.0.1:{upstream}", "--backend", "openai")
    command += ("--prometheus-port", str(other), "--log-level", "error")
    return Side(name="smg", command=command, port=port)


def portkey(cache: Path, port: int, upstream: int) -> Side:
    """The gateway of npm."""
    own = cache / "portkey"
    server = own / "node_modules/@portkey-ai/gateway/build/start-server.js"
    if not server.exists():
        own.mkdir(parents=True, exist_ok=True)
        (own / "package.json").write_text(PORTKEY, encoding="utf-8")
        subprocess.run(["npm", "install", "--silent", "--no-audit"], check=True, cwd=own)
    return Side(
        name="portkey",
        command=("node", str(server), f"--port={port}", "--headless"),
        port=port,
        headers=(
            f"Authorization: Bearer {KEY}",
            "x-portkey-provider: openai",
            f"x-portkey-custom-host: http://127.0.0.1:{upstream}/v1",
        ),
        env={"NODE_ENV": "production", "TRUSTED_CUSTOM_HOSTS": "127.0.0.1,localhost"},
        warm=10.0,
    )


def litellm(folder: Path, cache: Path, port: int, upstream: int) -> Side:
    """LiteLLM's proxy, without callbacks."""
    made = _venv(cache / "litellm", LITELLM)
    config = folder / "litellm.yaml"
    config.write_text(LITELLM_CONFIG.format(upstream=upstream, key=KEY), encoding="utf-8")
    command = (str(made / "bin" / "litellm"), "--config", str(config), "--host", "127.0.0.1")
    command += ("--port", str(port), "--num_workers", "1", "--telemetry", "False")
    env = {
        "LITELLM_LOG": "ERROR", "LITELLM_LOCAL_MODEL_COST_MAP": "True", "NO_DOCS": "True",
        "LITELLM_MODE": "PRODUCTION",
    }  # fmt: skip
    return Side(name="litellm", command=command, port=port, env=env, warm=4.0)


def certificate(folder: Path) -> None:
    """Make a certificate for 127.0.0.1 that the measured gateways trust."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
         "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        check=True, capture_output=True,
    )  # fmt: skip


def _venv(made: Path, packages: Sequence[str]) -> Path:
    if not (made / "bin").exists():
        made.parent.mkdir(parents=True, exist_ok=True)
        loosened = made.parent / "overrides.txt"
        # What 1.109.1 pins of its own is not to be had.
        loosened.write_text(
            "litellm-proxy-extras>=0.4.100\nlitellm-enterprise>=0.1.70\ncertifi>=2026.1\n",
            encoding="utf-8",
        )
        subprocess.run([*UV, "venv", "-q", "--python", "3.11", str(made)], check=True)
        install = [*UV, "pip", "install", "-q", "-p", str(made / "bin" / "python")]
        subprocess.run(
            [*install, "--override", str(loosened), *packages], check=True, cwd=made.parent
        )
    return made
