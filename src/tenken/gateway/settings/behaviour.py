"""How routes, callers and the gateway itself behave, from what the files say of them."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from tenken.config.application import Route as RouteEntry
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
PRIORITIES = {
    "batch": Priority.BATCH,
    "normal": Priority.NORMAL,
    "critical": Priority.CRITICAL,
}


def route_of(route: RouteEntry) -> Route:
    """Give a route as it is served."""
    timeouts, retry, hedge = route.timeouts, route.retry, route.hedge
    return Route(
        name=route.name,
        use_case=route.use_case,
        targets=route.targets,
        weights=dict(route.weights),
        timeouts=Timeouts(
            connect_s=timeouts.connect_s,
            ttft_s=timeouts.ttft_s,
            idle_s=timeouts.idle_s,
            total_s=route.timeout_s or timeouts.total_s,
        ),
        retry=RetryPlan(attempts_max=retry.attempts, base_s=retry.base_s, max_s=retry.max_s)
        if retry
        else RetryPlan(),
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
    budget = limits.budget_usd_per_day
    return CallerLimits(
        rpm=limits.rpm,
        tpm=limits.tpm,
        parallel=limits.parallel,
        budget_usd=Decimal(str(budget)) if budget is not None else None,
    )


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
