"""`tenken journal`: what is in the journals, whether it is whole, and how much waits."""

from pathlib import Path
from typing import Annotated

import typer

from tenken.cli.rim import Rim
from tenken.cli.serving.apply import store_of
from tenken.cli.serving.machine import instance_of
from tenken.cli.serving.served import Files
from tenken.errors import UsageError
from tenken.journal.reader import Proof, prove, tail
from tenken.keeper.keeping import damaged
from tenken.sentence import say
from tenken.store.ledger import Ledger


def journal(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="cli.argument_path")] = Path(),
    *,
    platform: Annotated[Path | None, typer.Option(help="cli.option_platform")] = None,
    state: Annotated[Path | None, typer.Option(help="cli.option_gateway_state")] = None,
) -> int:
    """Read every frame and follow the chain; exit code 1 where something is damaged."""
    rim: Rim = ctx.obj
    files = Files(folder=path, platform=platform, kept=state)
    settings = files.manifest(rim.clock.now().date()).application.gateway
    journals = files.within(settings.journal.path)
    found = sorted((one for one in journals.glob("*") if one.name.isdigit()), key=_number)
    if not found:
        raise UsageError("serving.no_journals", path=str(journals))
    instance = instance_of(journals)
    whole = True
    with store_of(files, settings.store) as engine:
        ledger = Ledger(engine)
        for one in found:
            name = f"{instance}/{one.name}"
            reached = ledger.applied(name).position.sequence
            proof = prove(one)
            _tell(rim, name, proof, max(0, tail(one).sequence - reached))
            whole = whole and proof.whole
    return 0 if whole else 1


def _tell(rim: Rim, name: str, proof: Proof, waiting: int) -> None:
    rim.write(
        rim.speech(
            say(
                "serving.journal_stands",
                journal=name,
                frames=proof.frames,
                segments=proof.segments,
                torn=proof.torn,
                waiting=waiting,
            )
        )
    )
    for one in proof.damage:
        rim.say(damaged(name, one))


def _number(path: Path) -> int:
    return int(path.name)
