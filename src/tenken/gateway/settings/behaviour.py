"""How routes, callers and the gateway itself behave, from what the files say of them."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from msgspec.structs import replace

from tenken.config.application import Limits
from tenken.config.application import Route as RouteEntry
from tenken.config.platform import CallFloor
from tenken.config.serving import (
    CallerEntry,
    CallerLimit,
    FeedbackSettings,
    GatewaySettings,
    IssuerEntry,
)
from tenken.gateway.assembly import Manner
from tenken.gateway.hearing.hear import Hearing
from tenken.gateway.hearing.token import FeedbackTokens
from tenken.gateway.plan import CacheFor, Caller, CallerLimits, Issuer, Known, Route
from tenken.gateway.repeating.once import OncePlan
from tenken.policy.admission import AdmissionPlan, Priority
from tenken.policy.deadline import Timeouts
from tenken.policy.hedge import HedgePlan
from tenken.policy.retry import RetryPlan

KIB = 1 << 10
MIB = 1 << 20
HOUR_US = 3_600_000_000
NO_FLOOR = CallFloor()
PRIORITIES = {
    "batch": Priority.BATCH,
    "normal": Priority.NORMAL,
    "critical": Priority.CRITICAL,
}


def route_of(route: RouteEntry, floor: CallFloor = NO_FLOOR) -> Route:
    """Give a route as it is served: where it says nothing, the platform's floor holds."""
    timeouts, retry, hedge = route.timeouts, route.retry, route.hedge
    total_s = route.timeout_s or timeouts.total_s
    attempts = retry.attempts if retry else RetryPlan().attempts_max
    tried = RetryPlan(attempts_max=min(attempts, floor.attempts_max or attempts))
    return Route(
        name=route.name,
        use_case=route.use_case,
        targets=route.targets,
        weights=dict(route.weights),
        timeouts=Timeouts(
            connect_s=timeouts.connect_s,
            ttft_s=timeouts.ttft_s,
            idle_s=timeouts.idle_s,
            total_s=min(total_s, floor.timeout_max_s or total_s),
        ),
        retry=replace(tried, base_s=retry.base_s, max_s=retry.max_s) if retry else tried,
        limits=limits_of(route.limits),
        queue_for_place=route.queue_for_place,
        larger_context=route.larger_context,
        static_answer=route.static_answer,
        hedge=HedgePlan(
            quantile=hedge.quantile, share_max=hedge.share_max, samples_min=hedge.samples_min
        )
        if hedge
        else None,
        cache=CacheFor(ttl_s=route.cache.ttl_s, size=route.cache.size_mb * MIB)
        if route.cache
        else None,
    )


def plain_of(floor: CallFloor) -> Route:
    """Give how a model is served that is called by its own name."""
    return route_of(RouteEntry(name="", use_case="", targets=()), floor)


def caller_of(entry: CallerEntry) -> Caller:
    """Give a caller as it is served."""
    return Caller(
        id=entry.id,
        routes=frozenset(entry.routes),
        models=frozenset(entry.models),
        use_cases=entry.use_cases,
        limits=limits_of(entry.limits),
        priority=PRIORITIES[entry.priority],
        drills=entry.drills,
    )


def limits_of(limits: CallerLimit) -> CallerLimits:
    """Give limits as they are counted; money exactly."""
    return CallerLimits(
        rpm=limits.rpm,
        tpm=limits.tpm,
        parallel=limits.parallel,
        budget_usd=_money(limits.budget_usd_per_day),
    )


def limited(entries: Iterable[tuple[str, CallerLimit]]) -> Mapping[str, CallerLimits]:
    """Give those that limit anything, by their names."""
    found = {name: limits_of(limits) for name, limits in entries}
    return {name: limits for name, limits in found.items() if limits.any}


def share_of(limits: Limits | None) -> CallerLimits:
    """Give what may be called of a model: our share of what its provider allows."""
    if limits is None:
        return CallerLimits()

    def ours(allowed: float | None) -> int | None:
        return max(1, int(allowed * limits.share)) if allowed is not None else None

    rpm, tpm, parallel = ours(limits.rpm), ours(limits.tpm), ours(limits.parallel)
    return CallerLimits(
        rpm=rpm, tpm=tpm, parallel=parallel, budget_usd=_money(limits.budget_usd_per_day)
    )


def _money(usd: float | None) -> Decimal | None:
    return Decimal(str(usd)) if usd is not None else None


def identities_of(callers: Iterable[CallerEntry]) -> Mapping[str, tuple[Known, ...]]:
    """Give whom tokens name, by their issuer."""
    found: dict[str, tuple[Known, ...]] = {}
    for caller in callers:
        for one in caller.identities:
            known = Known(one.claim, one.value, caller.id)
            found[one.issuer] = (*found.get(one.issuer, ()), known)
    return found


def issuers_of(entries: Iterable[IssuerEntry]) -> Mapping[str, Issuer]:
    """Give those whose tokens are taken."""
    return {
        one.issuer: Issuer(
            issuer=one.issuer,
            audience=one.audience,
            jwks=one.jwks,
            algorithms=one.algorithms,
            leeway_s=one.leeway_s,
            refresh_s=one.refresh_s,
        )
        for one in entries
    }


def _hearing(settings: FeedbackSettings, key: bytes) -> Hearing:
    return Hearing(
        tokens=FeedbackTokens(key, hours=settings.hours) if settings.tokens else None,
        origins=frozenset(one.encode() for one in settings.origins),
    )


def manner_of(settings: GatewaySettings, *, fingerprint_key: bytes) -> Manner:
    """Give how the gateway behaves."""
    admission = settings.admission
    return Manner(
        fingerprint_key=fingerprint_key,
        serves_when_full=settings.journal.when_full == "serve",
        admission=AdmissionPlan(
            in_flight_max=admission.in_flight_max,
            queue_max=admission.queue_max,
            wait_max_s=admission.wait_s,
        ),
        keep_alive_s=settings.keep_alive_s,
        once=OncePlan(
            kept_us=round(settings.idempotency.hours * HOUR_US),
            answer_max=settings.idempotency.answer_kb_max * KIB,
        ),
        hearing=_hearing(settings.feedback, fingerprint_key),
    )
