"""What is served is changed for a while, and taken back."""

from tenken.config.temporary import Overlay
from tenken.console.changes.change import Done, Filled, Refused, refused, text
from tenken.console.view import View
from tenken.errors import TenkenError
from tenken.gateway.settings.overlays import put
from tenken.store.overlays import Overlays

SECOND_US = 1_000_000
LENGTHS = {"15m": 900, "1h": 3600, "4h": 14_400, "1d": 86_400, "7d": 604_800}
REASON_MAX = 400


def put_down(view: View, filled: Filled) -> Done:
    """Change something for a while."""
    length = LENGTHS.get(filled.get("for", ""))
    if length is None:
        raise refused("field_bad", name="for", most=10)
    one = Overlay(
        id=view.desk.chance(6).replace("-", "x").replace("_", "y").lower(),
        subject=text(filled, "subject"),
        change=text(filled, "change"),
        actor=view.visitor.name,
        reason=text(filled, "reason", most=REASON_MAX),
        created_at=view.now,
        expires_at=view.now + length * SECOND_US,
    )
    try:
        put(view.desk.serving.plan(), one)
    except TenkenError as error:
        raise Refused(error.sentence) from error
    known = Overlays(view.desk.engine)
    known.add(one)
    view.desk.serving.taken_over(known.standing(view.now))
    return Done(to="/settings#overlays", told="overlay_set")


def take_back(view: View, filled: Filled) -> Done:
    """Let hold again what the files say."""
    known = Overlays(view.desk.engine)
    if not known.withdraw(text(filled, "id"), at=view.now):
        raise refused("no_such_overlay")
    view.desk.serving.taken_over(known.standing(view.now))
    return Done(to="/settings#overlays", told="overlay_withdrawn")
