"""Where a running system is asked; what asks it is loaded only then."""

from msgspec import Struct


class Live(Struct, frozen=True, kw_only=True):
    """Where a running system answers an inspection."""

    url: str
    token_env: str = ""
