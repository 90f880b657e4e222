"""`tenken ledger`: hands the ledger to analytics, and takes out of it what is not to stay."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import re2
import typer
from msgspec import Struct
from sqlalchemy import Engine

from tenken.cli.rim import Rim
from tenken.cli.serving.apply import store_of
from tenken.cli.serving.machine import session_key, wall_us
from tenken.cli.serving.served import Files
from tenken.cli.writing import write_text
from tenken.config.application import Application
from tenken.config.environment import process_environment
from tenken.errors import UsageError
from tenken.gateway.hearing.hear import SUBMITTER, feedback_hash, hashed
from tenken.gateway.read import session_hash
from tenken.journal.keys import ring_of
from tenken.keeper.exporting.datasets import STORED
from tenken.keeper.exporting.export import Export, Written
from tenken.keeper.exporting.lookml import looked_at
from tenken.keeper.exporting.parquet import Parquet
from tenken.keeper.retention.work import SOON_S, Retaining, limits_of
from tenken.pattern import Pattern
from tenken.sentence import say
from tenken.store.months import month_of
from tenken.store.people.audit import Audit, Entry
from tenken.store.retention.forgetting import Forgetting, Forgotten, Whose

Action = Literal["export", "retain", "delete", "lookml"]
TOLD = Pattern(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}")
"""A connection of Looker's, or `project.dataset`: nothing that ends a text of LookML."""
REASON_MAX = 400
SECRET = re2.compile(r"//[^/@]*@")
"""Whoever an address names, and with which password."""


class Named(Struct, frozen=True, kw_only=True):
    """Whose records a person asked to be deleted, why, and who asked."""

    user: str
    session: str
    caller: str
    reason: str
    actor: str
    dry: bool


def ledger(
    ctx: typer.Context,
    action: Annotated[Action, typer.Argument(help="cli.argument_ledger_action")],
    to: Annotated[str, typer.Argument(help="cli.argument_ledger_to")] = "",
    *,
    since: Annotated[str, typer.Option(help="cli.option_ledger_since")] = "",
    texts: Annotated[bool, typer.Option("--texts", help="cli.option_ledger_texts")] = False,
    connection: Annotated[str, typer.Option(help="cli.option_ledger_connection")] = "tenken",
    tables: Annotated[str, typer.Option(help="cli.option_ledger_tables")] = "tenken",
    user: Annotated[str, typer.Option(help="cli.option_ledger_user")] = "",
    session: Annotated[str, typer.Option(help="cli.option_ledger_session")] = "",
    caller: Annotated[str, typer.Option(help="cli.option_ledger_caller")] = "",
    dry: Annotated[bool, typer.Option("--dry", help="cli.option_ledger_dry")] = False,
    reason: Annotated[str, typer.Option(help="cli.option_ledger_reason")] = "",
    actor: Annotated[str, typer.Option(help="cli.option_ledger_actor")] = "",
    path: Annotated[Path, typer.Option(help="cli.argument_path")] = Path(),
    platform: Annotated[Path | None, typer.Option(help="cli.option_platform")] = None,
    environment: Annotated[str, typer.Option(help="cli.option_environment")] = "",
    state: Annotated[Path | None, typer.Option(help="cli.option_gateway_state")] = None,
) -> None:
    """Do one thing with the ledger."""
    rim: Rim = ctx.obj
    if action == "lookml":
        _lookml(rim, to, connection=connection, tables=tables)
        return
    files = Files(folder=path, platform=platform, environment=environment, kept=state)
    application = files.manifest(rim.clock.now().date()).application
    with store_of(files, application.gateway.store) as engine:
        match action:
            case "export":
                whole = _whole_since(engine, application)
                ring = ring_of(application.gateway.texts, process_environment())
                export = Export(
                    engine, _destination(to), Parquet(), now=wall_us, texts=ring if texts else None
                )
                entry = _handed_out(to, _actor(actor), application)
                with _on_record(Audit(engine), entry) if texts else nullcontext():
                    _export(rim, export, to, since=since, whole_since=whole)
            case "retain":
                _retain(rim, engine, application)
            case _:
                named = Named(
                    user=user,
                    session=session,
                    caller=caller,
                    reason=" ".join(reason.split()),
                    actor=_actor(actor),
                    dry=dry,
                )
                _delete(rim, Forgetting(engine), named, files=files, application=application)


def _lookml(rim: Rim, to: str, *, connection: str, tables: str) -> None:
    if not to:
        raise UsageError("ledger.no_folder")
    for said in (connection, tables):
        if not TOLD.fullmatch(said):
            raise UsageError("ledger.bad_lookml_name", said=said[:40])
    for one in looked_at(connection, tables):
        write_text(Path(to) / one.name, one.text)
        rim.say(say("ledger.lookml_written", path=str(Path(to) / one.name)))


