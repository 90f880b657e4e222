"""A page opens an incident, unless one is open: what goes wrong together is looked at together."""

from collections.abc import Callable, Iterable, Sequence

from tenken.messages.speech import Speech
from tenken.store.watch.alert import Alert, State
from tenken.store.watch.alerts import Alerts, Turn
from tenken.store.watch.effects import Effects
from tenken.store.watch.incidents import Incident, Incidents, Noted

BY = "tenken"


class Opening:
    """Follows each turn of the watch.

    It looks at all pages that are open, and not at those of the turn alone: a keeper that was
    killed behind its turn has left one without an incident.
    """

    def __init__(
        self,
        alerts: Alerts,
        incidents: Incidents,
        effects: Effects,
        *,
        wanted: Callable[[], Speech | None],
    ) -> None:
        """`wanted` gives the language of titles; None where the settings want no incidents."""
        self._alerts = alerts
        self._incidents = incidents
        self._effects = effects
        self._wanted = wanted

    def __call__(self, _turn: Turn, now: int) -> None:
        """Open an incident for pages that have none; look for the effects of actions."""
        self._effects.look(now)
        pages = self._new(loud(self._alerts.open()))
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

    def _new(self, pages: Sequence[Alert]) -> Sequence[Alert]:
        known = self._incidents.spoken_of([page.id for page in pages]) if pages else frozenset()
        return [page for page in pages if page.id not in known]


def loud(alerts: Iterable[Alert]) -> Sequence[Alert]:
    """Give the pages that nobody silences: what is known and expected is no incident."""
    return [
        alert
        for alert in alerts
        if alert.severity == "page" and alert.state is not State.PENDING and not alert.silenced_by
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
