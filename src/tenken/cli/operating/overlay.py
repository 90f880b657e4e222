"""`tenken overlay`: changes what is served for a while, without a change of files."""

import getpass
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from tenken.cli.rim import Rim
from tenken.cli.serving.apply import store_of
from tenken.cli.serving.machine import wall_us
from tenken.cli.serving.published import mirror
from tenken.cli.serving.served import Files
from tenken.config.temporary import Overlay
from tenken.errors import UsageError
from tenken.gateway.plan import Plan
from tenken.gateway.settings.overlays import put
from tenken.sentence import say
from tenken.store.overlays import Overlays, Past

Action = Literal["set", "list", "clear"]
UNITS = {"m": 60, "h": 3600, "d": 86_400}
LONGEST_S = 30 * 86_400
LISTED = 50
REASON_MAX = 400


def overlay(
    ctx: typer.Context,
    action: Annotated[Action, typer.Argument(help="cli.argument_overlay_action")],
    subject: Annotated[str, typer.Argument(help="cli.argument_overlay_subject")] = "",
    change: Annotated[str, typer.Argument(help="cli.argument_overlay_change")] = "",
    *,
    for_: Annotated[str, typer.Option("--for", help="cli.option_overlay_for")] = "",
    reason: Annotated[str, typer.Option(help="cli.option_overlay_reason")] = "",
    actor: Annotated[str, typer.Option(help="cli.option_overlay_actor")] = "",
    path: Annotated[Path, typer.Option(help="cli.argument_path")] = Path(),
    platform: Annotated[Path | None, typer.Option(help="cli.option_platform")] = None,
    environment: Annotated[str, typer.Option(help="cli.option_environment")] = "",
    state: Annotated[Path | None, typer.Option(help="cli.option_gateway_state")] = None,
) -> None:
    """Do one thing with what is changed for a while."""
    rim: Rim = ctx.obj
    files = Files(folder=path, platform=platform, environment=environment, kept=state)
    now = rim.clock.now()
    texts = files.texts()
    manifest = texts.manifest(now.date())
    plan = files.bare(texts, manifest, now)
    at = wall_us()
    with store_of(files, manifest.application.gateway.store) as engine:
        known = Overlays(engine)
        match action:
            case "set":
                one = Overlay(
                    id=secrets.token_hex(4),
                    subject=subject,
                    change=change,
                    actor=" ".join(actor.split())[:80] or getpass.getuser(),
                    reason=_reason(reason),
                    created_at=at,
                    expires_at=at + seconds_of(for_) * 1_000_000,
                )
                put(plan, one)
                known.add(one)
                rim.say(say("overlay.set", id=one.id, until=_moment(one.expires_at)))
            case "list":
                for past in known.newest(LISTED):
                    rim.write(_line(past, plan, at))
            case "clear":
                if not known.withdraw(subject, at=at):
                    listed = (
                        ", ".join(one.id for one in known.standing(at)) or "wording.none_there"
                    )
                    raise UsageError("overlay.none_holds", id=subject[:40], known=listed)
                rim.say(say("overlay.cleared", id=subject))
        if files.state.is_dir():
            mirror(files.overlays, lambda: known.standing(at))


def seconds_of(said: str) -> int:
    """Give the length of `30m`, `2h` or `1d`; raises UsageError for anything else."""
    number, unit = said[:-1], said[-1:]
    if unit not in UNITS or not number.isascii() or not number.isdigit() or len(number) > 6:
        raise UsageError("overlay.bad_length", said=said[:40])
    seconds = int(number) * UNITS[unit]
    if not 0 < seconds <= LONGEST_S:
        raise UsageError("overlay.bad_length", said=said[:40])
    return seconds


def _reason(said: str) -> str:
    plain = " ".join(said.split())
    if not plain or len(plain) > REASON_MAX:
        raise UsageError("overlay.no_reason", most=REASON_MAX)
    return plain


def _line(past: Past, plan: Plan, now: int) -> str:
    one = past.overlay
    what = f"{one.id}  {one.subject}  {one.change}  {_moment(one.expires_at)}"
    return f"{what}  {_standing(past, plan, now)}  {one.actor}: {one.reason}"


def _standing(past: Past, plan: Plan, now: int) -> str:
    if past.withdrawn_at is not None:
        return "cleared"
    if past.overlay.expires_at <= now:
        return "expired"
    try:
        put(plan, past.overlay)
    except UsageError:
        return "fits-nothing"
    return "holds"


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at // 1_000_000, tz=UTC).isoformat()
