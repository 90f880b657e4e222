"""`tenken slo`: what is promised and what is left of it, and files for whoever watches it."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from tenken.cli.rim import Rim
from tenken.cli.serving.apply import store_of
from tenken.cli.serving.machine import wall_us
from tenken.cli.serving.served import Files
from tenken.cli.slo.shown import row_of, table_of
from tenken.cli.writing import read_text, write_text
from tenken.config.consistency.objectives import requests_per_day
from tenken.config.environment import process_environment
from tenken.config.manifest import Manifest
from tenken.config.operating.alerting import receivers
from tenken.errors import UsageError
from tenken.keeper.generating.beside import told_by
from tenken.keeper.generating.given import Generated, Given, Target, objectives_of
from tenken.keeper.generating.openslo import read_openslo
from tenken.keeper.generating.targets import TARGETS
from tenken.keeper.objectives.measuring import Measuring
from tenken.sentence import Sentence, say
from tenken.store.rollups.reading import Rollups

Action = Literal["generate", "show", "import"]
TEST_MODE = "TENKEN_TEST_MODE"
NOT_EXPRESSED = "not-expressed.{target}.md"
LONGEST_FILE = 2_000_000


def slo(
    ctx: typer.Context,
    action: Annotated[Action, typer.Argument(help="cli.argument_slo_action")] = "show",
    where: Annotated[Path | None, typer.Argument(help="cli.argument_slo_where")] = None,
    *,
    target: Annotated[Target | None, typer.Option("--for", help="cli.option_slo_for")] = None,
    path: Annotated[Path, typer.Option(help="cli.argument_path")] = Path(),
    platform: Annotated[Path | None, typer.Option(help="cli.option_platform")] = None,
    environment: Annotated[str, typer.Option(help="cli.option_environment")] = "",
    state: Annotated[Path | None, typer.Option(help="cli.option_gateway_state")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="cli.option_slo_json")] = False,
    faster: Annotated[int, typer.Option(help="cli.option_slo_faster", min=1, max=3600)] = 1,
) -> None:
    """Do one thing with objectives."""
    rim: Rim = ctx.obj
    files = Files(folder=path, platform=platform, environment=environment, kept=state)
    match action:
        case "generate":
            if target is None or where is None:
                raise UsageError("slo.for_what", known=", ".join(TARGETS))
            manifest = files.manifest(rim.clock.now().date())
            _generate(rim, given_of(manifest, faster=_allowed(faster)), target, where)
        case "import":
            if where is None:
                raise UsageError("slo.import_what")
            _import(rim, where)
        case _:
            _show(rim, files, as_json=as_json)


def given_of(manifest: Manifest, *, faster: int = 1) -> Given:
    """Give what files are made from."""
    app = manifest.application
    shared = manifest.platform.platform.alert_receivers if manifest.platform else ()
    return Given(
        application=app.application.name,
        owner=app.application.owner,
        objectives=objectives_of(app.slos, requests_per_day=requests_per_day(app)),
        alerts=app.alerts,
        receivers=tuple(receivers(app.alerts, shared).values()),
        metrics=app.telemetry.metrics,
        faster=faster,
    )


def _allowed(faster: int) -> int:
    """Windows that are too short page for nothing: nobody gets them by mistake."""
    if faster != 1 and process_environment().get(TEST_MODE) != "1":
        raise UsageError("slo.test_only", variable=TEST_MODE)
    return faster


def _generate(rim: Rim, given: Given, target: Target, folder: Path) -> None:
    if not given.objectives and not told_by(given, target):
        raise UsageError("slo.none")
    made = TARGETS[target](given)
    for file in made.files:
        write_text(folder / file.path, file.text)
        rim.say(say("slo.wrote", path=str(folder / file.path)))
    told = list(_told(given, made))
    for name, sentence in told:
        rim.tell(_loss(rim, name, sentence))
    lines = [f"- {_loss(rim, name, sentence)}\n" for name, sentence in told]
    heading = rim.speech(say("slo.not_expressed" if lines else "slo.all_expressed", target=target))
    beside = folder / NOT_EXPRESSED.format(target=target)
    write_text(beside, f"# {heading}\n" + ("\n" if lines else "") + "".join(lines))


def _told(given: Given, made: Generated) -> list[tuple[str, Sentence]]:
    """Give what no file says: what the target cannot, and which standard alarms do not work."""
    lost = [(one.slo, one.sentence) for one in made.losses]
    out = [(one.slo.name, left.why) for one in given.objectives for left in one.left_out]
    return [*lost, *out]


def _loss(rim: Rim, name: str, sentence: Sentence) -> str:
    return f"{name}: {rim.speech(sentence)}" if name else rim.speech(sentence)


def _import(rim: Rim, path: Path) -> None:
    found = read_openslo(read_text(path, limit=LONGEST_FILE), file=str(path))
    rim.write(found.text)
    for one in found.losses:
        rim.tell(_loss(rim, one.slo, one.sentence))


def _show(rim: Rim, files: Files, *, as_json: bool) -> None:
    manifest = files.manifest(rim.clock.now().date())
    app, now = manifest.application, wall_us()
    objectives = objectives_of(app.slos, requests_per_day=requests_per_day(app))
    if not objectives:
        rim.say(say("slo.none"))
        return
    with store_of(files, app.gateway.store) as engine:
        measuring, traffic = Measuring(Rollups(engine)), requests_per_day(app)
        rows = [
            row_of(one, measuring.burning(one.slo, now, requests_per_day=traffic))
            for one in objectives
        ]
    if as_json:
        rim.write(json.dumps({"slos": [row.plain() for row in rows]}, ensure_ascii=False))
        return
    table_of(rim, rows)
    for one in objectives:
        for left in one.left_out:
            rim.tell(_loss(rim, one.slo.name, left.why))
