"""What verdicts rest on besides the repository: observed evidence, sign-offs and waivers."""

import base64
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from tenken.cli.writing import read_bytes
from tenken.config.manifest import Manifest
from tenken.config.platform import Platform
from tenken.errors import UsageError
from tenken.evidence import Evidence
from tenken.readiness.catalogue import Catalogue, Tier
from tenken.readiness.collectors.authorship import history_of
from tenken.readiness.collectors.git import Opened
from tenken.readiness.evidence.chain import Chain
from tenken.readiness.evidence.envelope import TrustedKey
from tenken.readiness.evidence.store import read_file
from tenken.readiness.evidence.weigh import Scale, weigh
from tenken.readiness.facts.tree import CollectorProblem
from tenken.readiness.gating.waiver import read_waivers
from tenken.readiness.inspection import Grounds, weigh_own
from tenken.readiness.signing.approvals import Approval, read_approvals
from tenken.readiness.signing.court import Court, settle
from tenken.readiness.signing.signoff import SignOff, read_signoffs
from tenken.readiness.signing.vouched import Handed
from tenken.readiness.verdict import Weighed

if TYPE_CHECKING:
    from tenken.cli.looking.live import Fetched

LARGEST_APPROVALS = 5_000_000


class Ground(Struct, frozen=True, kw_only=True):
    """What is inspected, and what a person attached."""

    opened: Opened
    manifest: Manifest | None
    trusting: Platform | None
    """The platform file named on the command line, whose keys are trusted; none without."""
    catalogue: Catalogue
    tier: Tier
    subjects: Mapping[str, str]
    own: tuple[Evidence, ...]
    """What this inspection read in the repository."""
    now: datetime
    kept: Path
    """The evidence kept for this service; none yet where the file is not there."""
    attached: tuple[Path, ...] = ()
    """Files of evidence that a person named, so they must be there."""
    live: "Fetched | None" = None
    """What a running system has handed over, and where that is."""
    url: str = ""
    approvals: Path | None = None


class Grounded(Struct, frozen=True, kw_only=True):
    """The grounds, and what in the attached files could not be read."""

    grounds: Grounds
    problems: tuple[CollectorProblem, ...]


def ground(given: Ground) -> Grounded:
    """Gather everything; raises Malformed for a sign-off, a waiver or approvals that are none."""
    live = (given.live.evidence,) if given.live else ()
    chains = (read_file(given.kept), *map(_attached, given.attached), *live)
    browser = _browser(given)
    signoffs = (*read_signoffs(given.opened.tree, given.catalogue), *browser.signoffs)
    signatures = settle(signoffs, court(given, signoffs))
    grounds = Grounds(
        weighed=(*weigh_own(given.own), *_weighed(chains, given)),
        signed=signatures.signed,
        void=signatures.void,
        waivers=read_waivers(given.opened.tree, given.catalogue, given.now),
    )
    problems = tuple(problem for chain in chains for problem in chain.problems)
    return Grounded(grounds=grounds, problems=(*problems, *browser.problems))


def _browser(given: Ground) -> Handed:
    """What people signed in the console of the running system."""
    if given.live is None:
        return Handed()
    from tenken.cli.looking.live import handed  # noqa: PLC0415

    return handed(
        given.live.signoffs, given.url, service=given.subjects["service"],
        keys=trusted_keys(given.trusting), today=given.now.date(),
    )  # fmt: skip


def court(given: Ground, signoffs: Iterable[SignOff]) -> Court:
    """All that sign-offs are held against."""
    paths = [path for one in signoffs for path in (*_own_path(one), *_signed_paths(one))]
    return Court(
        catalogue=given.catalogue,
        tree=given.opened.tree,
        manifest=given.manifest,
        tier=given.tier,
        now=given.now,
        evidence=given.own,
        history=history_of(given.opened, paths),
        approvals=_approvals(given.approvals),
    )


def trusted_keys(platform: Platform | None) -> tuple[TrustedKey, ...]:
    """The observers whose signed evidence counts."""
    return tuple(
        TrustedKey(name=key.id, public=base64.b64decode(key.public_key), expires_on=key.expires_on)
        for key in (platform.evidence_keys if platform else ())
    )


def _attached(path: Path) -> Chain:
    if not path.is_file():
        raise UsageError("evidence.no_such_file", path=str(path))
    return read_file(path)


def _weighed(chains: Iterable[Chain], given: Ground) -> Iterable[Weighed]:
    scale = Scale(
        subjects=given.subjects,
        trusted=trusted_keys(given.trusting),
        now=given.now,
        not_before=given.opened.repository.committed_at,
    )
    return (one for chain in chains for one in weigh(chain, scale))


def _own_path(signoff: SignOff) -> Iterable[str]:
    return () if signoff.vouched else (signoff.place.path,)


def _signed_paths(signoff: SignOff) -> Iterable[str]:
    return (signed.path for signed in signoff.signed)


def _approvals(path: Path | None) -> tuple[Approval, ...]:
    if path is None:
        return ()
    return read_approvals(read_bytes(path, limit=LARGEST_APPROVALS), file=str(path))
