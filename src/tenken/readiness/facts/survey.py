"""Everything collectors found, in one frozen value: all that a probe may look at."""

from datetime import datetime

from msgspec import Struct

from tenken.config.manifest import Manifest
from tenken.readiness.facts.code import CodeFacts
from tenken.readiness.facts.documents import DocumentFacts
from tenken.readiness.facts.gateways import GatewayFacts
from tenken.readiness.facts.infrastructure import InfrastructureFacts
from tenken.readiness.facts.monitoring import MonitoringFacts
from tenken.readiness.facts.pipeline import PipelineFacts
from tenken.readiness.facts.repository import RepositoryFacts
from tenken.readiness.facts.tree import Tree


class Survey(Struct, frozen=True, kw_only=True):
    """The facts of one inspection."""

    now: datetime
    """When the inspection began; ages are counted from here."""
    tree: Tree
    repository: RepositoryFacts
    pipeline: PipelineFacts
    infrastructure: InfrastructureFacts
    monitoring: MonitoringFacts
    code: CodeFacts
    documents: DocumentFacts
    gateways: GatewayFacts = GatewayFacts()
    manifest: Manifest | None
    """`tenken.yaml` with its platform resolved; None where the repository has none."""
