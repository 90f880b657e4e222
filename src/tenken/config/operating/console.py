"""What `tenken.yaml` says of its console."""

from typing import Annotated

from msgspec import Meta, Struct

from tenken.config.values import Text


class ConsoleSettings(Struct, frozen=True, kw_only=True):
    """Whether there is a console, and where."""

    on: bool = True
    host: Text = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8090
