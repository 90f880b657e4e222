"""Which probes there are: nine modules, one per section; the catalogue names their functions."""

import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType, ModuleType

from tenken.evidence import Answer
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes import (
    goals,
    monitoring,
    organisation,
    quality,
    resilience,
    safety,
    scalability,
    security,
    stability,
)

Probe = Callable[[Survey], Answer]
MODULES: tuple[ModuleType, ...] = (
    goals, stability, scalability, resilience, safety, monitoring, quality, security, organisation,
)  # fmt: skip
VERSION = 3
"""Raised when any probe changes what it accepts, so that older evidence can be told apart."""


def probes() -> Mapping[str, Probe]:
    """Every probe by its name."""
    return MappingProxyType(
        {
            name: function
            for module in MODULES
            for name, function in inspect.getmembers(module, inspect.isfunction)
            if function.__module__ == module.__name__ and not name.startswith("_")
        }
    )
