"""`tenken serve` finds what is wrong, tells of it, and shows what an emergency action did."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tenken.cli.main import main
from tenken.store.engine import opened
from tenken.store.watch.alerts import Alerts
from tenken.store.watch.effects import Effects
from tenken.store.watch.incidents import Incident, Incidents
from tests.keeper.alerts.vendors import Vendor, always
from tests.live.serving import Running, key_of, providing, replaced, running, until, written

pytestmark = pytest.mark.live
ALERTING = """
alerts:
  group_wait_seconds: 0
  receivers:
    - {name: pager, kind: webhook, url_env: PAGER, key_env: PAGER_KEY, allow_private: true}
  routes:
    page: {receivers: [pager]}
    ticket: {receivers: [pager]}
"""


@contextmanager
def store(folder: Path) -> Iterator[Engine]:
    engine = opened(f"sqlite:///{folder}/.tenken/store.db")
    try:
        yield engine
    finally:
        engine.dispose()


def desk_in(folder: Path, url: str) -> None:
    """Write an application whose only model has ended."""
    written(folder, url, gateway="workers: 1")
    file = folder / "tenken.yaml"
    ended = file.read_text().replace("model: m}", "model: m, retires_on: 2026-01-01}")
    replaced(file, ended + ALERTING)


def said(folder: Path, *words: str) -> None:
    assert main(["--lang", "en", *words, "--path", str(folder)]) == 0


def stopped(folder: Path, run: Running, engine: Engine) -> Incident:
    """Switch the use case off by its incident, and wait until a request has shown it."""
    until(lambda: bool(Incidents(engine).newest(1)))
    [incident] = Incidents(engine).newest(9)
    assert run.ask("before").status == 200
    said(folder, "incident", "act", incident.id, "use_case/answer", "--text", "ended")
    numbers = count()
    until(lambda: run.ask(f"after-{next(numbers)}").status != 200)
    until(lambda: Effects(engine).of(incident.id)[0].seen_at is not None)
    [effect] = Effects(engine).of(incident.id)
    assert effect.exchange.startswith("after-")
    return incident


def test_a_page_arrives_and_an_action_takes_effect(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A model that has ended pages; its incident has the action, and when it was seen first."""
    with providing() as (_provider, url), Vendor(always(200, "ok")).serving() as pager:
        desk_in(tmp_path, url)
        key = key_of(tmp_path, lambda: capfd.readouterr().out)
        environment = {"PAGER": f"{pager.url}/on-call", "PAGER_KEY": "k" * 20}
        with (
            running(["serve", str(tmp_path)], key=key, environment=environment) as run,
            store(tmp_path) as engine,
        ):
            [came] = pager.wait(1)
            assert came.body["alerts"][0]["key"] == "retirement/first"
            assert came.headers["x-tenken-signature"].startswith("v1=")
            said(tmp_path, "alerts", "test", "pager", "--keeper")
            incident = stopped(tmp_path, run, engine)
            [alert] = Alerts(engine).open()
            said(tmp_path, "alerts", "ack", alert.id)
            reasons = [one.body["reason"] for one in pager.wait(3)]
            assert reasons == ["fired", "tested", "acknowledged"]
            assert run.end() == 0
        said(tmp_path, "incident", "close", incident.id)
    draft = next((tmp_path / "postmortems").iterdir()).read_text("utf-8")
    assert "use\\_case/answer is in effect: the first request served with it came after" in draft
