"""What a forge knows of what ran and what was deployed."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field

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


class AlsoAsked(Struct, frozen=True, kw_only=True):
    """What else of a forge is asked for."""

    issues: frozenset[int] = frozenset()
    workflows: frozenset[str] = frozenset()
    """Paths of files whose runs are wanted, whatever started them."""


class ForgeFacts(Struct, frozen=True, kw_only=True):
    """One look at a forge."""

    kept: Kept
    default_branch: str = ""
    runs: tuple[PipelineRun, ...] = ()
    """The newest finished run of each workflow."""
    deployments: tuple[Deployed, ...] = ()
    """The newest of each environment."""
    issues: Mapping[int, str] = field(default_factory=dict)
    """`open` or `closed`; one that is not there is not among them."""
    runs_of: Mapping[str, tuple[PipelineRun, ...]] = field(default_factory=dict)
    """By workflow: its finished runs, the newest first."""
