"""What is to be said to a person, before a language is chosen.

Everything below the command line speaks in `Sentence`s: an id and its fields.
They become Japanese or English where they are shown, so evidence can be re-read in either.
"""

from collections.abc import Iterable

from msgspec import Struct

Field = str | int | float


class Sentence(Struct, frozen=True):
    """A message id with its fields: `pipeline.neutralised` and `(("step", "bandit"),)`."""

    id: str
    """`<topic>.<name>`; the texts are in `messages/<language>/<topic>.yaml`."""
    values: tuple[tuple[str, Field], ...] = ()
    """Names and values in the order given: equal sentences are equal, and can be hashed."""

    @property
    def fields(self) -> dict[str, Field]:
        """The fields by name."""
        return dict(self.values)


def words(group: str, names: Iterable[str]) -> str:
    """Give a field that lists words of `messages/*/wording.yaml`; said in a person's language.

    >>> words("part", ["unit", "due"])
    'wording.part_unit, wording.part_due'
    """
    return ", ".join(f"wording.{group}_{name.replace(' ', '_')}" for name in names)


def say(id: str, /, **fields: Field) -> Sentence:  # noqa: A002 - positional only, reads as prose
    """Build a sentence: `say("pipeline.neutralised", step="bandit", how="|| true")`."""
    return Sentence(id, tuple(fields.items()))
