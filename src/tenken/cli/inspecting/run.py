"""An inspection as every command runs it: opens the folder and takes the survey, then judges.

What judges is loaded while another process is at work on the survey.
"""

import importlib
from time import perf_counter
from typing import TYPE_CHECKING, cast

from msgspec.structs import asdict

from tenken.cli.checklist import extended, find_item, whole_catalogue
from tenken.cli.inspecting.manifests import own_lists
from tenken.cli.inspecting.opening import opening
from tenken.cli.inspecting.progress import Progress
from tenken.cli.inspecting.request import Request, Start
from tenken.cli.rim import Rim
from tenken.config.manifest import Manifest
from tenken.errors import UsageError
from tenken.readiness.catalogue import Tier
from tenken.readiness.collectors.sharing import second_core
from tenken.readiness.collectors.survey import Surveying

if TYPE_CHECKING:
    from tenken.cli.inspecting.judging import Inspected

TIERS = ("A", "B", "C")


def inspect(rim: Rim, request: Request) -> "Inspected":
    """Inspect a folder from beginning to end."""
    began = perf_counter()
    progress = Progress(rim, quiet=request.quiet)
    progress.show(rim.speech.text("cli.reading", root=str(request.path)))
    start = _open(rim, request)
    with Surveying(start.opened, start.manifest, start.now, two=second_core()) as surveying:
        from tenken.cli.inspecting.judging import Taken, judged  # noqa: PLC0415

        for name in request.needed:
            importlib.import_module(name)
        survey, crashes = surveying.taken()
    taken = Taken(survey=survey, crashes=crashes, began=began, progress=progress)
    return judged(rim, request, start, taken)


def _open(rim: Rim, request: Request) -> Start:
    found = opening(
        rim,
        request.path,
        platform=request.platform,
        environment=request.environment,
        state=request.state,
    )
    own = own_lists(found.opened, found.manifest)
    catalogue = extended(whole_catalogue(request.catalogues), own)
    if request.item:
        find_item(catalogue, request.item)
    return Start(**asdict(found), tier=_tier(request.tier, found.manifest), catalogue=catalogue)


def _tier(asked: str, manifest: Manifest | None) -> Tier:
    tier = asked.upper() or (manifest.application.application.tier if manifest else "B")
    if tier not in TIERS:
        raise UsageError("cli.no_such_tier", tier=asked)
    return cast("Tier", tier)
