"""`tenken alerts`: what is wrong now, who was told, and what people do about it."""

import secrets
import time
from pathlib import Path
from typing import Annotated, Literal

import typer
from msgspec.structs import replace

from tenken.cli.alerting.desk import Desk, at_desk, moment
from tenken.cli.operating.overlay import seconds_of
from tenken.cli.rim import Rim
from tenken.cli.serving.machine import wall_us
from tenken.cli.serving.served import Files
from tenken.config.environment import process_environment
from tenken.config.operating.alerting import Receiver
from tenken.errors import UsageError
from tenken.keeper.alerts.deliver import arrived, failed
from tenken.keeper.alerts.posting import NotSent
from tenken.keeper.alerts.receivers.reach import Reach, stored
from tenken.keeper.alerts.settings import writer_of
from tenken.keeper.alerts.telling import Notice
from tenken.messages.speech import Language, Speech
from tenken.sentence import say
from tenken.store.watch.alert import Alert, State
from tenken.store.watch.alerts import Alerts
from tenken.store.watch.outbox import Delivery, Outbox, Progress
from tenken.store.watch.silences import Silence, Silences

Action = Literal["list", "test", "ack", "silence", "unsilence", "receipts"]
LISTED = 50
REASON_MAX = 400
HANDED_S = 60.0
"""How long it is waited for the keeper to hand a test over."""
LOOKED_EVERY_S = 0.5


def alerts(
    ctx: typer.Context,
    action: Annotated[Action, typer.Argument(help="cli.argument_alerts_action")] = "list",
    subject: Annotated[str, typer.Argument(help="cli.argument_alerts_subject")] = "",
    *,
    for_: Annotated[str, typer.Option("--for", help="cli.option_alerts_for")] = "",
    reason: Annotated[str, typer.Option(help="cli.option_overlay_reason")] = "",
    actor: Annotated[str, typer.Option(help="cli.option_alerts_actor")] = "",
    past: Annotated[bool, typer.Option("--past", help="cli.option_alerts_past")] = False,
    keeper: Annotated[bool, typer.Option("--keeper", help="cli.option_alerts_keeper")] = False,
    path: Annotated[Path, typer.Option(help="cli.argument_path")] = Path(),
    platform: Annotated[Path | None, typer.Option(help="cli.option_platform")] = None,
    environment: Annotated[str, typer.Option(help="cli.option_environment")] = "",
    state: Annotated[Path | None, typer.Option(help="cli.option_gateway_state")] = None,
) -> None:
    """Do one thing with alerts."""
    rim: Rim = ctx.obj
    files = Files(folder=path, platform=platform, environment=environment, kept=state)
    code = 0
    with at_desk(files, rim.clock, actor=actor) as desk:
        match action:
            case "list":
                _list(rim, desk, past=past)
            case "test":
                code = _test(rim, desk, subject, through_keeper=keeper)
            case "ack":
                _acknowledge(rim, desk, subject)
            case "silence":
                _silence(rim, desk, subject, length=for_, reason=reason)
            case "unsilence":
                _unsilence(rim, desk, subject)
            case "receipts":
                _receipts(rim, desk, subject)
    raise typer.Exit(code)


def _list(rim: Rim, desk: Desk, *, past: bool) -> None:
    known = Alerts(desk.engine)
    found = known.newest(LISTED) if past else known.open()
    if desk.app.alerts.by != "tenken":
        rim.say(say("alerts.by_other", by=desk.app.alerts.by))
    if not found:
        rim.say(say("alerts.none_open"))
    for one in found:
        what = rim.speech(one.what)
        line = f"{one.id}  {one.severity:6}  {one.standing:12}  {moment(one.since)}  {one.key}"
        rim.write(f"{line}  {what}")
    for silence in Silences(desk.engine).standing(desk.now):
        until, who = moment(silence.expires_at), f"{silence.owner}: {silence.reason}"
        rim.write(f"{silence.id}  silence  {silence.pattern}  {until}  {who}")


def _acknowledge(rim: Rim, desk: Desk, name: str) -> None:
    if not name:
        raise UsageError("alerts.ack_needs")
    known = Alerts(desk.engine)
    found = known.find(name)
    if found is None:
        raise UsageError("alerts.no_such_alert", name=name[:40])
    if not known.acknowledge(name, actor=desk.actor, at=desk.now):
        raise UsageError("alerts.not_firing", name=name[:40], state=found.standing)
    rim.say(say("alerts.acknowledged", name=name, actor=desk.actor))


