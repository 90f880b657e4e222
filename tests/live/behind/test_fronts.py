"""Messages that two programs could read differently, through a program that stands before us.

Each comes to nginx, or to HAProxy, on a connection of its own, with a second request hidden behind
it. They take one request a connection, and keep their connections to us: what we answered beyond
what was handed on would be the answer of somebody else.
"""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.live.objectives.tools import free_ports, running
from tests.transport.test_framing import REFUSED, SMUGGLED, TAKEN
from tests.transport.wires import serving

pytestmark = pytest.mark.live
WITHIN_S = 60.0
NGINX = """\
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  log_format ours '$status $request_method $request_uri'; access_log /dev/stdout ours;
  keepalive_timeout 0;
  client_max_body_size 64m; client_body_buffer_size 1m; large_client_header_buffers 8 64k;
  upstream tenken {{ server 127.0.0.1:{upstream}; keepalive 4; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://tenken; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host $http_host; proxy_ignore_client_abort on;
    }}
  }}
}}
"""
HAPROXY = """\
defaults
  mode http
  timeout connect 20s
  timeout client 20s
  timeout server 20s
  log stdout format raw local0
frontend everybody
  bind 127.0.0.1:{port}
  log-format "%ST %HM %HP"
  option httpclose
  default_backend ours
backend ours
  http-reuse always
  server tenken 127.0.0.1:{upstream}
"""
Command = tuple[str | Path, ...]
FRONTS = {"nginx": NGINX, "haproxy": HAPROXY}


def command(name: str, folder: Path, port: int, upstream: int) -> Command:
    """Write the settings of a program that stands before a port; gives how it is run."""
    settings = folder / f"{name}.conf"
    settings.write_text(FRONTS[name].format(folder=folder, port=port, upstream=upstream))
    if name == "nginx":
        return name, "-p", folder, "-c", settings, "-e", folder / "error.log"
    return name, "-db", "-f", settings


async def said(port: int, data: bytes) -> bytes:
    """Send bytes and nothing more; gives all that comes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        with suppress(OSError):  # it may have closed already, and said why
            writer.write_eof()
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def stands(port: int) -> None:
    """Wait until somebody listens."""
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.01)
        else:
            writer.close()
            return


async def sent(name: str, folder: Path) -> tuple[dict[str, bytes], list[str], list[str]]:
    """Send every message; gives the answers, what we were asked, and what was handed on."""
    asked: list[str] = []

    async def handler(request: Request, reply: Reply) -> None:
        asked.append(f"{request.method} {request.path}")
        reply.send(200, (), b"ours")

    cases = {name: data for name, (_, data) in REFUSED.items()}
    cases |= {f"good: {name}": data for name, (data, _, _) in TAKEN.items()}
    log = folder / "said.log"
    async with asyncio.timeout(WITHIN_S), serving(handler) as server:
        [port] = free_ports(1)
        with running(*command(name, folder, port, server.address[1]), log=log):
            await stands(port)
            answers = {name: await said(port, data + SMUGGLED) for name, data in cases.items()}
            answers["last"] = await said(port, b"GET /last HTTP/1.1\r\nHost: example.com\r\n\r\n")
    return answers, asked, [one for one in log.read_text().splitlines() if one[:4] == "200 "]


@pytest.mark.parametrize("name", FRONTS)
def test_nothing_hidden_is_answered_and_nothing_gets_out_of_step(
    name: str, tmp_path: Path
) -> None:
    """As many requests as were handed on, one answer each; the last caller has its own."""
    answers, asked, handed_on = asyncio.run(sent(name, tmp_path))

    assert "GET /smuggled" not in asked
    assert asked[-1] == "GET /last"
    assert len(asked) == len(handed_on)
    assert max(one.count(b"HTTP/1.1 ") for one in answers.values()) == 1
    assert sum(one.endswith(b"ours") for one in answers.values()) == len(asked)
    assert answers["last"].endswith(b"ours")
    assert sum(one.endswith(b"ours") for case, one in answers.items() if case[:4] == "good") > 5
