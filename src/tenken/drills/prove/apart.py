"""Where in a provider's requests a user's text stands: in the user's turns, or in others too."""

from collections.abc import Iterable

from tenken.drills.prove.planting import Sown
from tenken.drills.prove.record import Driven
from tenken.drills.provider.seen import Seen

USER = "user"
Misplaced = tuple[str, str, str]
"""A route, a model, and the role in whose turn the text stands."""


def roles_of(call: Seen, mark: str) -> set[str]:
    """The roles in whose turns the mark stands."""
    return {turn.role for turn in call.turns if any(it.startswith(mark) for it in turn.canaries)}


def misplaced(driven: Iterable[Driven]) -> list[Misplaced]:
    """Give every place where a user's text stands outside of the user's turns."""
    found = {
        (one.asking.route, call.model, role)
        for one in driven
        for call in one.calls
        for role in roles_of(call, one.mark) - {USER}
    }
    return sorted(found)


def carried(one: Sown) -> list[Seen]:
    """Give the calls that carry the mark of a text."""
    return [call for call in one.driven.calls if roles_of(call, one.driven.mark)]


def altered(sown: Iterable[Sown]) -> list[Sown]:
    """Give the texts that arrived without the value that stands in them: something ran it."""
    return [
        one for one in sown if (calls := carried(one)) and not any(call.watched for call in calls)
    ]
