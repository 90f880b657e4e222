"""`fly.toml`: applications on Fly.io."""

import tomllib
from collections.abc import Iterator, Mapping

from tenken.place import Place
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.stages import stage_of
from tenken.readiness.facts.exposure import Listener
from tenken.readiness.facts.infrastructure import (
    Container,
    Figure,
    Platform,
    Scaling,
    Source,
    Variable,
    Workload,
)
from tenken.readiness.facts.tree import Entry, Role, Tree

MAX_SIZE = 100_000
STARTED = "auto_start_machines"
Table = Mapping[str, object]


def read_fly(tree: Tree, found: Found) -> None:
    """Read every file of that name, `fly.staging.toml` too."""
    for entry in tree.entries:
        if not (entry.name.startswith("fly.") and entry.suffix == ".toml"):
            continue
        text = tree.text(entry.path) if entry.role is Role.PRODUCTION else None
        table = _table(text) if isinstance(text, str) and len(text) <= MAX_SIZE else {}
        if isinstance(text, str) and isinstance(table.get("app"), str):
            _Reader(entry, text, table).read(found)


def _table(text: str) -> Table:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


class _Reader:
    """One file, with the line on which a word of it stands."""

    def __init__(self, entry: Entry, text: str, table: Table) -> None:
        self._path = entry.path
        self._lines = text.splitlines()
        self._table = table
        self._name = str(table["app"])

    def _place(self, word: str) -> Place:
        numbered = enumerate(self._lines, start=1)
        line = next((at for at, said in numbered if word in said.partition("#")[0]), 1)
        return Place(self._path, line)

    def read(self, found: Found) -> None:
        """What runs, and through which doors it is reached."""
        doors = tuple(self._doors())
        found.listeners.extend(doors)
        found.workloads.append(
            Workload(
                name=self._name,
                kind="Fly app",
                platform=Platform.FLY,
                source=Source.FLY,
                place=self._place("app"),
                serves=bool(doors),
                stage=stage_of(self._path) or stage_of(self._name),
                containers=(
                    Container(
                        name=self._name,
                        place=self._place("app"),
                        variables=tuple(self._variables()),
                        more_variables=True,  # `fly secrets` keeps others
                    ),
                ),
                scalings=tuple(self._scalings()),
            )
        )

    def _variables(self) -> Iterator[Variable]:
        stated = self._table.get("env")
        for name, value in (stated if isinstance(stated, dict) else {}).items():
            yield Variable(name=name, place=self._place(name), value=str(value))

    def _services(self) -> Iterator[Table]:
        stated = [self._table.get("http_service")]
        listed = self._table.get("services")
        stated += listed if isinstance(listed, list) else []
        yield from (one for one in stated if isinstance(one, dict))

    def _doors(self) -> Iterator[Listener]:
        whole = self._table.get("http_service")
        if isinstance(whole, dict):
            forced = whole.get("force_https") is True
            written = "force_https" if forced else "http_service"
            yield self._door(443, written, encrypted=True)
            if not forced:
                yield self._door(80, written, encrypted=False)
        for service in self._services():
            ports = service.get("ports")
            for port in ports if isinstance(ports, list) else ():
                if isinstance(port, dict):
                    yield from self._port(port)

    def _port(self, port: Table) -> Iterator[Listener]:
        handlers = port.get("handlers")
        speaks = [str(one) for one in handlers] if isinstance(handlers, list) else []
        if "tls" in speaks:
            yield self._door(port.get("port"), "tls", encrypted=True)
        elif "http" in speaks and port.get("force_https") is not True:
            yield self._door(port.get("port"), '"http"', encrypted=False)

    def _door(self, port: object, word: str, *, encrypted: bool) -> Listener:
        return Listener(
            place=self._place(word),
            name=f"{self._name}:{port}",
            encrypted=encrypted,
            public=True,
            written=f"{word} (port {port})",
        )

    def _scalings(self) -> Iterator[Scaling]:
        """Machines that are there are started and stopped; how many are there no file says."""
        for service in self._services():
            if service.get(STARTED) is True:
                least = service.get("min_machines_running", 0)
                place = self._place(STARTED)
                yield Scaling(
                    place=place,
                    source=Source.FLY,
                    kind=STARTED,
                    target=self._name,
                    minimum=_figure(least, self._place("min_machines_running")),
                    maximum=Figure(value=None, place=place, written="fly scale count"),
                )
                return


def _figure(value: object, place: Place) -> Figure:
    known = isinstance(value, int) and not isinstance(value, bool)
    return Figure(value=float(str(value)) if known else None, place=place, written=str(value)[:40])
