"""The command line: chooses the language, finds the command, makes every error one clear line."""

import atexit
import errno
import gc
import importlib
import os
import sys
import threading
from collections.abc import Sequence
from typing import Any, NoReturn

import typer
from msgspec import Struct
from typer.core import TyperGroup

from tenken import __version__
from tenken.cli.commands import COMMANDS
from tenken.cli.help import translate, usage_error
from tenken.cli.rim import Rim, SystemClock
from tenken.cli.writing import why
from tenken.config.environment import process_environment, read_settings
from tenken.errors import MissingExtra, TenkenError, UsageError
from tenken.messages.speech import Language, Speech

# Typer carries its own click; its base of usage errors has no public name.
ClickUsageError: Any = typer.BadParameter.__base__
OWN_FAULT = 3
OF_THE_MACHINE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM})
"""A disk that is full, a quota, a lock: to be mended outside of us."""


def run() -> None:
    """Run the command line of this process and leave with its exit code."""
    # What an inspection reads lives until it is judged: looking for cycles in it took a fifth of
    # the time and freed a tenth of the memory.
    gc.disable()
    _leave(main(sys.argv[1:]))


def _leave(code: int) -> NoReturn:
    """End at once: to take what was read apart, piece by piece, takes a tenth of the time."""
    gc.freeze()  # else the interpreter, as it ends, looks through all of it once more
    if threading.active_count() > 1:
        raise SystemExit(code)
    atexit._run_exitfuncs()  # noqa: SLF001 - it has no public name
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except OSError:
        raise SystemExit(code) from None  # nobody reads any more: the interpreter says so
    os._exit(code)


def main(arguments: Sequence[str]) -> int:
    """Run one command line; gives the exit code and never a traceback."""
    asked = _asked_language(arguments)
    if isinstance(asked, int):
        return asked
    rim = _rim(asked.language)
    if asked.rest == ("--version",):
        rim.write(f"tenken {__version__}")
        return 0
    try:
        command = _application(rim.speech)
        result = command.main(list(asked.rest), "tenken", standalone_mode=False, obj=rim)
    except TenkenError as error:
        return rim.refuse(error)
    except ClickUsageError as error:
        rim.tell(usage_error(error, rim.speech))
        return UsageError.exit_code
    except (KeyboardInterrupt, typer.Abort):
        rim.tell("")
        return 130
    except BrokenPipeError:
        return _pipe_closed()
    except OSError as error:
        return (
            _own_fault(rim, error) if error.errno not in OF_THE_MACHINE else _refused(rim, error)
        )
    except Exception as fault:  # noqa: BLE001 - the last boundary: our own fault is told in one line
        return _own_fault(rim, fault)
    return result if isinstance(result, int) else 0


def _pipe_closed() -> int:
    # The reader of our output has gone (`tenken items | head`): leave quietly.
    sys.stdout = None
    return 0


def _own_fault(rim: Rim, fault: Exception) -> int:
    if rim.settings.debug:
        raise fault
    rim.tell(rim.speech.text("cli.own_fault", error=type(fault).__name__, detail=str(fault)))
    return OWN_FAULT


def _refused(rim: Rim, error: OSError) -> int:
    if rim.settings.debug:
        raise error
    where = error.filename2 or error.filename
    told = UsageError("cli.machine_refuses", path=str(where), detail=why(error))
    return rim.refuse(told if where else UsageError("cli.machine_refuses_all", detail=why(error)))


def _rim(language: str) -> Rim:
    settings = read_settings(process_environment())
    return Rim(
        speech=Speech(Language(language or settings.language)),
        settings=settings,
        clock=SystemClock(),
    )


class _Asked(Struct, frozen=True):
    language: str
    rest: tuple[str, ...]


def _asked_language(arguments: Sequence[str]) -> _Asked | int:
    """Take `--lang` from wherever it stands, before parsing, so that even errors speak it."""
    rest = list(arguments)
    for position, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name != "--lang":
            continue
        if not equals:
            value = next(iter(arguments[position + 1 :]), "")
        if value not in set(Language):
            known = ", ".join(Language)
            return _rim("").refuse(UsageError("cli.one_of", name="--lang", known=known))
        del rest[position : position + (1 if equals else 2)]
        return _Asked(value, tuple(rest))
    return _Asked("", tuple(rest))


def _application(speech: Speech) -> Any:
    application = typer.Typer(
        name="tenken",
        cls=_group(speech),
        help=speech.text("cli.tenken"),
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    application.callback()(_options)
    group = typer.main.get_command(application)
    translate(group, speech)
    return group


def _options(
    lang: str = typer.Option(
        "", "--lang", help="cli.option_lang", metavar="ja|en", show_default=False
    ),
    version: bool = typer.Option(False, "--version", help="cli.option_version"),
) -> None:
    """Take what was already acted on in `main`: these stand here for the help and completion."""
    _ = lang, version


def _group(speech: Speech) -> type[TyperGroup]:
    """A group that knows its commands by name and imports the one that is run."""

    class Commands(TyperGroup):
        def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - click's signature
            return [name for name in COMMANDS if name != "demo"]

        def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - click's signature
            if cmd_name not in COMMANDS:
                from tenken.config.schema import nearest  # noqa: PLC0415

                near = nearest(cmd_name, COMMANDS)
                id_ = "cli.no_such_command" if near else "cli.no_command"
                raise UsageError(id_, command=cmd_name, near=near)
            return _command(cmd_name, speech)

        def format_commands(self, ctx: Any, formatter: Any) -> None:
            rows = [(name, speech.text(_summary(name))) for name in self.list_commands(ctx)]
            with formatter.section(speech.text("cli.commands")):
                formatter.write_dl(rows)

    return Commands


def _command(name: str, speech: Speech) -> Any:
    try:
        module = importlib.import_module(COMMANDS[name])
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "tenken":
            raise
        raise MissingExtra("cli.missing_extra", extra="serve") from error
    single = typer.Typer(
        rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False
    )
    function = getattr(module, name.replace("-", "_"))
    single.command(name, help=speech.text(_summary(name)))(function)
    command = typer.main.get_command(single)
    translate(command, speech)
    return command


def _summary(name: str) -> str:
    return f"cli.{name.replace('-', '_')}"
