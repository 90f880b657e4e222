"""Alerts and deliveries for tests of the store."""

from tenken.sentence import say
from tenken.store.watch.alert import Alert, State, Subject
from tenken.store.watch.outbox import Delivery, Progress


def alert(name: str = "a1", key: str = "slo/answers", *, state: State = State.FIRING) -> Alert:
    return Alert(
        id=name,
        key=key,
        kind="burn",
        severity="page",
        state=state,
        since=1_000,
        changed_at=2_000,
        heard_at=2_000,
        what=say("alerts.test", receiver="pager", nonce="n"),
        subject=Subject(use_case="support"),
        value=14.5,
        fired_at=1_500,
    )


def delivery(name: str = "d1", *, due_at: int = 2_000) -> Delivery:
    return Delivery(
        id=name,
        receiver="pager",
        reason="fired",
        alerts="a1",
        body="{}",
        state=Progress.DUE,
        created_at=2_000,
        due_at=due_at,
    )
