"""A keeper that runs by itself brings what a gateway beside it journals, and ends in order."""

import subprocess
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from tenken.config.environment import process_environment
from tenken.store.engine import opened
from tests.live.serving import (
    LONG_S,
    TENKEN,
    key_of,
    providing,
    rows,
    running,
    until,
    written,
)

pytestmark = pytest.mark.live


def test_it_keeps_for_a_gateway_and_leaves_what_goes_on(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The request that still runs when the keeper ends is settled by its worker, not by it."""
    with providing() as (provider, url):
        written(tmp_path, url)
        key = key_of(tmp_path, lambda: capfd.readouterr().out)
        engine = opened(f"sqlite:///{tmp_path}/.tenken/store.db")
        with (
            running(["gateway", str(tmp_path)], key=key) as run,
            subprocess.Popen(
                [str(TENKEN), "keeper", str(tmp_path)],
                stderr=subprocess.DEVNULL, env=process_environment(),
            ) as keeper,
        ):  # fmt: skip
            assert run.ask("asked-1").status == 200
            until(lambda: (tmp_path / ".tenken/store.db").exists() and _has(engine, "asked-1"))
            provider.goes_on.clear()
            connection = run.connect()
            run.send(connection, "asked-2")
            provider.wait_for(2)
            keeper.terminate()
            assert keeper.wait(LONG_S) == 0
            assert rows(engine).outcomes == {"asked-1": "answered"}
            provider.goes_on.set()
            assert connection.getresponse().status == 200
            connection.close()
            assert run.end() == 0
        engine.dispose()


def _has(engine: Engine, name: str) -> bool:
    try:
        return name in rows(engine).outcomes
    except OperationalError:  # its tables are being made
        return False
