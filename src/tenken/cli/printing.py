"""Prints Rich text where it fits: styled on a terminal, plain and unbroken in a pipe."""

from typing import TextIO

from rich.console import Console

from tenken.cli.rim import Rim

WIDEST = 120


def console(rim: Rim, stream: TextIO) -> Console:
    """A console that breaks no line by itself and guesses no highlights."""
    return Console(
        file=stream, force_terminal=rim.settings.colour, soft_wrap=True, highlight=False
    )


def width_of(stream: TextIO) -> int | None:
    """The width of a terminal, at most WIDEST; None where lines must not be broken."""
    return min(Console(file=stream).width, WIDEST) if stream.isatty() else None
