"""What a stage is."""

from collections.abc import Awaitable
from typing import Protocol

from tenken.gateway.flow import Flow


class Stage(Protocol):
    """One step of a request's way."""

    def __call__(self, flow: Flow) -> Awaitable[None] | None:
        """Do this step; raises Refusal to end the request with an error for its caller.

        A step that has to wait gives what is to be waited for (as each `async def` does); one
        that is done gives None.
        """
        ...
