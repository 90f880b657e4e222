"""What a stage is."""

from typing import Protocol

from tenken.gateway.flow import Flow


class Stage(Protocol):
    """One step of a request's way."""

    async def __call__(self, flow: Flow) -> None:
        """Do this step; raises Refusal to end the request with an error for its caller."""
        ...
