"""What stands around requests, as a person runs it: repetitions, tokens, pages, metrics."""

import json
import os
import signal
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import jwt
import pytest
import re2
from cryptography.hazmat.primitives.asymmetric import ec

from tests.live.serving import (
    DESK,
    LONG_S,
    PLATFORM,
    Running,
    key_of,
    providing,
    replaced,
    running,
    written,
)
from tests.transport.certificates import NAME, made_in

pytestmark = pytest.mark.live
KEYS = 20
REPEATS = 5
YEAR_2100 = 4_102_444_800
METRICS = re2.compile(r"http://127.0.0.1:([0-9]+)/metrics")
ISSUER = "https://issuer.example.com"
SIGNING = ec.generate_private_key(ec.SECP256R1())


def once(run: Running, name: str, key: str) -> bytes:
    """Ask under a key until there is an answer; what goes on, or broke, is asked again."""
    body = json.dumps({"model": "desk", "messages": [{"role": "user", "content": name}]})
    headers = {
        "content-type": "application/json", "authorization": f"Bearer {key}",
        "idempotency-key": name,
    }  # fmt: skip
    while True:
        connection = run.connect()
        try:
            connection.request("POST", "/v1/chat/completions", body, headers)
            response = connection.getresponse()
            said = response.read()
        except (OSError, HTTPException):
            continue
        finally:
            connection.close()
        if response.status != 409:
            assert response.status == 200, said
            return said


def test_one_call_for_each_key_whoever_is_killed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two workers, five at once under each key, and again after one of them is gone."""
    with providing() as (provider, url):
        written(tmp_path, url, gateway="workers: 2")
        key = key_of(tmp_path, lambda: capsys.readouterr().out)
        names = [f"order-{number}" for number in range(KEYS)] * REPEATS
        with (
            running(["serve", str(tmp_path)], key=key) as run,
            ThreadPoolExecutor(REPEATS) as callers,
        ):
            first = list(callers.map(lambda name: once(run, name, key), names))
            os.kill(run.workers()[0], signal.SIGKILL)
            second = list(callers.map(lambda name: once(run, name, key), names))

        assert first == second
        assert set(provider.asked.values()) == {1}
        assert len(provider.asked) == KEYS


@contextmanager
def issuing() -> Iterator[str]:
    """Serve the public key of an issuer."""
    public = jwt.algorithms.ECAlgorithm.to_jwk(SIGNING.public_key(), as_dict=True)
    keys = json.dumps({"keys": [{**public, "kid": "one"}]}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-length", str(len(keys)))
            self.end_headers()
            self.wfile.write(keys)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/keys"
        server.shutdown()
        thread.join()


def get(port: int, path: str, token: str = "") -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"authorization": f"Bearer {token}"} if token else {})
    response = connection.getresponse()
    said = response.read()
    connection.close()
    return response.status, said


def test_tokens_pages_and_metrics_of_a_gateway(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what the files say, and nothing else."""
    with providing() as (_provider, url), issuing() as keys:
        gateway = (
            f"metrics: {{port: 0}}, issuers: [{{issuer: '{ISSUER}', audience: tenken, "
            f"jwks: '{keys}', algorithms: [ES256]}}]"
        )
        replaced(tmp_path / "platform.yaml", PLATFORM.format(url=url))
        desk = DESK.format(limits="rpm: 1000", gateway=gateway, console="on: false")
        identity = f"identities: [{{issuer: '{ISSUER}', value: desk-app}}], routes"
        replaced(tmp_path / "tenken.yaml", desk.replace("id: app, routes", f"id: app, {identity}"))
        key_of(tmp_path, lambda: capsys.readouterr().out)
        claims = {"iss": ISSUER, "aud": "tenken", "sub": "desk-app", "exp": YEAR_2100}
        token = jwt.encode(claims, SIGNING, algorithm="ES256", headers={"kid": "one"})
        with running(["gateway", str(tmp_path)], key=token) as run:
            found = METRICS.search(run.said("Metrics at"))
            assert found is not None
            answered = run.ask("hello")
            models = get(run.port, "/v1/models", token)
            other = get(run.port, "/v1/models", token[:-4] + "AAAA")
            ready = get(run.port, "/readyz")
            hidden = get(run.port, "/metrics", token)
            gauges = get(int(found[1]), "/metrics")

    assert answered.status == 200
    assert [one["id"] for one in json.loads(models[1])["data"]] == ["desk"]
    assert (models[0], other[0], ready, hidden[0]) == (200, 401, (200, b"ok\n"), 404)
    assert b"\ntenken_ready 1\n" in gauges[1]
    assert b'tenken_breaker_state{target="first"} 0' in gauges[1]


def test_a_gateway_speaks_tls_at_its_own_door_and_shows_a_renewed_certificate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a restart; who speaks no TLS is not answered."""
    trusting, shown = ssl.create_default_context(), list[bytes | None]()
    pairs = [made_in(tmp_path, serial=serial).read_bytes() for serial in (1, 2)]
    trusting.load_verify_locations(cadata=b"".join(pairs).decode())
    for name in ("tls.crt", "tls.key"):
        replaced(tmp_path / name, pairs[0].decode())
    with providing() as (_provider, url):
        written(tmp_path, url, gateway="tls: {certificate: tls.crt, key: tls.key}")
        key = key_of(tmp_path, lambda: capsys.readouterr().out)
        with running(["gateway", str(tmp_path)], key=key) as run:
            for number, pair in enumerate(pairs):
                for name in ("tls.crt", "tls.key"):
                    replaced(tmp_path / name, pair.decode())
                if number:
                    run.said("is another one now")
                plain = socket.create_connection((run.host, run.port), LONG_S)
                with trusting.wrap_socket(plain, server_hostname=NAME) as wrapped:
                    shown.append(wrapped.getpeercert(binary_form=True))
                    wrapped.sendall(
                        b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
                    )
                    assert wrapped.recv(100).startswith(b"HTTP/1.1 200")
            assert run.ask("plain").status == 0

    assert None not in shown
    assert shown[0] != shown[1]
