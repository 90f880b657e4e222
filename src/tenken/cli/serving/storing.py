"""Where the store is, and how a version of the settings stands in it."""

from collections.abc import Mapping

import msgspec
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from tenken.cli.serving.machine import from_environment
from tenken.cli.serving.published import Settings
from tenken.errors import UsageError
from tenken.store.versions import Version


def store_url(path: str, variable: str, environment: Mapping[str, str]) -> str:
    """Give the store's address; raises UsageError where its variable is not set, or holds none."""
    if not variable:
        return f"sqlite:///{path}"
    said = from_environment(variable, environment)
    match _kind(said):
        case "sqlite" | "postgresql":
            return said
        case "postgres":  # as some platforms still hand it out
            return f"postgresql{said.removeprefix('postgres')}"
        case _:
            raise UsageError("serving.bad_store_url", name=variable)


def _kind(address: str) -> str:
    try:
        return make_url(address).get_backend_name()
    except (ArgumentError, ValueError):  # it may hold a password: it is told nowhere
        return ""


def version_of(settings: Settings, *, by: str, at: int) -> Version:
    """Give a version as it is kept: the very texts of the files."""
    return Version(
        version=settings.version,
        content=msgspec.json.encode(settings.texts).decode(),
        published_by=by,
        published_at=at,
    )
