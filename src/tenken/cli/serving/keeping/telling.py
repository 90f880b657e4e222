"""Who is told what was said of answers."""

from base64 import b64encode
from collections.abc import Callable, Iterator

from tenken.cli.serving.keeping.side import Side
from tenken.cli.serving.keeping.sinking import Ground
from tenken.cli.serving.machine import from_environment, wall_us
from tenken.config.application import Application
from tenken.config.operating.telemetry import FeedbackTarget
from tenken.errors import UsageError
from tenken.keeper.sinks.feedback.forms import FORMS
from tenken.keeper.sinks.feedback.sending import WAITS, Forward, Rated
from tenken.keeper.sinks.posting import Posting
from tenken.store.feedback.following import Following
from tenken.store.ledger import Ledger
from tenken.store.watch.leases import Leases

LEASE_S = 30.0


def telling(application: Application, ground: Ground) -> Iterator[Side]:
    """Give a work for each backend; raises UsageError for what has no address or no key."""
    telemetry = application.telemetry
    service = telemetry.service or application.application.name
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
        name = f"feedback to {one.name}"
        forward = Forward(
            one.name,
            Posting(address_of(one), headers_of(one, ground), now=wall_us, later=WAITS),
            form=FORMS[one.kind],
            following=Following(ground.engine, name),
            service=service,
            mine=_mine(ground, name),
            tell=ground.tell,
        )
        yield Side(name=name, step=forward.step)


def address_of(one: FeedbackTarget) -> str:
    """Give a backend's address; raises UsageError where there is none."""
    if one.url:
        return one.url.rstrip("/")
    if one.kind == "datadog":
        return f"https://api.{one.site}"
    raise UsageError("sinks.not_set", name=one.name)


def headers_of(one: FeedbackTarget, ground: Ground) -> dict[str, str]:
    """Give what it is opened with; raises UsageError where a variable is not set."""
    key = from_environment(one.key_env, ground.environment) if one.key_env else ""
    if one.kind == "datadog":
        return {"dd-api-key": key}
    if one.user_env:
        user = from_environment(one.user_env, ground.environment)
        return {"authorization": "Basic " + b64encode(f"{user}:{key}".encode()).decode()}
    return {"authorization": f"Bearer {key}"} if key else {}


def _mine(ground: Ground, name: str) -> Callable[[int], bool]:
    leases = Leases(ground.engine)
    return lambda now: leases.hold(name, ground.instance, now, LEASE_S)
