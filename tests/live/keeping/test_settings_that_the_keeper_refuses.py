"""Settings by which the keeper could not do all its works: told, and nothing ends by them."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from tenken.cli.serving.published import publish, read_settings
from tenken.config.environment import process_environment
from tenken.store.engine import opened
from tests.live.serving import (
    LONG_S,
    TENKEN,
    Running,
    children,
    key_of,
    providing,
    replaced,
    rows,
    running,
    until,
    written,
)

pytestmark = pytest.mark.live

NOT_SET = "\ntelemetry: {traces: [{name: t, url_env: NOT_SET_ANYWHERE}]}\n"


def test_an_edit_is_not_taken_and_a_keeper_that_is_killed_comes_back(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """What is served, and what the keeper comes back by, are the settings before it."""
    with providing() as (_provider, url):
        written(tmp_path, url, gateway="workers: 1")
        key = key_of(tmp_path, lambda: capfd.readouterr().out)
        engine = opened(f"sqlite:///{tmp_path}/.tenken/store.db")
        with running(["serve", str(tmp_path)], key=key) as run:
            before = run.ask("before")
            until(lambda: _has(engine, tmp_path, "before"))
            file = tmp_path / "tenken.yaml"
            replaced(file, file.read_text() + NOT_SET)
            assert "NOT_SET_ANYWHERE" in run.said("NOT_SET_ANYWHERE")
            run.said("is served as before")
            _kill_keeper(run)
            after = run.ask("after")
            assert (after.status, after.settings) == (200, before.settings)
            until(lambda: _has(engine, tmp_path, "after"))
            assert run.end() == 0
        engine.dispose()


def test_a_key_of_a_provider_that_is_not_set_is_not_taken_and_a_worker_comes_back(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A worker that is started again begins by settings that it can begin by."""
    with providing() as (_provider, url):
        written(tmp_path, url, gateway="workers: 1")
        key = key_of(tmp_path, lambda: capfd.readouterr().out)
        with running(["serve", str(tmp_path)], key=key) as run:
            file = tmp_path / "platform.yaml"
            with_key = f'base_url: "{url}", credentials: {{kind: env, name: NOT_SET_ANYWHERE}}'
            replaced(file, file.read_text().replace(f'base_url: "{url}"', with_key))
            assert "NOT_SET_ANYWHERE" in run.said("NOT_SET_ANYWHERE")
            run.said("is served as before")
            [worker] = run.workers()
            os.kill(worker, signal.SIGKILL)
            run.said("worker 1 ended with code -9")
            until(lambda: run.ask("after").status == 200)
            assert run.end() == 0


def test_a_keeper_that_comes_upon_them_brings_the_journals_all_the_same(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """As where it stands in another environment than who published them."""
    with providing() as (_provider, url):
        written(tmp_path, url, gateway="workers: 1")
        key = key_of(tmp_path, lambda: capfd.readouterr().out)
        engine = opened(f"sqlite:///{tmp_path}/.tenken/store.db")
        with running(["serve", str(tmp_path)], key=key) as run:
            assert run.ask("before").status == 200
            until(lambda: _has(engine, tmp_path, "before"))
            found = read_settings(tmp_path / ".tenken")
            texts = replace(found.texts, text=found.texts.text + NOT_SET)
            publish(tmp_path / ".tenken", replace(found, texts=texts))
            _kill_keeper(run)
            run.said("NOT_SET_ANYWHERE")
            assert run.ask("after").status == 200
            until(lambda: _has(engine, tmp_path, "after"))
            run.said("The sink t does not take")
            assert run.end() == 0
        engine.dispose()


@pytest.mark.parametrize("name", ["serve", "keeper"])
def test_at_start_they_are_refused(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Before anything is published, and before a door opens."""
    written(tmp_path, "http://127.0.0.1:9/v1")
    key_of(tmp_path, lambda: capfd.readouterr().out)
    file = tmp_path / "tenken.yaml"
    replaced(file, file.read_text() + NOT_SET)

    done = subprocess.run(
        [str(TENKEN), "--lang", "en", name, str(tmp_path)],
        capture_output=True, text=True, timeout=LONG_S, check=False, env=process_environment(),
    )  # fmt: skip

    assert done.returncode == 2
    assert "NOT_SET_ANYWHERE" in done.stderr
    assert "Serving" not in done.stderr
    assert not (tmp_path / ".tenken/settings.json").exists()


def _kill_keeper(run: Running) -> None:
    (keeper,) = (pid for pid, said in children(run.process.pid) if "ing.keep " in said)
    os.kill(keeper, signal.SIGKILL)


def _has(engine: Engine, folder: Path, name: str) -> bool:
    try:
        return (folder / ".tenken/store.db").exists() and name in rows(engine).outcomes
    except OperationalError:  # its tables are being made
        return False
