"""The console over Postgres: the same pages, and a change that is noted."""

from pathlib import Path

import pytest

from tenken.console.routes import PAGES
from tenken.store.engine import opened
from tenken.store.migration import migrate
from tenken.store.people.audit import Audit
from tests.console.ground import Ground, csrf
from tests.console.seed import seeded
from tests.console.test_pages import there
from tests.live.postgres import postgres_server

pytestmark = pytest.mark.live


def test_pages_and_a_change(tmp_path: Path) -> None:
    """Every page answers; an alert is acknowledged once; the log of changes is whole."""
    with postgres_server(tmp_path) as server, server.database("console") as url:
        engine = opened(url)
        migrate(engine)
        made = Ground(engine)
        seeded(made)
        client = made.client("hana")
        paths = [there(one, client) for one in PAGES]
        answers = {path: client.get(path).status for path in paths}
        said = {"csrf": csrf(client), "id": "a1b2c3d4e5f60718"}
        changes = [client.post("/alerts/acknowledge", said).status for _ in range(2)]
        broken = Audit(engine).broken()
        engine.dispose()

    assert answers == dict.fromkeys(paths, 200)
    assert changes == [303, 400]
    assert broken is None
