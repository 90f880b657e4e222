"""Help and usage errors in the reader's language: Typer's own words are English, so ours replace.

Typer carries its own click without public names: classes are found through those that have one.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import typer

from tenken.messages.speech import Speech

Base: Any = typer.Context.formatter_class
METAVARS: Mapping[str, str] = MappingProxyType(
    {"path": "PATH", "str": "TEXT", "int range": "N", "float range": "N", "int": "N"}
)
HEADINGS: Mapping[str, str] = MappingProxyType(
    {"Arguments": "cli.arguments", "Options": "cli.options"}
)
OWN: Mapping[str, str] = MappingProxyType(
    {
        "Show this message and exit.": "cli.option_help",
        "Install completion for the current shell.": "cli.option_install_completion",
        "Show completion for the current shell, to copy it or customize the installation.": (
            "cli.option_show_completion"
        ),
    }
)
"""What Typer says of the options it adds by itself."""


def translate(command: Any, speech: Speech) -> None:
    """Say the help of a command, whose options name theirs by message id, in one language."""
    command.context_class = _context(command.context_class, speech)
    for parameter in command.params:
        if parameter.help and parameter.help.startswith("cli."):
            parameter.help = speech.text(parameter.help)
        if not parameter.metavar:
            parameter.metavar = _metavar(parameter)


def _metavar(parameter: Any) -> str | None:
    if parameter.param_type_name == "option":
        return METAVARS.get(parameter.type.name)
    return f"{parameter.name.upper()}{'...' if parameter.nargs != 1 else ''}"


def usage_error(error: Any, speech: Speech) -> str:
    """Say what is wrong with a command line, and where its help is."""
    said = f"tenken: {_wrong(error, speech)}"
    command = error.ctx.command_path if error.ctx else "tenken"
    return f"{said}\n{speech.text('cli.see_help', command=command)}"


def _wrong(error: Any, speech: Speech) -> str:
    name = type(error).__name__
    if name == "NoSuchOption":
        if near := ", ".join(sorted(error.possibilities or ())):
            return speech.text("cli.no_such_option", name=error.option_name, near=near)
        known = ", ".join(_options(error.ctx.command))
        return speech.text("cli.no_such_option_of", name=error.option_name, known=known)
    if name == "BadOptionUsage":
        return speech.text("cli.no_value", name=error.option_name)
    if name == "MissingParameter":
        known = ", ".join(getattr(error.param.type, "choices", ()))
        id_ = "cli.missing_of" if known else "cli.missing"
        return speech.text(id_, name=_shown(error.param), known=known)
    if isinstance(error, typer.BadParameter) and error.param is not None:
        return _bad_value(error.param, speech)
    detail = error.format_message()
    if "unexpected extra argument" in detail:
        return speech.text("cli.too_many", extra=_extra(detail))
    return speech.text("cli.misused", detail=detail)


def _options(command: Any) -> list[str]:
    """Give the long names of what a command takes."""
    options = [one for one in command.params if one.param_type_name == "option"]
    return [max(one.opts, key=len) for one in options]


def _extra(detail: str) -> str:
    """The arguments that nobody asked for: `... argument(s) (a b)`."""
    return detail.partition(") (")[2].removesuffix(".").removesuffix(")")


def _bad_value(parameter: Any, speech: Speech) -> str:
    """Say what a parameter takes, where that is a number or one of several words."""
    name, kind = _shown(parameter), parameter.type
    if known := ", ".join(getattr(kind, "choices", ())):
        return speech.text("cli.one_of", name=name, known=known)
    least, most = getattr(kind, "min", None), getattr(kind, "max", None)
    if least is not None and most is not None:
        return speech.text("cli.number_between", name=name, least=least, most=most)
    if least is not None:
        return speech.text("cli.number_from", name=name, least=least)
    if kind.name in {"integer", "float"}:
        return speech.text("cli.number", name=name)
    return speech.text("cli.bad_value", name=name)


def _shown(parameter: Any) -> str:
    given = parameter.opts if parameter.param_type_name == "option" else [parameter.metavar]
    return str(given[0])


def _context(base: Any, speech: Speech) -> Any:
    class Formatter(Base):  # type: ignore[misc]
        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            # What has to be given stands in braces, which say nothing to whoever reads a usage.
            bare = args.replace("{", "").replace("}", "")
            super().write_usage(prog, bare, prefix or f"{speech.text('cli.usage')} ")

        def section(self, name: str) -> Any:
            return super().section(speech.text(HEADINGS[name]) if name in HEADINGS else name)

        def write_dl(self, rows: Sequence[tuple[str, str]], *given: Any, **named: Any) -> None:
            super().write_dl([(name, _own(said, speech)) for name, said in rows], *given, **named)

    return type("Context", (base,), {"formatter_class": Formatter})


def _own(said: str, speech: Speech) -> str:
    if said in OWN:
        return speech.text(OWN[said])
    default = f"[{speech.text('cli.default')}: "
    return said.replace("[default: ", default).replace("[required]", speech.text("cli.required"))
