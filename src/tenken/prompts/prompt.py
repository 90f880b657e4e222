"""A prompt: a reviewed file with places for values, under the digest of its text."""

from collections.abc import Mapping

from msgspec import Struct

from tenken.prompts.render import Spoken, rendered
from tenken.prompts.shape import Json, Kind, Shape, Wrong, wrongs
from tenken.prompts.template import Section


class Parameters(Struct, frozen=True, kw_only=True):
    """What a model is told beside the words."""

    temperature: float | None = None
    top_p: float | None = None
    output_max: int | None = None


class Prompt(Struct, frozen=True, kw_only=True):
    """One version of a prompt."""

    name: str
    file: str
    digest: str
    """64 hex digits."""
    model: str
    """The route, or the model, that it is for."""
    description: str = ""
    parameters: Parameters = Parameters()
    variables: Shape = Shape(kind=Kind.OBJECT)
    defaults: Mapping[str, Json] = {}
    trusted: frozenset[str] = frozenset()
    """Variables whose every value was read by whoever reviewed the file."""
    answer: Shape | None = None
    """What an answer in JSON looks like."""
    sections: tuple[Section, ...] = ()

    @property
    def id(self) -> str:
        """How it stands on record."""
        return f"{self.name}@{self.digest}"

    def wrong(self, values: Mapping[str, Json], path: str) -> tuple[Wrong, ...]:
        """Give everything that is wrong with values, under names that begin with `path`."""
        return tuple(wrongs({**self.defaults, **values}, self.variables, path))

    def rendered(self, values: Mapping[str, Json]) -> tuple[Spoken, ...]:
        """Fill in values that are good; raises TooLong."""
        return rendered(self.sections, {**self.defaults, **values}, trusted=self.trusted)
