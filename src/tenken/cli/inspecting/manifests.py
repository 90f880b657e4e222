"""Finds and reads the application's file, and the platform file that it stands on."""

from datetime import date
from pathlib import Path

from tenken.cli.checklist import ListText
from tenken.cli.writing import read_text
from tenken.config.manifest import NAMES, Manifest
from tenken.errors import Malformed, Problem
from tenken.place import Place
from tenken.readiness.collectors.git import Opened
from tenken.sentence import say

LONGEST_FILE = 2_000_000


def read_manifest(
    opened: Opened, *, platform: Path | None, environment: str, today: date
) -> Manifest | None:
    """Read `tenken.yaml` at the root; None without one, Malformed with every problem in it."""
    for name in NAMES:
        if (text := _text_of(opened, name)) is not None:
            return _loaded(
                text, name, opened, platform=platform, environment=environment, today=today
            )
        _refuse_other_than_a_file(opened.root / name, name)
    return None


def _loaded(
    text: str, file: str, opened: Opened, *, platform: Path | None, environment: str, today: date
) -> Manifest:
    from tenken.config.load import PlatformText, load_manifest  # noqa: PLC0415

    def platform_at(path: str) -> PlatformText | None:
        if platform:
            text = read_text(platform, limit=LONGEST_FILE)
            return PlatformText(file=str(platform), text=text)
        found = _text_of(opened, path) if path else None
        return None if found is None else PlatformText(file=path, text=found)

    return load_manifest(
        text, file=file, platform=platform_at, environment=environment, today=today
    )


def _refuse_other_than_a_file(file: Path, name: str) -> None:
    """Something has the name and is not read: to go on as if it were not there would mislead."""
    if file.is_symlink() or file.is_dir():
        sentence = say("config.not_a_plain_file")
        raise Malformed((Problem(place=Place(name, 0), key="", sentence=sentence),))


def own_lists(opened: Opened, manifest: Manifest | None) -> tuple[ListText, ...]:
    """The lists that the application's file adds; Malformed where one is not there."""
    paths = manifest.application.catalogues if manifest else ()
    texts = {path: _text_of(opened, path) for path in paths}
    if manifest and (missing := [path for path, text in texts.items() if text is None]):
        raise Malformed(
            tuple(
                manifest.problem(
                    ("catalogues", paths.index(path)), say("config.no_such_list", path=path)
                )
                for path in missing
            )
        )
    return tuple(ListText(file=path, text=text) for path, text in texts.items() if text)


def _text_of(opened: Opened, path: str) -> str | None:
    """A tracked file, or one just written by `tenken init`; none behind a link or outside."""
    text = opened.tree.text(path)
    if isinstance(text, str):
        return text
    file = opened.root / path
    return read_text(file, limit=LONGEST_FILE) if _is_inside(file, opened.root) else None


def _is_inside(file: Path, root: Path) -> bool:
    try:
        plain = file.is_file() and not file.is_symlink()
        return plain and file.resolve().is_relative_to(root)
    except (OSError, ValueError):
        # A name that no file can have: too long, or with a zero byte.
        return False
