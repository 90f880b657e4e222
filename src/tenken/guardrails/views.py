"""The decoded views of a text: none yet."""

from tenken.guardrails.view import View


def decoded(folded: str) -> tuple[View, ...]:  # noqa: ARG001 - no view is made yet
    """Give the other readings of a folded text; empty for the text that is what it looks like."""
    return ()
