"""`tenken prompt`: which prompts there are, what one says with given values, and what is wrong."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from tenken.cli.prompting.files import library_of, prompt_files
from tenken.cli.prompting.values import values_of
from tenken.cli.rim import Rim
from tenken.cli.writing import read_text
from tenken.config.load import MANIFEST_NAMES
from tenken.config.schema import parse
from tenken.errors import Malformed, Problem, UsageError
from tenken.place import Place
from tenken.prompts.library import FOLDER, Library, Unknown, leading_nowhere
from tenken.prompts.prompt import Prompt
from tenken.prompts.render import TooLong
from tenken.sentence import say

Action = Literal["list", "render", "check"]
LONGEST_FILE = 2_000_000


def prompt(
    ctx: typer.Context,
    action: Annotated[Action, typer.Argument(help="cli.argument_prompt_action")],
    name: Annotated[str, typer.Argument(help="cli.argument_prompt_name")] = "",
    *,
    var: Annotated[list[str] | None, typer.Option(help="cli.option_prompt_var")] = None,
    path: Annotated[Path, typer.Option(help="cli.option_prompt_path")] = Path(),
) -> None:
    """Do one thing with the prompts of a folder."""
    rim: Rim = ctx.obj
    library = library_of(prompt_files(path))
    if library is None:
        raise UsageError("prompts.none_there", path=str(path / FOLDER))
    match action:
        case "list":
            _tell_all(rim, library)
        case "render":
            _tell_one(rim, _chosen(library, name), var or [])
        case "check":
            _check(path, library)
            _tell_unnamed(rim, library)


def _tell_all(rim: Rim, library: Library) -> None:
    """Tell one version a line, as a file of labels needs it."""
    rim.say(say("prompts.columns"))
    for one in library.prompts:
        labels = ",".join(library.named(one)) or "-"
        rim.write(f"{one.name}  {one.digest}  {labels}  {one.model}  {one.file}")


def _chosen(library: Library, written: str) -> Prompt:
    """Give the version that is named; the only one where none is named."""
    name, _, version = written.partition("@")
    versions = library.versions.get(name, {})
    if not version and len(versions) == 1:
        return next(iter(versions.values()))
    try:
        return library.find(name, version or "-")
    except Unknown as unknown:
        raise UsageError(unknown.sentence.id, **unknown.sentence.fields) from unknown


def _tell_one(rim: Rim, one: Prompt, given: list[str]) -> None:
    values = values_of(one, given)
    wrongs = one.wrong(values, "--var")
    if wrongs:
        place = Place(one.file)
        raise Malformed(
            tuple([Problem(place=place, key="", sentence=wrong.sentence) for wrong in wrongs])
        )
    try:
        said = one.rendered(values)
    except TooLong as error:
        raise UsageError("gateway.prompt_too_long", name="--var") from error
    rim.say(say("prompts.rendered", id=one.id))
    for part in said:
        rim.write(f"[{part.role.value}]\n{part.text}\n")


def _check(folder: Path, library: Library) -> None:
    """Hold the prompts against the application's file, where there is one; raises Malformed."""
    for name in MANIFEST_NAMES:
        if not (folder / name).is_file():
            continue
        document = parse(read_text(folder / name, limit=LONGEST_FILE), file=name)
        known = [one.at("name").text for one in document.at("routes").items]
        known += [one.at("id").text for one in document.at("models").items]
        if problems := tuple(leading_nowhere(library, known)):
            raise Malformed(problems)
        return


def _tell_unnamed(rim: Rim, library: Library) -> None:
    for one in library.prompts:
        if not library.named(one):
            rim.say(say("prompts.unnamed", file=one.file, digest=one.digest))
    rim.say(say("prompts.all_good", count=len(library.prompts), digest=library.digest))
