"""The address at which it is listened: opened once, before anything is served."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from tenken.cli.rim import Rim
from tenken.errors import UsageError
from tenken.sentence import say

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
BACKLOG = 2048


@contextmanager
def opened_door(rim: Rim, host: str, port: int) -> Iterator[socket.socket]:
    """Listen; raises UsageError where that cannot be."""
    if host not in LOOPBACK:
        rim.say(say("gateway.open_host", host=host))
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        door = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        why = error.strerror or str(error)
        raise UsageError("serving.cannot_listen", host=host, port=port, why=why) from error
    with door:
        door.setblocking(False)
        yield door
