"""How `tenken serve` starts the console, and what it tells it."""

from msgspec.structs import replace

from tenken.cli.rim import Rim
from tenken.cli.serving.served import Files
from tenken.cli.serving.supervising.child import ChildSpec, command
from tenken.cli.serving.supervising.crew import Start

CONSOLE = "tenken.cli.consoling.supervised"


class ConsoleSpec(ChildSpec, frozen=True, kw_only=True):
    """What the console is told."""

    folder: str
    keys: str


def console_of(rim: Rim, files: Files, line: int) -> Start:
    """Give how the console is started; `line` reads as ended when we are gone."""
    spec = ConsoleSpec(
        language=rim.speech.language,
        state=str(files.state.absolute()),
        lifeline=line,
        folder=str(files.folder),
        keys=str(files.keys),
    )
    return Start(
        name="console",
        command=lambda reports: command(CONSOLE, replace(spec, reports=reports)),
        gives=(line,),
        heard=lambda _name, _line: None,
        gone=lambda _name: None,
        needed=False,
    )
