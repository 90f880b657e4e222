"""`tenken fake-provider` says where it is, serves, and ends in order."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tenken.cli.main import main

TENKEN = Path(sys.executable).with_name("tenken")
PLAN = '{"script": [{"kind": "status", "status": 503}], "seed": 1}'


@contextmanager
def serving(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run it on a free port; gives the process and the address that it prints."""
    command = [str(TENKEN), "fake-provider", "--port", "0", "--control-port", "0", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().removeprefix("OPENAI_BASE_URL=").strip()
        finally:
            process.kill()


def asked(url: str) -> int:
    """Ask once; gives the status."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port or 0, timeout=10)
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "hello"}]})
    connection.request("POST", f"{parts.path}/chat/completions", body)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_its_plan_until_it_is_told_to_end(tmp_path: Path, name: signal.Signals) -> None:
    """Then what it saw is in the file, and the exit code is 0."""
    plan, log = tmp_path / "plan.json", tmp_path / "seen.jsonl"
    plan.write_text(PLAN)
    with serving("--plan", str(plan), "--log", str(log), "--seed", "3") as (process, url):
        statuses = [asked(url), asked(url)]
        process.send_signal(name)
        _, errors = process.communicate(timeout=20)

    assert (statuses, process.returncode) == ([503, 200], 0)
    assert [json.loads(line)["status"] for line in log.read_text().splitlines()] == [503, 200]
    assert "2" in errors


def test_a_plan_that_is_none_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is served."""
    plan = tmp_path / "plan.json"
    plan.write_text('{"then": {"kind": "sulk"}}')

    assert main(["fake-provider", "--plan", str(plan)]) == 2
    assert "then.kind" in capsys.readouterr().err


def test_a_port_that_is_taken_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """With the address."""
    with serving() as (_, url):
        port = urlsplit(url).port

        assert main(["fake-provider", "--port", str(port), "--control-port", "0"]) == 2
        assert str(port) in capsys.readouterr().err
