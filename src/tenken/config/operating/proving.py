"""What `tenken.yaml` says of the evidence that the running system writes of itself."""

from typing import Annotated

from msgspec import Meta, Struct

from tenken.config.values import Text


class EvidenceSettings(Struct, frozen=True, kw_only=True):
    """Who signs it, and which repository's checklist it is for."""

    key_env: Text
    """The variable that holds the observer's private key, in PEM (`tenken prove --new-key`). The
    platform team puts its public half into `evidence_keys` of `platform.yaml`."""
    repository: Text
    """The repository as `git config remote.origin.url` has it: what is written is about it."""
    every_minutes: Annotated[int, Meta(ge=1, le=1440)] = 60
