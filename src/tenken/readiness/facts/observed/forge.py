"""What a forge knows of what ran and what was deployed."""

from datetime import datetime

from msgspec import Struct

from tenken.readiness.facts.observed.records import Kept


class Deployed(Struct, frozen=True, kw_only=True):
    """A deployment of an environment."""

    environment: str
    commit: str
    at: datetime | None = None
    state: str = ""
    """Of its newest status: `success`, `failure`, `in_progress` ..."""
    run: str = ""
    """The pipeline run that its status links to; empty where somebody deployed by hand."""


class PipelineRun(Struct, frozen=True, kw_only=True):
    """A finished run of a workflow on the default branch."""

    workflow: str
    commit: str
    conclusion: str
    at: datetime | None = None


class ForgeFacts(Struct, frozen=True, kw_only=True):
    """One look at a forge."""

    kept: Kept
    default_branch: str = ""
    runs: tuple[PipelineRun, ...] = ()
    """The newest finished run of each workflow."""
    deployments: tuple[Deployed, ...] = ()
    """The newest of each environment."""
