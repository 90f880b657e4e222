"""Where the store is, and how a version of the settings stands in it."""

from collections.abc import Mapping

import msgspec

from tenken.cli.serving.machine import from_environment
from tenken.cli.serving.published import Settings
from tenken.store.versions import Version


def store_url(path: str, variable: str, environment: Mapping[str, str]) -> str:
    """Give the store's address; raises UsageError where its variable is not set."""
    return from_environment(variable, environment) if variable else f"sqlite:///{path}"


def version_of(settings: Settings, *, by: str, at: int) -> Version:
    """Give a version as it is kept: the very texts of the files."""
    return Version(
        version=settings.version,
        content=msgspec.json.encode(settings.texts).decode(),
        published_by=by,
        published_at=at,
    )
