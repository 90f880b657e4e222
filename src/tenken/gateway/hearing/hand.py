"""Hands each answer a token for feedback, where the files ask for it."""

from tenken.gateway.flow import Flow
from tenken.gateway.hearing.token import FeedbackTokens

NAME = b"x-tenken-feedback"


class HandToken:
    """A stage: what it adds goes out with the headers of the answer."""

    def __init__(self, tokens: FeedbackTokens) -> None:
        self._tokens = tokens

    def __call__(self, flow: Flow) -> None:
        """Add the token."""
        token = self._tokens.token(request=flow.id, caller=flow.identity.caller, at=flow.at)
        flow.told = (*flow.told, (NAME, token))
