"""KPIs and values that cannot be worked out as they are written."""

from collections.abc import Iterator

from tenken.config.manifest import Manifest
from tenken.config.node import Path
from tenken.config.operating.expression import Unreadable, read_expression
from tenken.errors import Problem
from tenken.sentence import say


def unworkable(manifest: Manifest) -> Iterator[Problem]:
    """Give what is wrong with each."""
    application = manifest.application
    for at, kpi in enumerate(application.kpis):
        path: Path = ("kpis", at)
        if kpi.expression and kpi.query:
            yield manifest.problem((*path, "query"), say("kpi.two_ways"))
        yield from _unreadable(manifest, (*path, "expression"), kpi.expression)
    value = application.value
    yield from _unreadable(manifest, ("value", "success"), value.success)
    if value.success and value.per_success is None:
        yield manifest.problem(("value", "success"), say("kpi.no_worth"))
    if value.per_success is not None and not value.success:
        yield manifest.problem(("value", "per_success"), say("kpi.no_success"))


def _unreadable(manifest: Manifest, path: Path, text: str) -> Iterator[Problem]:
    if not text:
        return
    try:
        read_expression(text)
    except Unreadable as error:
        yield manifest.problem(path, error.sentence)
