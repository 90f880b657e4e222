"""Environments: what dev, stg or prod puts in place of what all of them share."""

from collections.abc import Iterator
from itertools import chain
from typing import Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from tenken.config.application import Application, Route
from tenken.config.manifest import Manifest
from tenken.config.node import Path
from tenken.config.operating.objectives import Slo
from tenken.errors import UsageError

Entry = TypeVar("Entry", bound=Route | Slo)


class Written(Struct, Generic[Entry], frozen=True):
    """An entry and where it stands in the file."""

    entry: Entry
    path: Path


def every_route(application: Application) -> Iterator[Written[Route]]:
    """The routes that all environments share, then those of each."""
    yield from _at(application.routes, ("routes",))
    for name, environment in application.environments.items():
        yield from _at(environment.routes, ("environments", name, "routes"))


def every_slo(application: Application) -> Iterator[Written[Slo]]:
    """The SLOs that all environments share, then those of each."""
    yield from _at(application.slos, ("slos",))
    for name, environment in application.environments.items():
        yield from _at(environment.slos, ("environments", name, "slos"))


def resolved(manifest: Manifest, environment: str) -> Manifest:
    """The manifest as one environment has it: an entry replaces the shared one of its name."""
    application = manifest.application
    own = application.environments.get(environment)
    if own is None:
        known = ", ".join(application.environments) or "wording.none_there"
        raise UsageError("config.no_such_environment", name=environment, known=known)
    above: Path = ("environments", environment)
    routes = _overlaid(_at(application.routes, ("routes",)), _at(own.routes, (*above, "routes")))
    slos = _overlaid(_at(application.slos, ("slos",)), _at(own.slos, (*above, "slos")))
    return replace(
        manifest,
        application=replace(
            application,
            routes=tuple(one.entry for one in routes),
            slos=tuple(one.entry for one in slos),
        ),
        environment=environment,
        moved={
            **{("routes", at): one.path for at, one in enumerate(routes)},
            **{("slos", at): one.path for at, one in enumerate(slos)},
        },
    )


def _at(entries: tuple[Entry, ...], path: Path) -> Iterator[Written[Entry]]:
    return (Written(entry, (*path, at)) for at, entry in enumerate(entries))


def _overlaid(
    shared: Iterator[Written[Entry]], own: Iterator[Written[Entry]]
) -> tuple[Written[Entry], ...]:
    return tuple({one.entry.name: one for one in chain(shared, own)}.values())
