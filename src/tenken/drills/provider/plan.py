"""Which request meets which fault: a script, a seeded mix, or both. Pure.

A plan is JSON:

    {"script": [{"kind": "status", "status": 503}, {"kind": "none"}],
     "then": {"kind": "none"},
     "mix": [{"share": 0.3, "fault": {"kind": "status", "status": 500}}],
     "seed": 7, "models": {"first": {"then": {"kind": "hang"}}}}

The script is used up in order; then comes `then`, or a draw from the mix, which depends on the
seed and the number of the request alone. A model named in `models` has a plan of its own, and so
has a model under one credential: `first@c0ffee00`, with the digits of the log.
"""

import hashlib
from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from tenken.drills.provider.fault import HEALTHY, Fault
from tenken.errors import UsageError

SPAN = 1 << 64
Watched = Annotated[str, Meta(min_length=4, max_length=200)]


class Share(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fault and the part of requests that meets it."""

    share: Annotated[float, Meta(gt=0, le=1)]
    fault: Fault


class Rates(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the provider enforces, per credential and model."""

    rpm: Annotated[int, Meta(ge=1)] | None = None
    tpm: Annotated[int, Meta(ge=1)] | None = None


class Course(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happens to requests in their order."""

    script: tuple[Fault, ...] = ()
    then: Fault = HEALTHY
    mix: tuple[Share, ...] = ()
    seed: int = 0


class FaultPlan(Course, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole plan."""

    models: Mapping[str, Course] = {}
    rates: Rates = Rates()
    latency_s: Annotated[float, Meta(ge=0, le=60)] = 0.0
    """Before each answer of a provider in good health."""
    between_s: Annotated[float, Meta(ge=0, le=60)] = 0.0
    """Between two pieces of a stream."""
    watch: Annotated[tuple[Watched, ...], Meta(max_length=64)] = ()
    """Values that are looked for in requests: planted ones that must not arrive."""

    def key_of(self, model: str, credential: str) -> str:
        """Give the key in `models` that fits a call; empty where none does."""
        target = target_key(model, credential)
        if target in self.models:
            return target
        return model if model in self.models else ""

    def course_of(self, key: str) -> Course:
        """Give the course behind such a key."""
        return self.models.get(key, self)


def target_key(model: str, credential: str) -> str:
    """Name a model under one credential (by the digits that the log has of it).

    >>> target_key("first", "c0ffee00")
    'first@c0ffee00'
    """
    return f"{model}@{credential}"


def fault_for(course: Course, number: int) -> Fault:
    """Give what the request of this number (from 0) meets."""
    if number < len(course.script):
        return course.script[number]
    if not course.mix:
        return course.then
    at = drawn(course.seed, number)
    edge = 0.0
    for share in course.mix:
        edge += share.share
        if at < edge:
            return share.fault
    return course.then


def plan_from(text: bytes, *, name: str) -> FaultPlan:
    """Read a plan; raises UsageError with the path of what is wrong."""
    try:
        plan = msgspec.json.decode(text, type=FaultPlan)
    except msgspec.DecodeError as error:
        raise UsageError("drills.bad_plan", file=name, why=str(error)) from error
    for where, course in (
        ("", plan),
        *((f"models.{it}.", one) for it, one in plan.models.items()),
    ):
        if sum(share.share for share in course.mix) > 1:
            raise UsageError("drills.bad_plan", file=name, why=f"{where}mix sums to more than 1")
    return plan


def drawn(seed: int, number: int) -> float:
    """Draw from 0 to 1: the same for the same seed and number, on every machine."""
    drawn = hashlib.blake2b(f"{seed}:{number}".encode(), digest_size=8).digest()
    return int.from_bytes(drawn, "big") / SPAN
