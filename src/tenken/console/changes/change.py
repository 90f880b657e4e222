"""What a change is given and gives."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from tenken.console.showing.blocks import Page
from tenken.console.view import View
from tenken.sentence import Field, Sentence, say


class Refused(Exception):
    """It was not changed, and why."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.id)
        self.sentence = sentence


class Done(Struct, frozen=True, kw_only=True):
    """It was changed: where to go on, or a page that is shown once and kept nowhere."""

    to: str = ""
    told: str = ""
    """What is said there: `console.told_<this>`."""
    page: Page | None = None
    leaves: bool = False
    """The session has ended with it."""


Filled = Mapping[str, str]
Change = Callable[[View, Filled], Done]


def refused(id: str, /, **fields: Field) -> Refused:  # noqa: A002 - positional only
    """Give a refusal in the console's words."""
    return Refused(say(f"console.{id}", **fields))


def text(filled: Filled, name: str, *, most: int = 200) -> str:
    """Give a field on one line; raises Refused where it is empty or too long."""
    said = " ".join(filled.get(name, "").split())
    if not said or len(said) > most:
        raise refused("field_bad", name=name, most=most)
    return said
