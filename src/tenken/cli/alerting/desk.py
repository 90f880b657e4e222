"""What the commands of those on call share: the settings, the store, the moment, who acts."""

import getpass
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from msgspec import Struct
from sqlalchemy import Engine

from tenken.cli.serving.apply import store_of
from tenken.cli.serving.machine import wall_us
from tenken.cli.serving.served import Files
from tenken.clock import Clock
from tenken.config.application import Application
from tenken.config.manifest import Manifest
from tenken.config.operating.alerting import Receiver, receivers

ACTOR_MAX = 80


class Desk(Struct, frozen=True, kw_only=True):
    """An open store, and the settings that belong to it."""

    engine: Engine
    files: Files
    manifest: Manifest
    now: int
    actor: str

    @property
    def app(self) -> Application:
        """The application."""
        return self.manifest.application

    @property
    def receivers(self) -> Mapping[str, Receiver]:
        """Who can be told."""
        shared = self.manifest.platform.platform.alert_receivers if self.manifest.platform else ()
        return receivers(self.app.alerts, shared)


@contextmanager
def at_desk(files: Files, clock: Clock, *, actor: str = "") -> Iterator[Desk]:
    """Open the store of these settings; raises UsageError, Malformed."""
    manifest = files.manifest(clock.now().date())
    with store_of(files, manifest.application.gateway.store) as engine:
        yield Desk(
            engine=engine,
            files=files,
            manifest=manifest,
            now=wall_us(),
            actor=" ".join(actor.split())[:ACTOR_MAX] or getpass.getuser(),
        )


def moment(at: int | None) -> str:
    """Give a moment to the second; `-` where there is none."""
    if at is None:
        return "-"
    return datetime.fromtimestamp(at // 1_000_000, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
