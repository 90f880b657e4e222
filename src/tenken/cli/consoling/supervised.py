"""The console as `tenken serve` starts it: ends when told to, or when who started it is gone."""

import signal
from pathlib import Path

from tenken.cli.consoling.running import Console, Ends, allowed, run
from tenken.cli.rim import Rim
from tenken.cli.serving.apply import store_of
from tenken.cli.serving.door import opened_door
from tenken.cli.serving.published import Published
from tenken.cli.serving.supervising.child import report, rim_of, told
from tenken.cli.serving.supervising.consoled import ConsoleSpec
from tenken.errors import TenkenError


def run_told() -> int:
    """Answer until told to end; gives the exit code."""
    spec = told(ConsoleSpec)
    rim = rim_of(spec)
    try:
        _answer(rim, spec)
    except TenkenError as error:
        return rim.refuse(error)
    return 0


def _answer(rim: Rim, spec: ConsoleSpec) -> None:
    files = Published(folder=Path(spec.folder), kept=Path(spec.state), ring=Path(spec.keys))
    application = files.manifest(rim.clock.now().date()).application
    settings = application.console
    allowed(settings, settings.host)
    with (
        store_of(files, application.gateway.store) as engine,
        opened_door(rim, settings.host, settings.port) as door,
    ):
        report(spec, "ready")
        one = Console(
            files=files, name=application.application.name, settings=settings, engine=engine
        )
        run(rim, (one,), door, Ends(signal.SIGTERM, lifeline=spec.lifeline))


if __name__ == "__main__":
    raise SystemExit(run_told())
