"""What the environment says; read once, at the start of a command, and nowhere else."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct

LanguageName = Literal["ja", "en"]
LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


class Settings(Struct, frozen=True, kw_only=True):
    """The settings of this process that no option names."""

    language: LanguageName
    state_home: Path
    """The folder below which evidence and history are kept."""
    cache_home: Path
    """The folder below which what can be fetched again is kept."""
    package_index: str
    """The package index that pip and uv use here; empty for PyPI."""
    search_path: str
    ci: bool
    """Whether this runs in CI: no progress line, no questions."""
    colour: bool | None
    """True and False where NO_COLOR or FORCE_COLOR decide; None to follow the terminal."""
    debug: bool
    """Show tracebacks of our own faults (TENKEN_DEBUG)."""


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings from an environment."""
    home = environment.get("XDG_STATE_HOME") or f"{_home(environment)}/.local/state"
    return Settings(
        language=_language(environment),
        state_home=Path(environment.get("TENKEN_STATE") or f"{home}/tenken"),
        cache_home=Path(environment.get("XDG_CACHE_HOME") or f"{_home(environment)}/.cache"),
        package_index=environment.get("PIP_INDEX_URL") or environment.get("UV_INDEX_URL") or "",
        search_path=environment.get("PATH", os.defpath),
        ci=environment.get("CI", "").lower() in {"1", "true", "yes"},
        colour=_colour(environment),
        debug=bool(environment.get("TENKEN_DEBUG")),
    )


def process_environment() -> Mapping[str, str]:
    """The environment of this process."""
    return os.environ  # noqa: TID251 - the one place that reads it


def _home(environment: Mapping[str, str]) -> str:
    return environment.get("HOME", "/tmp")  # noqa: S108 - a machine without a home


def _language(environment: Mapping[str, str]) -> LanguageName:
    chosen = environment.get("TENKEN_LANG") or next(
        (value for name in LOCALE_VARIABLES if (value := environment.get(name))), ""
    )
    return "ja" if chosen.lower().startswith("ja") else "en"


def _colour(environment: Mapping[str, str]) -> bool | None:
    if environment.get("NO_COLOR"):
        return False
    return True if environment.get("FORCE_COLOR") else None
