"""A started program as the tools are told of it."""

from msgspec import Struct

from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.launch import Start
from tenken.readiness.collectors.pipeline.commands.piece import Files


class Line(Struct, frozen=True):
    """A started program, where it runs and where it is written."""

    start: Start
    folder: str
    place: Place
    files: Files

    @property
    def words(self) -> tuple[str, ...]:
        """The words after the program."""
        return self.start.words[1:]


def value_of(words: tuple[str, ...], option: str) -> str:
    """What an option of the line is given: `-k slow`, `-kslow`, `--select=S`."""
    for index, word in enumerate(words):
        if word == option:
            return "".join(words[index + 1 : index + 2])
        if word.startswith(option) and len(word) > len(option):
            return word[len(option) :].lstrip("=")
    return ""
