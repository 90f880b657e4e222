"""A page opens an incident, unless one is open: what goes wrong together is looked at together."""

from collections.abc import Callable, Sequence

from tenken.messages.speech import Speech
from tenken.store.watch.alert import Alert, State
from tenken.store.watch.alerts import Turn
from tenken.store.watch.effects import Effects
from tenken.store.watch.incidents import Incident, Incidents, Noted

BY = "tenken"


class Opening:
    """Follows each turn of the watch."""

    def __init__(
        self, incidents: Incidents, effects: Effects, *, wanted: Callable[[], Speech | None]
    ) -> None:
        """`wanted` gives the language of titles; None where the settings want no incidents."""
        self._incidents = incidents
        self._effects = effects
        self._wanted = wanted

    def __call__(self, turn: Turn, now: int) -> None:
        """Open an incident for a page that has just begun; look for effects of actions."""
        self._effects.look(now)
        pages = begun(turn)
        speech = self._wanted() if pages else None
        if speech is None:
            return
        running = self._incidents.newest(1, running=True)
        for page in pages:
            if running:
                noted = Noted(
                    at=now, kind="alert", actor=BY, text=speech(page.what), reference=page.id
                )
                self._incidents.note(running[0].id, noted)
            else:
                one = incident_of(page, speech, now)
                self._incidents.open(one)
                running = (one,)


def begun(turn: Turn) -> Sequence[Alert]:
    """Give the pages that began, or became pages, in a turn."""
    new = {one.alert for one in turn.steps if one.step.what in {"fired", "worsened"}}
    return [
        alert
        for alert in turn.alerts
        if alert.id in new and alert.severity == "page" and alert.state is State.FIRING
    ]


def incident_of(page: Alert, speech: Speech, now: int) -> Incident:
    """Give the incident of a page; its id follows from the alert's, so that it is opened once."""
    return Incident(
        id=f"i-{page.id[:8]}",
        title=speech(page.what),
        severity="page",
        opened_by=BY,
        opened_at=now,
        alert=page.id,
    )
