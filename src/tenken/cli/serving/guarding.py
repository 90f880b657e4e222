"""The guard that a policy asks for."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from tenken import digest
from tenken.cli.plugging.detectors import plugged
from tenken.cli.plugging.source import CodeFile
from tenken.config.load import PlatformText
from tenken.config.manifest import Manifest, PlatformFile
from tenken.guardrails.detectors import SHIPPED, detectors_for
from tenken.guardrails.guard import Guard
from tenken.guardrails.policy.floors import Floor
from tenken.guardrails.policy.loading import load_policy
from tenken.guardrails.policy.policy import Policy
from tenken.guardrails.text import Direction

STAGES = {"input": Direction.INWARD, "output": Direction.OUTWARD}
SEVERAL = 2
"""The one that is served, and the next one."""


class Beside(Struct, frozen=True):
    """Where the code of a policy is, and what it held when the policy was read."""

    folder: Path
    code: tuple[CodeFile, ...]


def guard_of(
    text: PlatformText | None, manifest: Manifest, today: date, beside: Beside
) -> Guard | None:
    """Make the guard; None without a policy. Raises Malformed with all that is wrong with it."""
    if text is None:
        return None
    return _made(text, tuple(floors_of(manifest.platform)), today, beside)


def floors_of(standard: PlatformFile | None) -> Iterator[Floor]:
    """Give the floors of a platform that a policy is held against."""
    if standard is None:
        return
    for at, floor in enumerate(standard.platform.floors.guards):
        yield Floor(
            risk=floor.id,
            action=floor.action,
            direction=STAGES[floor.stage],
            at=standard.place("floors", "guards", at),
        )


@lru_cache(maxsize=SEVERAL)
def _made(text: PlatformText, floors: tuple[Floor, ...], today: date, beside: Beside) -> Guard:
    """Keys and limits change more often than a policy, whose patterns take a while to compile."""
    policy = load_policy(text.text, file=text.file, detectors=SHIPPED, floors=floors, today=today)
    return guarded(policy, text, beside)


def guarded(policy: Policy, text: PlatformText, beside: Beside) -> Guard:
    """Make a guard of a policy and of the code that it names; raises Malformed."""
    if not policy.code:
        return Guard(policy, detectors_for(policy))
    own = plugged(policy, text, beside.folder, beside.code)
    held = [policy.digest, *(one.digest for one in beside.code)]
    return Guard(replace(policy, digest=digest.of_value(held)), (*detectors_for(policy), *own))
