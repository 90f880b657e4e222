"""Credentials as a person meets them: told at the start, replaced while requests go on."""

import hashlib
import json
from http.client import HTTPConnection
from pathlib import Path

import pytest
import re2

from tests.cli.serving.test_gateway import DESK, PLATFORM, gateway, made
from tests.cli.test_fake_provider import serving as providing

ADDRESS = re2.compile(r"http://([0-9.]+):([0-9]+)")
ENV = "credentials: {kind: env, name: UP_KEY}"


def seen(control: tuple[str, str]) -> list[str]:
    """By which credentials the provider was called, as its log tells them apart."""
    connection = HTTPConnection(control[0], int(control[1]), timeout=20)
    connection.request("GET", "/seen")
    lines = connection.getresponse().read().splitlines()
    connection.close()
    return [json.loads(line)["credential"] for line in lines]


def digits(key: str) -> str:
    """How the log tells a key."""
    return hashlib.sha256(f"Bearer {key}".encode()).hexdigest()[:8]


def test_a_static_key_is_told_and_can_be_replaced_without_a_restart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """First one in a variable, then one in a file: nothing is refused in between."""
    (tmp_path / "key").write_text("mounted\n")
    with providing() as (provider, url):
        assert provider.stderr is not None
        control = ADDRESS.findall(provider.stderr.readline())[-1]
        platform = PLATFORM.format(url=url)
        (tmp_path / "platform.yaml").write_text(platform)
        (tmp_path / "tenken.yaml").write_text(DESK)
        key = made(tmp_path, capsys)
        with gateway(tmp_path, theirs="secret") as running:
            statuses = [running.ask(key)]
            mounted = f"credentials: {{kind: file, name: {tmp_path}/key}}"
            (tmp_path / "platform.yaml").write_text(platform.replace(ENV, mounted))
            running.said("are served now")
            statuses.append(running.ask(key))
            running.said("is made of a static key")
            statuses.append(running.ask(key))
        calls = seen(control)

    assert any("up (UP_KEY)" in line for line in running.heard)
    assert statuses == [200, 200, 200]
    assert (calls[0], calls[2]) == (digits("secret"), digits("mounted"))
