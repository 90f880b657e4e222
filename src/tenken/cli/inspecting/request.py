"""What is asked of an inspection, and what is settled before it reads a file."""

from pathlib import Path

from msgspec import Struct

from tenken import digest
from tenken.cli.inspecting.opening import Opening
from tenken.cli.looking.where import Live
from tenken.config.manifest import NAMES
from tenken.readiness.catalogue import Catalogue, Tier
from tenken.readiness.collectors.git import Opened
from tenken.readiness.gating.gate import DEFAULT, Condition


class Request(Struct, frozen=True, kw_only=True):
    """What a person asked to have inspected, and how."""

    path: Path
    item: str = ""
    """The one item that is wanted, refused before anything is read where there is none."""
    tier: str = ""
    catalogues: tuple[Path, ...] = ()
    platform: Path | None = None
    """The platform file, where it is not the one that `tenken.yaml` names."""
    environment: str = ""
    """The environment of `tenken.yaml` to judge by; empty for what all of them share."""
    evidence: tuple[Path, ...] = ()
    """Files of signed evidence, besides that of the state folder."""
    live: Live | None = None
    """A running gateway, asked for its evidence and looked at from outside."""
    approvals: Path | None = None
    """The forge's approvals, for sign-offs."""
    state: Path | None = None
    """Where evidence and history are kept, if not below the user's state folder."""
    fail_on: tuple[Condition, ...] = DEFAULT
    baseline: Path | None = None
    stack: str = ""
    quiet: bool = False
    needed: tuple[str, ...] = ()
    """Modules that the command goes on with: loaded while another process is at work."""
    keep: bool = True
    """Whether the report goes into the history, against which the next one is compared."""


class Start(Opening, frozen=True, kw_only=True):
    """What an inspection settles besides: how strictly, and by which list."""

    tier: Tier
    catalogue: Catalogue


def subjects_of(opened: Opened) -> dict[str, str]:
    """What evidence on this folder is about."""
    subjects = {"service": digest.of_bytes(str(opened.repository.remote or opened.root).encode())}
    if opened.repository.commit:
        subjects["commit"] = opened.repository.commit
    return subjects


def manifest_digest(opened: Opened) -> str:
    """What a running system is held to, by its digest; empty without `tenken.yaml`."""
    texts = (opened.tree.text(name) for name in NAMES)
    found = next((text for text in texts if isinstance(text, str)), None)
    return "" if found is None else digest.of_bytes(found.encode())
