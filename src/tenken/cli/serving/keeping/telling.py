"""Who is told what was said of answers."""

from collections.abc import Callable, Iterator
from functools import partial

from tenken.cli.serving.keeping.addressing import feedback_at, feedback_headers
from tenken.cli.serving.keeping.side import Side, made_in_time
from tenken.cli.serving.keeping.sinking import Ground
from tenken.cli.serving.machine import wall_us
from tenken.config.application import Application
from tenken.config.operating.telemetry import FeedbackTarget
from tenken.keeper.sinks.feedback.forms import FORMS
from tenken.keeper.sinks.feedback.sending import WAITS, Forward, Rated
from tenken.keeper.sinks.posting import Posting
from tenken.store.feedback.following import Following
from tenken.store.ledger import Ledger
from tenken.store.watch.leases import Leases

LEASE_S = 30.0


def telling(settings: Callable[[], Application], ground: Ground) -> Iterator[Side]:
    """Give a work for each backend of the settings as they are now."""
    telemetry = settings().telemetry
    if telemetry.traces:
        name = "badly rated traces"
        rated = Rated(
            Following(ground.engine, name),
            tuple(one.name for one in telemetry.traces),
            exchanges=Ledger(ground.engine).exchanges,
            mine=_mine(ground, name),
        )
        yield Side(name=name, step=rated.step)
    for one in telemetry.feedback:
        make = partial(_forward, one, settings, ground)
        yield made_in_time(f"feedback to {one.name}", make)


def _forward(first: FeedbackTarget, settings: Callable[[], Application], ground: Ground) -> Side:
    """Give the work by what the settings say now; raises UsageError for no address or no key."""
    application = settings()
    telemetry = application.telemetry
    one = next((it for it in telemetry.feedback if it.name == first.name), first)
    name = f"feedback to {one.name}"
    forward = Forward(
        one.name,
        Posting(
            feedback_at(one),
            feedback_headers(one, ground.environment),
            now=wall_us,
            later=WAITS,
        ),
        form=FORMS[one.kind],
        following=Following(ground.engine, name),
        service=telemetry.service or application.application.name,
        mine=_mine(ground, name),
        tell=ground.tell,
    )
    return Side(name=name, step=forward.step)


def _mine(ground: Ground, name: str) -> Callable[[int], bool]:
    leases = Leases(ground.engine)
    return lambda now: leases.hold(name, ground.instance, now, LEASE_S)
