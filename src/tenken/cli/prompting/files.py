"""The prompts that are served: the files of one folder."""

from functools import lru_cache
from pathlib import Path

from tenken.cli.writing import read_text
from tenken.prompts.library import FILES_MAX, FOLDER, LABELS, File, Library, read_library
from tenken.prompts.reading import FILE_MAX, SUFFIX

LONGEST = 8 * FILE_MAX
"""Bytes; what is longer than a prompt may be is told with its place, when it is read."""
SEVERAL = 2
"""Those that are served, and the next ones."""


def prompt_paths(folder: Path) -> tuple[Path, ...]:
    """Give the files that are there now, in the order of their names."""
    found = sorted((folder / FOLDER).glob(f"*{SUFFIX}"))
    labels = folder / LABELS
    return (*found, labels) if found or labels.is_file() else ()


def prompt_files(folder: Path) -> tuple[File, ...]:
    """Read them; raises UsageError for one that cannot be read."""
    return tuple(
        File(file=f"{FOLDER}/{path.name}", text=read_text(path, limit=LONGEST))
        for path in prompt_paths(folder)[: FILES_MAX + 2]
        if path.is_file()
    )


@lru_cache(maxsize=SEVERAL)
def library_of(files: tuple[File, ...]) -> Library | None:
    """Read prompts and labels; None where there are none. Raises Malformed."""
    return read_library(files) if files else None