def _actor(said: str) -> str:
    return " ".join(said.split())[:80] or getpass.getuser()


@contextmanager
def _on_record(audit: Audit, entry: Entry) -> Iterator[None]:
    """Note what is about to be done, and how it went; files of it are its owner's alone."""
    number, before = audit.begin(entry), os.umask(0o077)
    try:
        yield
    except BaseException:
        audit.end(number, "failed")
        raise
    finally:
        os.umask(before)
    audit.end(number, "done")


def _handed_out(to: str, actor: str, application: Application) -> Entry:
    return Entry(
        at=wall_us(),
        actor=actor,
        application=application.application.name,
        action="texts_exported",
        subject=SECRET.sub("//", to)[:200],
    )


def _destination(to: str) -> str:
    if not to:
        raise UsageError("ledger.no_destination")
    return to


def _export(rim: Rim, export: Export, to: str, *, since: str, whole_since: int) -> None:
    def told(one: Written) -> None:
        rows = {name: count for name, count in one.rows.items() if name != STORED.name}
        rim.say(say("ledger.day_written", day=str(one.day), **rows))
        if STORED.name in one.rows:
            rim.say(say("ledger.texts_written", day=str(one.day), texts=one.rows[STORED.name]))

    done = export.run(since=_day(since), whole_since=whole_since, told=told)
    if done.kept:
        rim.say(say("ledger.files_kept", days=done.kept))
    if done.written:
        rim.say(say("ledger.exported", days=done.written, place=to))
    else:
        rim.say(say("ledger.nothing_new", place=to))


def _whole_since(engine: Engine, application: Application) -> int:
    """Give since when no request has gone for its age."""
    limit = limits_of(application.retention, wall_us()).exchanges
    if limit is None:
        return 0
    return month_of(limit).first if engine.dialect.name == "postgresql" else limit


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError as error:
        raise UsageError("ledger.bad_day", said=said[:40]) from error


def _retain(rim: Rim, engine: Engine, application: Application) -> None:
    """Do what the keeper does every hour, now; two that do it at once do no harm."""
    work = Retaining(engine, settings=lambda: application.retention, lease=_Mine(), holder="")
    while work.step(wall_us()) == SOON_S:
        pass
    if application.retention.exchanges_days is None:
        rim.say(say("ledger.kept_for_ever"))
    rim.say(say("ledger.retained"))


class _Mine:
    """A lease that whoever sits before the machine has."""

    def hold(self, name: str, holder: str, now: int, seconds: float) -> bool:  # noqa: ARG002
        """Hold it."""
        return True


def _delete(
    rim: Rim, forgetting: Forgetting, named: Named, *, files: Files, application: Application
) -> None:
    whose = _whose(forgetting, named, files=files, application=application)
    if named.dry:
        found = forgetting.count(whose)
        rim.say(say("ledger.would_go", exchanges=found.exchanges, feedback=found.feedback))
        return
    if not named.reason or len(named.reason) > REASON_MAX:
        raise UsageError("ledger.no_reason", most=REASON_MAX)
    audit = Audit(forgetting.engine)
    number = audit.begin(_entry(named, whose, application))
    gone = Forgotten()
    for some in _all(forgetting, whose):
        gone = gone.plus(some)
    audit.end(number, "done")
    rim.say(say("ledger.gone", exchanges=gone.exchanges, feedback=gone.feedback))


def _all(forgetting: Forgetting, whose: Whose) -> Iterator[Forgotten]:
    while (some := forgetting.some(whose)) != Forgotten():
        yield some


def _entry(named: Named, whose: Whose, application: Application) -> Entry:
    """Note hashes: the log of changes outlives what is deleted, and is to hold no person."""
    subject = ", ".join((*whose.sessions, *([f"caller {whose.caller}"] if whose.caller else [])))
    return Entry(
        at=wall_us(),
        actor=named.actor,
        application=application.application.name,
        action="ledger_delete",
        subject=subject,
        detail=named.reason,
    )


def _whose(
    forgetting: Forgetting, named: Named, *, files: Files, application: Application
) -> Whose:
    if not (named.user or named.session or named.caller):
        raise UsageError("ledger.nobody")
    if named.user and named.session:
        raise UsageError("ledger.both")
    said = named.user or named.session
    if not said:
        return Whose(caller=named.caller)
    key = session_key(files.state, application.gateway.session_key_env, process_environment())
    sessions = session_hash(key)
    sessions.update(said.encode())
    submitters = feedback_hash(key)
    return Whose(
        # As it was named, or as it stands in a record.
        sessions=(sessions.hexdigest(), *([named.session] if named.session else [])),
        submitters=tuple(
            hashed(submitters, SUBMITTER, one, named.user) for one in forgetting.callers()
        )
        if named.user
        else (),
        caller=named.caller,
    )
