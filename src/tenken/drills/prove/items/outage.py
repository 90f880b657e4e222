"""While a provider is down: whether calls stop, and whether they begin again when it is back."""

from itertools import groupby

from msgspec import Struct

from tenken.drills.prove.proof import fails, gap, holds, no_effect, seen, spread, unknown
from tenken.drills.prove.record import Driven
from tenken.drills.prove.requests import Tolerances
from tenken.drills.provider.fault import Wrong
from tenken.evidence import Answer, Measurement
from tenken.sentence import say

TOO_MANY = 429


class Outage(Struct, frozen=True, kw_only=True):
    """Requests while the provider is down, and after it is back."""

    down: tuple[Driven, ...]
    back: tuple[Driven, ...] = ()

    @property
    def calls(self) -> tuple[int, ...]:
        """How many calls each request caused."""
        return tuple(len(one.calls) for one in self.down)

    @property
    def quiet(self) -> tuple[bool, ...]:
        """Which of them were answered without a call; silence is no answer."""
        return tuple(not one.calls and one.answered.status != 0 for one in self.down)

    @property
    def quiet_in_the_end(self) -> int:
        """How many of the last requests were answered without a call."""
        for quiet, run in groupby(reversed(self.quiet)):
            return len(tuple(run)) if quiet else 0
        return 0

    def settled(self, tolerances: Tolerances) -> bool:
        """Whether more requests would tell nothing new: calls have stopped, or never will."""
        enough = tolerances.quiet_requests
        if any(self.quiet):
            return self.quiet_in_the_end >= enough
        lasted = sum(one.answered.took_s for one in self.down)
        return len(self.down) > enough and lasted >= tolerances.outage_s

    @property
    def longest_quiet(self) -> int:
        """The longest row of requests that were answered without a call."""
        rows = (len(tuple(run)) for quiet, run in groupby(self.quiet) if quiet)
        return max(rows, default=0)

    @property
    def refused_by_itself(self) -> bool:
        """Whether a limit of the application answered a quiet request, rather than a breaker."""
        return any(not one.calls and one.answered.status == TOO_MANY for one in self.down)

    @property
    def recovered(self) -> bool:
        """Whether the provider was called again, and the application answered with it."""
        return any(one.calls and one.is_served for one in self.back)

    @property
    def measurements(self) -> tuple[Measurement, ...]:
        """What is kept of it."""
        fast = tuple(one.answered.took_s for one in self.down if not one.calls)
        return (
            spread("calls_per_request_while_down", tuple(map(float, self.calls)), "calls"),
            Measurement(
                name="longest_row_without_a_call",
                value=float(self.longest_quiet),
                unit="requests",
                n=len(self.down),
            ),
            spread("answer_without_a_call", fast, "s"),
            spread("answer_after_return", tuple(one.answered.took_s for one in self.back), "s"),
        )


def breaker(outage: Outage, tolerances: Tolerances) -> Answer:
    """Decide whether a breaker opened, and closed again."""
    if not any(call.fault is Wrong.STATUS for one in outage.down for call in one.calls):
        return no_effect(say("prove.fault_not_met", status=503))
    if outage.refused_by_itself:
        return unknown(say("prove.own_limit_in_the_way"))
    if outage.longest_quiet < tolerances.quiet_requests:
        return fails(gap("prove.no_breaker", calls=sum(outage.calls), requests=len(outage.calls)))
    remark = seen(
        "prove.breaker_opened", after=outage.quiet.index(True), quiet=outage.longest_quiet
    )
    if not outage.recovered:
        within = tolerances.recover_within_s
        return fails(gap("prove.never_closed", within_s=within), remarks=(remark,))
    return holds(remark, seen("prove.breaker_closed"))