def _silence(rim: Rim, desk: Desk, pattern: str, *, length: str, reason: str) -> None:
    plain = " ".join(reason.split())[:REASON_MAX]
    if not (pattern and length and plain):
        raise UsageError("alerts.silence_needs")
    one = Silence(
        id=secrets.token_hex(4),
        pattern=pattern[:200],
        owner=desk.actor,
        reason=plain,
        created_at=desk.now,
        expires_at=desk.now + seconds_of(length) * 1_000_000,
    )
    Silences(desk.engine).add(one)
    until = moment(one.expires_at)
    rim.say(say("alerts.silenced", id=one.id, pattern=one.pattern, until=until))


def _unsilence(rim: Rim, desk: Desk, name: str) -> None:
    if not Silences(desk.engine).withdraw(name, actor=desk.actor, at=desk.now):
        raise UsageError("alerts.no_such_silence", id=name[:40])
    rim.say(say("alerts.unsilenced", id=name))


def _receipts(rim: Rim, desk: Desk, receiver: str) -> None:
    found = Outbox(desk.engine).newest(LISTED, receiver=receiver)
    if not found:
        rim.say(say("alerts.none_told"))
    for one in found:
        times = f"{moment(one.created_at)}  {moment(one.ended_at)}"
        state = f"{one.state.value:8}  {one.attempts}"
        rim.write(f"{times}  {state}  {one.receiver}  {one.reason}  {one.alerts}  {one.answer}")


def _test(rim: Rim, desk: Desk, name: str, *, through_keeper: bool) -> int:
    """Send a message that can be told from all others; gives the exit code."""
    known = ", ".join(sorted(desk.receivers)) or "wording.none_there"
    if not name:
        raise UsageError("alerts.test_needs", known=known)
    if name not in desk.receivers:
        raise UsageError("alerts.no_such_receiver", name=name[:40], known=known)
    nonce = secrets.token_hex(4)
    outbox, receiver = Outbox(desk.engine), desk.receivers[name]
    one = test_of(desk, receiver, nonce)
    if through_keeper:
        outbox.put(one)
        after = _handed_over(outbox, one)
    else:
        after = _sent(desk, receiver, one)
        outbox.put(after)
    arrived_there = after.state is Progress.SENT
    told = "alerts.test_sent" if arrived_there else "alerts.test_failed"
    rim.say(say(told, receiver=name, nonce=nonce, answer=after.answer or "-"))
    return 0 if arrived_there else 1


def test_of(desk: Desk, receiver: Receiver, nonce: str) -> Delivery:
    """Give the message of a test, as an alert's would be."""
    settings = desk.app.alerts
    alert = Alert(
        id=f"test-{nonce}",
        key=f"test/{receiver.name}",
        kind="test",
        severity="info",
        state=State.FIRING,
        since=desk.now,
        changed_at=desk.now,
        heard_at=desk.now,
        what=say("alerts.test", receiver=receiver.name, nonce=nonce),
    )
    notice = Notice(id=alert.id, receiver=receiver.name, reason="tested", alerts=(alert,))
    speech = Speech(Language(receiver.language or settings.language))
    message = writer_of(desk.app, desk.manifest.environment).message(notice, speech, desk.now)
    return Delivery(
        id=alert.id,
        receiver=receiver.name,
        reason="tested",
        alerts=alert.id,
        body=stored(receiver, message),
        state=Progress.DUE,
        created_at=desk.now,
        due_at=desk.now,
    )


def _sent(desk: Desk, receiver: Receiver, one: Delivery) -> Delivery:
    try:
        reach = Reach(process_environment())
        answer = reach.hand_over(receiver, one.body, id_=one.id, now=desk.now)
    except NotSent as failure:
        final = NotSent(failure.why, final=True)  # a person waits: it is not tried again later
        return failed(one, final, wall_us())
    return arrived(one, answer, wall_us())


def _handed_over(outbox: Outbox, one: Delivery) -> Delivery:
    """Wait until the keeper has sent it: that is the way an alert goes."""
    until = time.monotonic() + HANDED_S
    while time.monotonic() < until:
        found = next((it for it in outbox.of_alert(one.alerts) if it.id == one.id), one)
        if found.state is not Progress.DUE or found.attempts:
            return found
        time.sleep(LOOKED_EVERY_S)
    return replace(one, answer="no keeper")
