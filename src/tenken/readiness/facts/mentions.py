"""Words that documents promise, found again (or not) in what runs."""

from enum import StrEnum

from msgspec import Struct

from tenken.place import Place


class Reader(StrEnum):
    """What kind of file holds a word."""

    CODE = "code"
    """Production code."""
    EVALUATION = "evaluation"
    """Evaluation code and its configuration."""
    SLO = "slo"
    MONITORING = "monitoring"
    """Alert rules and dashboards."""


class Mention(Struct, frozen=True, kw_only=True):
    """A word that stands whole in a file: an event, a metric, a file's name, an id."""

    word: str
    reader: Reader
    place: Place


class Masker(Struct, frozen=True, kw_only=True):
    """A module that masks personal data, and the types it has a rule for."""

    place: Place
    types: tuple[str, ...]
    """Names of `DATA_TYPES` in the collector's vocabulary, such as `email`."""
    library: str = ""
    """`presidio`, `google-dlp` ...; empty for rules of one's own."""
