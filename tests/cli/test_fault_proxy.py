"""`tenken fault-proxy` says where it is, carries, and ends in order."""

import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tenken.cli.main import main
from tests.cli.test_fake_provider import asked, serving

TENKEN = Path(sys.executable).with_name("tenken")


def test_it_carries_until_it_is_told_to_end() -> None:
    """To a fake provider, which answers through it."""
    with serving() as (_, url):
        to = urlsplit(url).netloc
        command = [str(TENKEN), "fault-proxy", to, "--port", "0", "--control-port", "0"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            at = process.stdout.readline().removeprefix("PROXY=").strip()
            status = asked(f"http://{at}/v1")
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=20)

    assert (status, process.returncode) == (200, 0)
    assert "1" in errors


@pytest.mark.parametrize("to", ["nowhere", ":80", "host:0", "host:99999"])
def test_an_address_that_is_none_is_refused(to: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With an example of one."""
    assert main(["fault-proxy", to]) == 2
    assert "HOST:PORT" in capsys.readouterr().err
