"""Prompts live in prompts/, under review by the support team (see CODEOWNERS)."""

import hashlib
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "prompts"


def read(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def version(name: str) -> str:
    """The short hash that goes into the log line of every answer."""
    return hashlib.sha256(read(name).encode()).hexdigest()[:12]
