"""Every drill that `tenken prove` knows, by the item that it proves."""

from collections.abc import Mapping
from types import MappingProxyType

from tenken.drills.prove.drill import Drill
from tenken.drills.prove.items import (
    access,
    alerts,
    allowed,
    failover,
    happy_path,
    input_guard,
    layers,
    output_guard,
    rates,
    retries,
    roles,
    severity,
    timeouts,
    violations,
)

EVERY: tuple[Drill, ...] = (
    timeouts.DRILL,
    rates.DRILL,
    retries.DRILL,
    failover.DRILL,
    input_guard.DRILL,
    output_guard.DRILL,
    violations.DRILL,
    happy_path.DRILL,
    layers.DRILL,
    roles.DRILL,
    access.DRILL,
    allowed.DRILL,
    alerts.ERRORS,
    severity.DRILL,
    alerts.COST,
)
DRILLS: Mapping[str, Drill] = MappingProxyType({drill.item: drill for drill in EVERY})
