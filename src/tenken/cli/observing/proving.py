"""The keeper's evidence: asked of the ledger now and then, signed, and kept in the store."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Engine

from tenken import digest
from tenken.cli.observing.own import ledger_sighting
from tenken.cli.proving import observer
from tenken.config.manifest import Manifest
from tenken.config.operating.proving import EvidenceSettings
from tenken.evidence import Evidence
from tenken.readiness.catalogue import Catalogue, shipped
from tenken.readiness.collectors.git import remote_of
from tenken.readiness.evidence import envelope, statement
from tenken.readiness.evidence.chain import MOST_LINES, previous_of
from tenken.readiness.evidence.masking import Mask
from tenken.readiness.evidence.statement import Recorded
from tenken.readiness.observation import Bound, observe, settled
from tenken.readiness.probes.observed.registry import Held
from tenken.store.proofs.figures import Figures
from tenken.store.proofs.lines import Proofs
from tenken.store.rollups.reading import Rollups
from tenken.store.watch.leases import Leases

LIFE = timedelta(days=1)
KEPT_US = 30 * 86_400 * 1_000_000
LEASE = "evidence"


class Proving:
    """Writes what the ledger proves; one of all that share a store does it at a time."""

    def __init__(
        self,
        engine: Engine,
        *,
        settings: EvidenceSettings,
        manifest: Callable[[], tuple[Manifest, str]],
        holder: str,
        environment: Mapping[str, str],
    ) -> None:
        """Raises UsageError for a variable that holds no key."""
        self._settings = settings
        self._manifest = manifest
        self._holder = holder
        self._key = observer.of_variable(settings.key_env, environment)
        self._catalogue: Catalogue | None = None
        self._leases, self._proofs = Leases(engine), Proofs(engine)
        self._rollups, self._figures = Rollups(engine), Figures(engine)

    def step(self, now: int) -> float:
        """Ask once; gives the seconds until it is due again."""
        wait_s = self._settings.every_minutes * 60.0
        if not self._leases.hold(LEASE, self._holder, now, wait_s * 2):
            return wait_s
        for evidence in self._asked(datetime.fromtimestamp(now / 1_000_000, UTC)):
            self._proofs.add(now, partial(self._line, evidence))
        self._proofs.forget(now - KEPT_US)
        return wait_s

    def _asked(self, now: datetime) -> tuple[Evidence, ...]:
        manifest, text = self._manifest()
        self._catalogue = self._catalogue or shipped()
        bound = Bound(
            service=digest.of_bytes(remote_of(self._settings.repository).encode()),
            declared={Held.TO_THE_MANIFEST: digest.of_bytes(text.encode())},
            life=LIFE,
            reproduce="tenken check --live URL",
        )
        sighting = ledger_sighting(self._rollups, self._figures, manifest, now)
        return settled(observe(self._catalogue, sighting, bound))

    def _line(self, evidence: Evidence, before: str) -> str:
        # What is masked by the key itself can be told to be one value by nobody else.
        masked = Mask(key=self._key.secret)(evidence)
        recorded = Recorded(evidence=masked, previous=previous_of(before.encode()))
        sealed = envelope.seal(statement.encode(recorded), self._key)
        return envelope.encode(sealed).decode()


def evidence_lines(engine: Engine, since: datetime) -> Iterator[bytes]:
    """The lines written since, as they stand: what `GET /api/v1/evidence?since=` answers."""
    at = round(since.timestamp() * 1_000_000)
    return (one.line.encode() for one in Proofs(engine).since(at, MOST_LINES))
