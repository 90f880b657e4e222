"""What `tenken.yaml` says of spikes: what is compared with the usual, and how much is too much."""

from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct

Measure = Literal["tokens", "cost", "error_rate", "latency", "guard_matches"]
Resource = Literal["cpu", "memory", "instances", "connections"]
RESOURCES: tuple[Resource, ...] = get_args(Resource)
MEASURES: tuple[Measure, ...] = get_args(Measure)


class SpikeSettings(Struct, frozen=True, kw_only=True):
    """When more than usual is told; an empty list turns its part off."""

    measures: tuple[Measure, ...] = MEASURES
    resources: tuple[Resource, ...] = RESOURCES
    """What the processes of all machines take together, compared with the usual, too."""
    times_min: Annotated[float, Meta(ge=1.1, le=100)] = 2.0
    """So many times the usual of that hour of the week, at least."""
    requests_min: Annotated[int, Meta(ge=1, le=1_000_000)] = 20
    """In fewer requests than this, in a quarter of an hour, nothing is seen."""
    severity: Literal["page", "ticket", "info"] = "ticket"
