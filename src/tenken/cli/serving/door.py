"""The address at which it is listened, opened before anything is served, and what it shows."""

import asyncio
import errno
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tenken.cli.rim import Rim
from tenken.cli.serving.served import Files, stamp_of
from tenken.config.serving import GatewaySettings
from tenken.errors import UsageError
from tenken.sentence import Sentence, say
from tenken.transport.tls import Certificate

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
BACKLOG = 2048
LOOK_S = 1.0


@contextmanager
def opened_door(
    rim: Rim, host: str, port: int, *, shown: "Shown | None" = None
) -> Iterator[socket.socket]:
    """Listen; raises UsageError where that cannot be."""
    if host not in LOOPBACK and shown is None:
        rim.say(say("gateway.open_host", host=host))
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        door = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise UsageError("serving.taken", host=host, port=port) from error
        why = error.strerror or str(error)
        raise UsageError("serving.cannot_listen", host=host, port=port, why=why) from error
    with door:
        door.setblocking(False)
        yield door


class Shown:
    """The certificate of a door, and whether its files hold another one by now."""

    def __init__(self, files: tuple[Path, Path], tell: Callable[[Sentence], None]) -> None:
        """Read it; raises UsageError."""
        self._files = files
        self._tell = tell
        self._stamp = self._seen = self._stamped()
        try:
            self.certificate = Certificate(*files)
        except OSError as error:
            raise UsageError("serving.bad_certificate", **_bad(files, error)) from error

    async def kept(self) -> None:
        """Look for as long as the door is open."""
        while True:
            await asyncio.sleep(LOOK_S)
            self.look()

    def look(self) -> None:
        """Show what is there when it was there before: between two files nothing fits."""
        stamp = self._stamped()
        written, self._seen = stamp == self._seen, stamp
        if stamp == self._stamp or not written:
            return
        self._stamp = stamp
        try:
            self.certificate.read_again()
        except OSError as error:
            self._tell(say("serving.certificate_not_renewed", **_bad(self._files, error)))
        else:
            self._tell(say("serving.certificate_renewed", certificate=str(self._files[0])))

    def _stamped(self) -> tuple[tuple[int, int, int], ...]:
        return tuple(stamp_of(path) for path in self._files)


def shown_of(
    files: Files, settings: GatewaySettings, tell: Callable[[Sentence], None]
) -> Shown | None:
    """Give what the settings have the door show; raises UsageError."""
    if settings.tls is None:
        return None
    paths = (settings.tls.certificate, settings.tls.key)
    certificate, key = (files.within(path) for path in paths)
    return Shown((certificate, key), tell)


def _bad(files: tuple[Path, Path], error: OSError) -> dict[str, str]:
    certificate, key = map(str, files)
    why = getattr(error, "reason", None) or error.strerror or type(error).__name__
    return {"certificate": certificate, "key": key, "why": str(why)}
