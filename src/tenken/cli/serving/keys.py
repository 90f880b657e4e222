"""`tenken keys`: makes, lists and revokes the keys of callers."""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer

from tenken.cli.rim import Rim
from tenken.cli.serving.served import Files
from tenken.errors import UsageError
from tenken.gateway.settings.keyring import alone_with, made, read_ring, revoked, write_ring
from tenken.sentence import say

Action = Literal["add", "list", "revoke"]


def keys(
    ctx: typer.Context,
    action: Annotated[Action, typer.Argument(help="cli.argument_keys_action")],
    name: Annotated[str, typer.Argument(help="cli.argument_keys_name")] = "",
    *,
    path: Annotated[Path, typer.Option(help="cli.argument_path")] = Path(),
    state: Annotated[Path | None, typer.Option(help="cli.option_gateway_state")] = None,
    days: Annotated[int, typer.Option(help="cli.option_keys_days", min=1, max=3650)] = 90,
) -> None:
    """Do one thing with the keys of a gateway."""
    rim: Rim = ctx.obj
    files = Files(folder=path, kept=state)
    match action:
        case "add":
            _add(rim, files, name, days)
        case "list":
            _list(rim, files)
        case "revoke":
            with alone_with(files.keys):
                ring = revoked(read_ring(files.keys), name, now=rim.clock.now())
                write_ring(files.keys, ring)
            rim.say(say("gateway.key_revoked", prefix=name))


def _add(rim: Rim, files: Files, caller: str, days: int) -> None:
    now = rim.clock.now()
    known = [one.id for one in files.manifest(now.date()).application.callers]
    if caller not in known:
        listed = ", ".join(known) or "wording.none_there"
        raise UsageError("gateway.unknown_caller", name=caller, known=listed)
    with alone_with(files.keys):
        new = made(
            read_ring(files.keys),
            caller=caller,
            now=now,
            expires_at=now + timedelta(days=days),
            chance=secrets.token_hex,
        )
        write_ring(files.keys, new.ring)
    rim.say(say("gateway.key_made", caller=caller))
    rim.write(new.key)


def _list(rim: Rim, files: Files) -> None:
    now, keys = rim.clock.now(), read_ring(files.keys).keys
    if not keys:
        rim.say(say("gateway.no_keys"))
    for entry in keys:
        expired = entry.expires_at is not None and entry.expires_at <= now
        state = "revoked" if entry.revoked_at else "expired" if expired else "good"
        until = entry.expires_at.date().isoformat() if entry.expires_at else "-"
        said = rim.speech.text(f"wording.key_{state}")
        rim.write(f"{entry.prefix}  {entry.caller}  {until}  {said}")
