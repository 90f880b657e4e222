"""Holds an application against its platform: it may tighten a floor and never loosen it."""

from collections.abc import Iterator

from msgspec import Struct

from tenken.config.application import Model
from tenken.config.manifest import Manifest, PlatformFile
from tenken.config.node import Path
from tenken.config.overlays import every_route, every_slo
from tenken.config.platform import ACTIONS, ApprovedModel, GuardFloor, Platform
from tenken.config.values import is_placeholder
from tenken.errors import Problem
from tenken.sentence import Field, say

OF_A_VARIABLE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


def loosened(manifest: Manifest) -> Iterator[Problem]:
    """Every place where the application asks for less than its platform demands."""
    if manifest.platform is None:
        return
    held = _Held(manifest, manifest.platform)
    yield from _calls(held)
    yield from _guards(held)
    yield from _slos(held)
    yield from _models(held)


def contradictions(standard: PlatformFile) -> Iterator[Problem]:
    """What is wrong in a platform file by itself."""
    known = {provider.id for provider in standard.platform.providers}
    for at, model in enumerate(standard.platform.models):
        if model.provider not in known:
            listed = ", ".join(sorted(known)) or "wording.none_there"
            sentence = say(
                "config.leads_nowhere", name=model.provider, part="providers", known=listed
            )
            yield standard.problem(("models", at, "provider"), sentence)
    for at, provider in enumerate(standard.platform.providers):
        credential = provider.credentials
        path: Path = ("providers", at, "credentials")
        if credential and credential.kind != "workload_identity" and not credential.name:
            yield standard.problem(path, say("config.unnamed_credential", kind=credential.kind))
        if credential and credential.kind == "env" and not set(credential.name) <= OF_A_VARIABLE:
            yield standard.problem((*path, "name"), say("config.not_a_reference"))


class _Held(Struct, frozen=True):
    """An application held against its platform."""

    manifest: Manifest
    standard: PlatformFile

    @property
    def platform(self) -> Platform:
        return self.standard.platform

    def says(self, path: Path, *keys: str) -> bool:
        """Whether something stands there in the file: a default is no wish of the application."""
        node = self.manifest.document
        for part in path:
            node = node.items[part] if isinstance(part, int) else node.at(part)
        return bool(node.at(*keys))

    def looser(self, path: Path, floor_path: Path, *, has: Field, floor: Field) -> Problem:
        at = str(self.standard.place("floors", *floor_path))
        return self.manifest.problem(path, say("config.looser", has=has, floor=floor, at=at))

    def above(
        self, path: Path, has: float | None, floor_path: Path, most: float | None
    ) -> Iterator[Problem]:
        if has is not None and most is not None and has > most:
            yield self.looser(path, floor_path, has=has, floor=most)


def _calls(held: _Held) -> Iterator[Problem]:
    floor = held.platform.floors.calls
    for at, model in enumerate(held.manifest.application.models):
        share = model.limits.share if model.limits else None
        path: Path = ("models", at, "limits", "share")
        yield from held.above(path, share, ("calls", "share_max"), floor.share_max)
    for written in every_route(held.manifest.application):
        route = written.entry
        path = (*written.path, "timeout_s")
        longest: Path = ("calls", "timeout_max_s")
        yield from held.above(path, route.timeout_s, longest, floor.timeout_max_s)
        if route.timeout_s is None and held.says(written.path, "timeouts", "total_s"):
            path = (*written.path, "timeouts", "total_s")
            yield from held.above(path, route.timeouts.total_s, longest, floor.timeout_max_s)
        attempts = route.retry.attempts if route.retry else None
        path = (*written.path, "retry", "attempts")
        yield from held.above(path, attempts, ("calls", "attempts_max"), floor.attempts_max)


def _guards(held: _Held) -> Iterator[Problem]:
    for at, floor in enumerate(held.platform.floors.guards):
        yield from _weakened(held, floor, at)
        for written in every_route(held.manifest.application):
            # A route that names no guards has those of the platform.
            if written.entry.guards and floor.id not in written.entry.guards:
                place = str(held.standard.place("floors", "guards", at))
                sentence = say("config.guard_left_out", guard=floor.id, at=place)
                yield held.manifest.problem((*written.path, "guards"), sentence)


def _weakened(held: _Held, floor: GuardFloor, floor_at: int) -> Iterator[Problem]:
    above: Path = ("guards", floor_at)
    for at, rule in enumerate(held.manifest.application.safety.guards):
        if rule.id != floor.id:
            continue
        path: Path = ("safety", "guards", at)
        if ACTIONS.index(rule.action) < ACTIONS.index(floor.action):
            yield held.looser(
                (*path, "action"), (*above, "action"), has=rule.action, floor=floor.action
            )
        if rule.stage != floor.stage:
            yield held.looser((*path, "stage"), above, has=rule.stage, floor=floor.stage)


def _slos(held: _Held) -> Iterator[Problem]:
    for written in every_slo(held.manifest.application):
        slo = written.entry
        for at, floor in enumerate(held.platform.floors.slos):
            if floor.name != slo.name:
                continue
            least, longest = floor.target_percent_min, floor.window_days_max
            if slo.target_percent < least:
                path: Path = (*written.path, "target_percent")
                above: Path = ("slos", at, "target_percent_min")
                yield held.looser(path, above, has=slo.target_percent, floor=least)
            path = (*written.path, "window_days")
            yield from held.above(path, slo.window_days, ("slos", at, "window_days_max"), longest)


def _models(held: _Held) -> Iterator[Problem]:
    approved = {model.model: model for model in held.platform.models}
    app = held.manifest.application
    named = [(("models", at, "model"), model.model) for at, model in enumerate(app.models)]
    listed = [(("allowed_models", at), model) for at, model in enumerate(app.allowed_models)]
    path: Path
    for path, name in (*named, *listed):
        if approved and name not in approved and not is_placeholder(name):
            place = str(held.standard.place("models"))
            sentence = say("config.model_not_approved", model=name, at=place)
            yield held.manifest.problem(path, sentence)
    for at, model in enumerate(app.models):
        yield from _region(held, model, approved.get(model.model), at=at)


def _region(
    held: _Held, model: Model, approved: ApprovedModel | None, *, at: int
) -> Iterator[Problem]:
    allowed = (approved.regions if approved else ()) or held.platform.regions
    if not allowed or not model.region or model.region in allowed or is_placeholder(model.region):
        return
    sentence = say(
        "config.region_not_approved",
        region=model.region,
        allowed=", ".join(allowed),
        at=str(held.standard.place("regions")),
    )
    yield held.manifest.problem(("models", at, "region"), sentence)
