"""`tenken ask TEXT`: one question to a running gateway, and what it took to answer."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct

from tenken.cli.asking import recorded
from tenken.cli.asking.call import Heard, Question
from tenken.cli.asking.call import ask as asked
from tenken.cli.rim import Rim
from tenken.cli.serving.served import Files
from tenken.config.environment import process_environment
from tenken.config.load import MANIFEST_NAMES
from tenken.errors import UsageError
from tenken.messages.speech import Speech

URL = "http://127.0.0.1:8080/v1"
VARIABLE = "TENKEN_KEY"
ANYWHERE = frozenset({"0.0.0.0", "::", "0:0:0:0:0:0:0:0"})  # noqa: S104 - compared, not bound
KEPT = frozenset("\n\t")
TURNS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""What turns text around: what is read would not be what was said."""
VISIBLE = {
    code: f"\\u{code:04x}"
    for code in (*range(0x20), *range(0x7F, 0xA0), *TURNS)
    if chr(code) not in KEPT
}
"""A model's words may not move the cursor, name the window or write to a clipboard."""


class Known(Struct, frozen=True, kw_only=True):
    """What the settings in a folder say of the gateway that runs by them."""

    url: str = URL
    model: str = ""
    journals: Path | None = None


def ask(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(help="cli.argument_ask_text")],
    *,
    model: Annotated[str, typer.Option(help="cli.option_ask_model")] = "",
    url: Annotated[str, typer.Option(help="cli.option_ask_url", metavar="URL")] = "",
    key: Annotated[str, typer.Option(help="cli.option_ask_key", metavar="NAME")] = VARIABLE,
    path: Annotated[Path, typer.Option(help="cli.argument_path")] = Path(),
    state: Annotated[Path | None, typer.Option(help="cli.option_gateway_state")] = None,
    within: Annotated[
        float, typer.Option(help="cli.option_ask_within", metavar="N", min=0.1)
    ] = 120.0,
) -> None:
    """Ask once."""
    rim: Rim = ctx.obj
    known = _known(rim, Files(folder=path, kept=state))
    chosen = model or known.model
    if not chosen:
        raise UsageError("ask.no_model")
    secret = process_environment().get(key, "").strip()
    if not secret:
        raise UsageError("ask.no_key", name=key)
    question = Question(url=url or known.url, key=secret, model=chosen, text=text, within_s=within)
    heard = asyncio.run(asked(question, _said))
    rim.write("\n\n")
    rim.write("\n".join(f"  {line}" for line in _told(heard, known.journals, rim.speech)))


def _known(rim: Rim, files: Files) -> Known:
    if not any((files.folder / name).is_file() for name in MANIFEST_NAMES):
        return Known()
    application = files.manifest(rim.clock.now().date()).application
    settings, routes = application.gateway, application.routes
    host = "127.0.0.1" if settings.host in ANYWHERE else settings.host
    shown = f"[{host}]" if ":" in host else host
    return Known(
        url=f"{'https' if settings.tls else 'http'}://{shown}:{settings.port}/v1",
        model=routes[0].name if routes else "",
        journals=files.within(settings.journal.path),
    )


def _said(piece: str) -> None:
    sys.stdout.write(piece.translate(VISIBLE))
    sys.stdout.flush()


def _told(heard: Heard, journals: Path | None, speech: Speech) -> Iterator[str]:
    """Tell what it took: by the record where it is on this machine, else as seen from here."""
    record = recorded.with_id(journals, heard.id) if journals and heard.id else None
    if record is not None:
        yield from recorded.lines(record, speech)
        return
    yield speech.text("ask.answered_by", id=heard.id or "-", model=heard.model or "-")
    if heard.read is not None and heard.written is not None:
        yield speech.text("ask.tokens", read=heard.read, written=heard.written)
    yield speech.text(
        "ask.times",
        first=recorded.seconds(heard.first_s or heard.last_s),
        last=recorded.seconds(heard.last_s),
    )
    yield speech.text("ask.not_here")
