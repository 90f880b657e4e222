"""Every drill that `tenken prove` knows, by the item that it proves."""

from collections.abc import Mapping
from types import MappingProxyType

from tenken.drills.prove import retries
from tenken.drills.prove.drill import Drill

DRILLS: Mapping[str, Drill] = MappingProxyType({drill.item: drill for drill in (retries.DRILL,)})
