"""`tenken journal`: what is in the journals, whether it is whole, and how much waits."""

from pathlib import Path
from typing import Annotated

import typer

from tenken.cli.rim import Rim
from tenken.cli.serving.apply import store_of
from tenken.cli.serving.keeping.addressing import names_of
from tenken.cli.serving.keeping.lagging import lags, replayed
from tenken.cli.serving.machine import instance_of
from tenken.cli.serving.served import Files
from tenken.errors import UsageError
from tenken.journal.reader import Proof, prove, tail
from tenken.keeper.keeping import damaged, when
from tenken.keeper.parking import brought_again
from tenken.sentence import Sentence, say
from tenken.store.ledger import Ledger
from tenken.store.parking import Parked, Parking


def journal(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="cli.argument_path")] = Path(),
    *,
    platform: Annotated[Path | None, typer.Option(help="cli.option_platform")] = None,
    state: Annotated[Path | None, typer.Option(help="cli.option_gateway_state")] = None,
    again: Annotated[bool, typer.Option("--again", help="cli.option_journal_again")] = False,
    sink: Annotated[
        str | None, typer.Option("--replay", metavar="SINK", help="cli.option_journal_replay")
    ] = None,
    since: Annotated[
        str, typer.Option("--from", metavar="WHEN", help="cli.option_journal_from")
    ] = "1970-01-01",
) -> int:
    """Read every frame and follow the chain.

    Exit code 1 where something is damaged, or was refused by the ledger.
    """
    rim: Rim = ctx.obj
    files = Files(folder=path, platform=platform, kept=state)
    application = files.manifest(rim.clock.now().date()).application
    settings, sinks = application.gateway, names_of(application.telemetry)
    journals = files.within(settings.journal.path)
    found = sorted((one for one in journals.glob("*") if one.name.isdigit()), key=_number)
    if not found and settings.journal.durability != "store":
        raise UsageError("serving.no_journals", path=str(journals))
    whole = True
    with store_of(files, settings.store) as engine:
        ledger, parking = Ledger(engine), Parking(engine)
        for one in found:
            name = f"{instance_of(journals)}/{one.name}"
            reached = ledger.applied(name).position.sequence
            proof = prove(one)
            _tell(rim, name, proof, max(0, tail(one).sequence - reached))
            whole = whole and proof.whole
        standing_in = [(f"{instance_of(journals)}/{one.name}", one) for one in found]
        for sentence in lags(engine, sinks, standing_in):
            rim.write(rim.speech(sentence))
        if sink is not None:
            rim.say(replayed(engine, sinks, sink, since))
        if again:
            done = brought_again(ledger, parking)
            rim.say(say("journal.brought_again", brought=done.brought, left=done.left))
        parked = parking.count()
        for standing in parking.found(1):
            rim.write(rim.speech(_parked(parked, standing.parked)))
    return 0 if whole and not parked else 1


def behind(ledger: Ledger, journals: Path) -> int:
    """Give how many frames of a folder of journals are not in the ledger yet."""
    found = (one for one in journals.glob("*") if one.name.isdigit())
    names = ((one, f"{instance_of(journals)}/{one.name}") for one in found)
    reached = ((one, ledger.applied(name).position.sequence) for one, name in names)
    return sum(max(0, tail(one).sequence - sequence) for one, sequence in reached)


def _parked(count: int, oldest: Parked) -> Sentence:
    return say(
        "journal.stand_parked",
        count=count,
        journal=oldest.journal,
        when=when(oldest.at),
        why=oldest.why,
    )


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
