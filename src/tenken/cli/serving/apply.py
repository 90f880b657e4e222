"""`tenken apply`: validates the settings and puts them into the store under their version."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from tenken.cli.rim import Rim
from tenken.cli.serving.machine import wall_us
from tenken.cli.serving.published import Settings
from tenken.cli.serving.served import Files, Texts
from tenken.cli.serving.storing import store_url, version_of
from tenken.config.environment import process_environment
from tenken.config.serving import StoreSettings
from tenken.errors import UsageError
from tenken.sentence import say
from tenken.store.engine import opened
from tenken.store.faults import Away, kind
from tenken.store.migration import migrate
from tenken.store.versions import Version, Versions

LISTED = 20


def apply(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="cli.argument_path")] = Path(),
    *,
    platform: Annotated[Path | None, typer.Option(help="cli.option_platform")] = None,
    environment: Annotated[str, typer.Option(help="cli.option_environment")] = "",
    state: Annotated[Path | None, typer.Option(help="cli.option_gateway_state")] = None,
    show: Annotated[str, typer.Option(help="cli.option_apply_show")] = "",
    versions: Annotated[
        bool, typer.Option("--versions", help="cli.option_apply_versions")
    ] = False,
) -> None:
    """Publish, or read back what was published."""
    rim: Rim = ctx.obj
    files = Files(folder=path, platform=platform, environment=environment, kept=state)
    now = rim.clock.now()
    texts = files.texts()
    manifest = files.served(texts, now)
    plan = files.plan(texts, manifest, now)
    with store_of(files, manifest.application.gateway.store) as engine:
        known = Versions(engine)
        if show:
            _show(rim, known, show)
        elif versions:
            for one in known.newest(LISTED):
                rim.write(f"{one.version}  {_moment(one)}  {one.published_by}")
        else:
            settings = Settings(version=plan.version, texts=texts)
            new = known.publish(version_of(settings, by=getpass.getuser(), at=wall_us()))
            told = "serving.applied" if new else "serving.applied_before"
            rim.say(say(told, version=plan.version))


@contextmanager
def store_of(files: Files, settings: StoreSettings) -> Iterator[Engine]:
    """Open the store with its tables up to date; raises UsageError where it does not answer."""
    where = str(files.within(settings.path).absolute())
    engine = opened(store_url(where, settings.url_env, process_environment()))
    try:
        migrate(engine)
        yield engine
    except (Away, DBAPIError, NoConnection) as error:
        raise UsageError("serving.no_store", error=kind(error)) from error
    finally:
        engine.dispose()


def _show(rim: Rim, known: Versions, version: str) -> None:
    found = known.find(version)
    if found is None:
        listed = ", ".join(one.version for one in known.newest(LISTED)) or "wording.none_there"
        raise UsageError("serving.no_such_version", version=version[:40], known=listed)
    texts = msgspec.json.decode(found.content, type=Texts)
    rim.write(f"# {texts.file}\n{texts.text}")
    if texts.platform is not None:
        rim.write(f"\n# {texts.platform.file}\n{texts.platform.text}")


def _moment(version: Version) -> str:
    moment = datetime.fromtimestamp(version.published_at / 1e6, tz=UTC)
    return moment.isoformat(timespec="seconds")
