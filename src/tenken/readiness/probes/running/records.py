"""Whether what a gateway puts on record outlives the machine it is written on."""

import posixpath
from collections.abc import Iterator
from pathlib import PurePosixPath

from tenken.evidence import Finding
from tenken.pattern import Pattern
from tenken.readiness.answers import lie
from tenken.readiness.facts.infrastructure import Container, Platform, Workload
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.code.deployed import BEFORE_PRODUCTION

STARTS = Pattern(r"(?:^|[\s/\"'\[])tenken[\"',\s]+(?:serve|gateway)\b")


def lost(survey: Survey) -> Finding | None:
    """A journal of files on an instance of Cloud Run, whose disk goes with the instance."""
    manifest = survey.manifest
    if manifest is None or manifest.application.gateway.journal.durability == "store":
        return None
    journal = manifest.application.gateway.journal
    for workload, box in _gateways(survey):
        if _is_kept(box, journal.path):
            continue
        return lie(
            "probes_4.journal_goes",
            manifest.place("gateway", "journal", "durability"),
            workload=workload.name, durability=journal.durability, at=str(workload.place),
            path=journal.path,
        )  # fmt: skip
    return None


def _gateways(survey: Survey) -> Iterator[tuple[Workload, Container]]:
    """The containers on Cloud Run that start the gateway, by their own command or the image's."""
    images = survey.infrastructure.images
    by_image = bool(images) and all(STARTS.search(one.command) for one in images)
    for workload in survey.infrastructure.workloads:
        is_meant = not workload.stage.startswith(BEFORE_PRODUCTION)
        if workload.platform is not Platform.CLOUD_RUN or not is_meant:
            continue
        for box in workload.containers:
            if STARTS.search(box.command) if box.command else by_image:
                yield workload, box


def _is_kept(box: Container, path: str) -> bool:
    """A volume that outlives the instance, or whose kind is not known, is mounted over it."""
    return any(mount.lasting is not False and _covers(mount.path, path) for mount in box.mounts)


def _covers(mount: str, path: str) -> bool:
    """The mount is the journal's folder or one above; where a program starts is not known."""
    place = PurePosixPath(posixpath.normpath(path))
    above = [place, *place.parents]
    if place.is_absolute():
        return PurePosixPath(mount) in above[:-1]
    return any(one.name and mount.rstrip("/").endswith(f"/{one}") for one in above)
