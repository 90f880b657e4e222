"""A world of alerts in memory: what the store does with a change, without one."""

from msgspec import Struct, field

from tenken.keeper.alerts.advance import Change, Standing, advance
from tenken.keeper.alerts.policy import HOUR, MINUTE, Policy, Way
from tenken.keeper.alerts.signal import Severity, Signal, Subject
from tenken.keeper.alerts.telling import Notice
from tenken.sentence import say
from tenken.store.watch.alert import Alert, Step, acknowledged
from tenken.store.watch.silences import Silence

POLICY = Policy(
    ways={
        "page": Way(
            receivers=("pager",), escalate_to=("lead",), escalate_after=15 * MINUTE, repeat=HOUR
        ),
        "ticket": Way(receivers=("channel",)),
        "info": Way(receivers=("channel", "lead")),
    },
)


def signal(
    key: str = "slo/answers",
    *,
    firing: bool = True,
    severity: Severity = "page",
    for_s: float = 0.0,
    known: bool = True,
    kind: str = "burn",
) -> Signal:
    return Signal(
        key=key,
        kind=kind,
        severity=severity,
        firing=firing,
        what=say("alerts.test", receiver="x", nonce="y"),
        subject=Subject(use_case="support"),
        for_s=for_s,
        known=known,
    )


class World(Struct):
    """What stands, after each turn. Times are minutes."""

    policy: Policy = POLICY
    open: dict[str, Alert] = field(default_factory=dict)
    ended: dict[str, Alert] = field(default_factory=dict)
    silences: tuple[Silence, ...] = ()
    steps: list[Step] = field(default_factory=list)
    everybody: list[Alert] = field(default_factory=list)
    """All that ended."""

    @property
    def only(self) -> Alert:
        [alert] = self.open.values()
        return alert

    def turn(self, *signals: Signal, at: float) -> list[Notice]:
        now = round(at * MINUTE)
        standing = Standing(
            open=tuple(self.open.values()),
            recent=tuple(self.ended.values()),
            silences=self.silences,
        )
        change = advance(standing, signals, self.policy, now)
        self.keep(change)
        return list(change.notices)

    def keep(self, change: Change) -> None:
        self.steps.extend(step for _, _, step in change.steps)
        for alert in change.alerts:
            self.open[alert.key] = alert
            if not alert.is_open:
                self.ended[alert.key] = self.open.pop(alert.key)
                self.everybody.append(alert)
        gone = {key for key, alert in self.open.items() if alert.id in change.passed}
        for key in gone:
            del self.open[key]

    def acknowledge(self, actor: str, *, at: float) -> None:
        for key, alert in self.open.items():
            after = acknowledged(alert, actor=actor, at=round(at * MINUTE))
            if after != alert:
                self.open[key] = after
                self.steps.append(Step(at=after.changed_at, what="acknowledged", actor=actor))

    def silence(self, pattern: str, *, until: float) -> None:
        one = Silence(
            id=f"s{len(self.silences)}",
            pattern=pattern,
            owner="hana",
            reason="known",
            created_at=0,
            expires_at=round(until * MINUTE),
        )
        self.silences = (*self.silences, one)
