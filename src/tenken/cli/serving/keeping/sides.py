"""Everything that the keeper does beside the drain, in one list."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Engine

from tenken.cli.serving.keeping.outlook import Outlook
from tenken.cli.serving.keeping.side import Side
from tenken.messages.speech import Speech
from tenken.sentence import Sentence


class Around(Struct, frozen=True, kw_only=True):
    """What a work may need of its process."""

    outlook: Outlook
    engine: Engine
    """Its tables may not be there yet: what is raised then is tried again."""
    state: Path
    journals: Path
    instance: str
    """Of the journals; who holds a lease is told by it."""
    environment: Mapping[str, str]
    speech: Speech
    tell: Callable[[Sentence], None]


def sides(around: Around) -> Iterator[Side]:  # noqa: ARG001 - works are listed as they land
    """Give each work; raises UsageError for what cannot be as the settings say."""
    yield from ()
