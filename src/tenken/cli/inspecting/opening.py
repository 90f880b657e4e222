"""What every command settles before it reads a service: the folder, its settings, its state."""

from datetime import datetime
from pathlib import Path

from msgspec import Struct

from tenken.cli.inspecting.manifests import read_manifest
from tenken.cli.rim import Rim
from tenken.config.manifest import Manifest
from tenken.readiness.collectors.git import Opened, open_folder
from tenken.readiness.evidence.state import State, open_state


class Opening(Struct, frozen=True, kw_only=True):
    """A service that is about to be inspected, or proved."""

    opened: Opened
    manifest: Manifest | None
    service: str
    state: State
    now: datetime


def opening(
    rim: Rim,
    path: Path,
    *,
    platform: Path | None = None,
    environment: str = "",
    state: Path | None = None,
) -> Opening:
    """Open a folder; raises Malformed for a file of ours that is none, UsageError without one."""
    opened = open_folder(path, search_path=rim.settings.search_path)
    now = rim.clock.now()
    manifest = read_manifest(opened, platform=platform, environment=environment, today=now.date())
    service = manifest.application.application.name if manifest else opened.root.name
    return Opening(
        opened=opened,
        manifest=manifest,
        service=service,
        state=open_state(rim.settings.state_home, opened.root, service, asked=state),
        now=now,
    )
