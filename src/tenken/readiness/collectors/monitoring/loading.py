"""Which rule files a Prometheus of the repository loads, and whether it sends what they raise."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from msgspec import Struct

from tenken.config.node import Node
from tenken.place import Place
from tenken.readiness.facts.monitoring import Silence, Silenced


class Server(Struct, frozen=True, kw_only=True):
    """The settings of a Prometheus server."""

    place: Place
    files: tuple[str, ...]
    """What it loads, as written."""
    files_place: Place
    sends: bool
    """It names somebody who takes its alerts."""


def server(path: str, body: Node) -> Server | None:
    """Give the settings of a server, unless what it measures is judged elsewhere."""
    if not body.at("scrape_configs") or body.at("remote_write").items:
        return None
    return Server(
        place=Place(path, body.line_of("alerting") or body.line),
        files=tuple(one.text for one in body.at("rule_files").items),
        files_place=Place(path, body.line_of("rule_files") or body.line),
        sends=bool(body.at("alerting", "alertmanagers").items),
    )


def unloaded(path: str, servers: Sequence[Server], mounted: bool) -> Iterator[Silenced]:
    """Why no server of the repository tells anybody of the rules in a file."""
    loading = [one for one in servers if any(_names(it, path) for it in one.files)]
    if servers and not loading and not mounted:
        at = servers[0]
        named = ", ".join(at.files) or "rule_files"
        yield Silenced(because=Silence.NOT_LOADED, place=at.files_place, detail=named)
    elif loading and not any(one.sends for one in loading):
        place = loading[0].place
        yield Silenced(because=Silence.NOT_SENT, place=place, detail="alerting.alertmanagers")


def _names(pattern: str, path: str) -> bool:
    """By the name of the file: the folder in a container is another one."""
    return fnmatchcase(path.rpartition("/")[2], pattern.rpartition("/")[2])
