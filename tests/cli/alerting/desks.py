"""A folder with settings, and receivers in them."""

from pathlib import Path

from sqlalchemy import Engine

from tenken.cli.serving.served import Files
from tenken.config.serving import StoreSettings
from tenken.store.engine import opened
from tenken.store.migration import migrate
from tenken.store.watch.alert import Alert
from tenken.store.watch.alerts import Alerts, Turn
from tenken.store.watch.leases import Leases
from tests.cli.serving.test_gateway import DESK, PLATFORM

ALERTING = """
alerts:
  receivers:
    - {{name: chat, kind: slack, url_env: CHAT_HOOK, language: ja, allow_private: true}}
    - {{name: pager, kind: webhook, url: {url}/pager, allow_private: true}}
  routes:
    page: {{receivers: [pager, chat], escalate_after_minutes: 10, escalate_to: [chat]}}
    ticket: {{receivers: [chat]}}
"""


def desk_in(folder: Path, *, url: str = "http://127.0.0.1:9") -> Path:
    (folder / "platform.yaml").write_text(PLATFORM.format(url="http://127.0.0.1:9/v1"))
    (folder / "tenken.yaml").write_text(DESK + ALERTING.format(url=url))
    return folder


def store_in(folder: Path) -> Engine:
    path = Files(folder=folder).within(StoreSettings().path).absolute()
    engine = opened(f"sqlite:///{path}")
    migrate(engine)
    return engine


def standing(engine: Engine, *several: Alert) -> None:
    """Have alerts stand there."""
    term = Leases(engine).term("test", "t", 0, 1)
    assert term is not None
    Alerts(engine).write(Turn(lease="test", term=term, alerts=several))
