"""DogStatsD over UDP to the Datadog sidecar. Losing a packet is fine."""

import socket

from app.config import settings

_socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
_socket.setblocking(False)


def _send(line: str, tags: dict[str, str]) -> None:
    tags = {"service": "shift-desk", "env": settings.environment, **tags}
    suffix = ",".join(f"{key}:{value}" for key, value in tags.items())
    try:
        _socket.sendto(f"{line}|#{suffix}".encode(), (settings.statsd_host, settings.statsd_port))
    except OSError:
        pass


def increment(name: str, value: int = 1, **tags: str) -> None:
    _send(f"{name}:{value}|c", tags)


def distribution(name: str, value: float, **tags: str) -> None:
    _send(f"{name}:{value}|d", tags)
