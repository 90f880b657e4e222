"""What `tenken.yaml` says of its console."""

from typing import Annotated

from msgspec import Meta, Struct

from tenken.config.values import PathText, Text

Origin = Annotated[str, Meta(pattern=r"^https?://[^\s/?#@]+$", max_length=300)]


class ConsoleSettings(Struct, frozen=True, kw_only=True):
    """Whether there is a console, where, and how long a login lasts."""

    on: bool = True
    host: Text = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8090
    url: Origin | None = None
    """How people reach it where that is another way: `https://console.example.com`, of a proxy
    that ends TLS. Beyond loopback it is needed, and has to be https."""
    timezone: Text = "UTC"
    """In which times are shown, such as `Asia/Tokyo`."""
    idle_minutes: Annotated[int, Meta(ge=1, le=1440)] = 60
    """A login ends when nobody used it for so long."""
    hours: Annotated[int, Meta(ge=1, le=168)] = 12
    """A login ends after so long, used or not."""
    inspection: PathText | None = None
    """The folder that `tenken check --state` keeps reports in, where it is not the usual one."""
