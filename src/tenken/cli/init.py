"""`tenken init`: writes a commented `tenken.yaml` and `platform.yaml` of what was found."""

from pathlib import Path
from typing import Annotated

import typer

from tenken.cli.rim import Rim
from tenken.config.load import MANIFEST_NAMES
from tenken.errors import CannotInspect, UsageError
from tenken.readiness.collectors.git import Opened, open_folder
from tenken.readiness.collectors.survey import take_survey
from tenken.readiness.draft.application import write_application
from tenken.readiness.draft.pen import Draft
from tenken.readiness.draft.platform import write_platform
from tenken.readiness.draft.sketch import sketch
from tenken.sentence import say

PLATFORM_NAME = "platform.yaml"


def init(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="cli.argument_path")] = Path(),
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="cli.option_dry_run")] = False,
) -> None:
    """Write the first files of a repository; never over a file that is there."""
    rim: Rim = ctx.obj
    rim.tell(rim.speech.text("cli.reading", root=str(path)))
    opened = open_folder(path, search_path=rim.settings.search_path)
    survey, crashes = take_survey(opened, None, rim.clock.now())
    for crash in crashes:
        raise CannotInspect(crash.sentence.id, **crash.sentence.fields)
    found = sketch(survey, name=_name_of(opened))
    has_platform = _is_there(opened.root / PLATFORM_NAME)
    drafts = {
        MANIFEST_NAMES[0]: write_application(found, rim.speech, platform_exists=has_platform),
        PLATFORM_NAME: write_platform(found, rim.speech),
    }
    if dry_run:
        rim.write("\n".join(f"# ---- {name}\n{draft.text}" for name, draft in drafts.items()))
        return
    for name, draft in drafts.items():
        if _written(rim, opened.root / name, draft):
            rim.say(say("init.wrote", path=name, todos=draft.todos, found=found.things))
    rim.tell(rim.speech.text("init.next", root=str(path)))


def _written(rim: Rim, file: Path, draft: Draft) -> bool:
    """Write a file where none is; gives whether it did."""
    names = MANIFEST_NAMES if file.name in MANIFEST_NAMES else (file.name,)
    there = next((one for one in names if _is_there(file.with_name(one))), None)
    if there:
        rim.tell(rim.speech.text("init.left", path=there))
        return False
    try:
        # "x" refuses a file that has appeared since, and never writes through a link.
        with file.open("x", encoding="utf-8") as stream:
            stream.write(draft.text)
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise UsageError("cli.cannot_write", path=file.name, detail=detail) from error
    return True


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _name_of(opened: Opened) -> str:
    remote = opened.repository.remote
    if remote and not opened.tree.prefix:
        return str(remote).rstrip("/").rpartition("/")[2].removesuffix(".git")
    return opened.root.name
