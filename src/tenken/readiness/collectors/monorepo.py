"""A service inside a larger repository: its pipeline usually stands at the repository's top."""

from pathlib import Path

from msgspec.structs import replace

from tenken.readiness.collectors.listing import Listing, index_lines, list_index, listing_of
from tenken.readiness.collectors.plumbing import Git, GitFailed
from tenken.readiness.facts.tree import Entry

OWN_PIPELINE = (".github/workflows/", ".gitlab-ci.yml", "cloudbuild.yaml", "cloudbuild.yml")
OUTER = (
    ".github", ".gitlab", ".gitlab-ci.yml", "cloudbuild.yaml", "cloudbuild.yml", "ci", "scripts",
    "Makefile", "justfile", "noxfile.py", "tox.ini", "package.json", ".pre-commit-config.yaml",
)  # fmt: skip


def with_outer_pipeline(git: Git, listing: Listing, root: Path, prefix: str) -> Listing:
    """Add the pipeline at the top, as `../` paths, to a service that has none of its own."""
    if not prefix or any(entry.path.startswith(OWN_PIPELINE) for entry in listing.entries):
        return listing
    up = "/".join([".."] * (prefix.count("/") + 1))
    top = root.joinpath(up).resolve()
    printed = replace(git, folder=top).run(*listing_of(*OUTER))
    if isinstance(printed, GitFailed):
        return listing
    outer = list_index(index_lines(printed), top)
    renamed = tuple(_below(up, entry) for entry in outer.entries)
    raw = {f"{up}/{path}": up.encode() + b"/" + name for path, name in outer.raw_paths.items()}
    return replace(
        listing,
        entries=tuple(sorted((*listing.entries, *renamed), key=lambda entry: entry.path)),
        raw_paths={**listing.raw_paths, **raw},
        absent=(*listing.absent, *(f"{up}/{path}" for path in outer.absent)),
    )


def _below(up: str, entry: Entry) -> Entry:
    return replace(entry, path=f"{up}/{entry.path}")
