"""Model calls as the gateway makes them, so that they are judged like those of the code."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from tenken.evidence import Answer, Finding, FindingKind, Holding, Remark
from tenken.place import Place
from tenken.readiness.answers import lie, note, partly, seen
from tenken.readiness.facts.calls import ABSENT, Fallback, LlmCall, Origin, Retry, Stated, Target
from tenken.readiness.facts.code import Guard
from tenken.readiness.facts.gateways import Gateway, GatewayRoute
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.code.judging import MOST, Judgement, over_calls
from tenken.readiness.probes.gateways.once import once
from tenken.readiness.probes.gateways.wiring import Led, Way, led

Judge = Callable[[LlmCall], Judgement]


class Ways(Struct, frozen=True, kw_only=True):
    """Every way of every call that generates text."""

    through: tuple[Led, ...] = ()
    past: tuple[Led, ...] = ()
    open: tuple[Led, ...] = ()


@once
def ways_of(survey: Survey) -> Ways:
    """Sort the ways of the production calls."""
    every = tuple(chain.from_iterable(led(call, survey) for call in survey.code.generations))
    return Ways(
        through=tuple(one for one in every if one.way is Way.THROUGH),
        past=tuple(one for one in every if one.way is Way.PAST),
        open=tuple(one for one in every if one.way is Way.OPEN),
    )


def all_through(survey: Survey) -> tuple[Gateway, ...]:
    """The gateways that the calls go through, where every one does on every way."""
    ways = ways_of(survey)
    if not ways.through or ways.past or ways.open:
        return ()
    return tuple(dict.fromkeys(one.gateway for one in ways.through if one.gateway))


def over_made(survey: Survey, judge: Judge) -> Answer:
    """Judge every call as it is made; what only looks done in the code stays worth knowing."""
    answer = as_far_as_through(survey, over_calls(with_made(survey), judge))
    idle = tuple(_idle_in_code(judge, ways_of(survey)))
    return replace(answer, findings=(*answer.findings, *idle)) if idle else answer


def as_far_as_through(survey: Survey, answer: Answer) -> Answer:
    """An answer on calls as they are made is not told of those that pass the gateway by."""
    ways = ways_of(survey)
    past = (*bypasses(ways), *dict.fromkeys(_refused(ways)))
    if answer.seen:
        answer = replace(answer, seen=(*answer.seen, *_through(ways)))
    if past and answer.holding is Holding.HOLDS:
        return partly(answer.seen, past)
    more = (*past, *answer.findings, *_unclaimed(ways))
    return replace(answer, findings=more) if more != answer.findings else answer


def bypasses(ways: Ways) -> tuple[Finding, ...]:
    """The calls that go straight to a provider beside others that go through the gateway."""
    if not ways.through:
        return ()
    gateway = ways.through[0].gateway
    told = (
        lie(
            "gateways.bypassed",
            one.address.place,
            function=one.call.function,
            gateway=str(gateway.place) if gateway else "",
        )
        for one in ways.past
    )
    return tuple(dict.fromkeys(told))[:MOST]


def _through(ways: Ways) -> tuple[Remark, ...]:
    """By what the calls are known to go through a gateway."""
    told = (
        seen(
            "gateways.through",
            one.address.place,
            url=one.address.url or "",
            gateway=str(one.gateway.place),
        )
        for one in ways.through
        if one.gateway is not None
    )
    return tuple(dict.fromkeys(told))[:3]


def _refused(ways: Ways) -> Iterator[Finding]:
    """Calls for a name that the gateway does not serve."""
    for one in dict.fromkeys(ways.through):
        model, gateway = one.call.model, one.gateway
        if gateway is None:
            continue
        if _is_known(model) and not gateway.named(model.value):
            at = str(gateway.place)
            yield lie("gateways.no_route", one.call.place, model=model.value, gateway=at)
            continue
        for route in routes_of(one.call, gateway):
            if not route.is_served:
                yield lie("gateways.no_caller", route.place, route=route.name)


def _is_known(model: Stated) -> bool:
    return model.origin is Origin.LITERAL and bool(model.value) and not model.is_one_of_several


def _unclaimed(ways: Ways) -> Iterator[Finding]:
    """An address that no file of the repository claims."""
    for one in list(filter(_is_elsewhere, ways.open))[:1]:
        yield note(
            "gateways.unclaimed",
            one.address.place,
            url=one.address.url or "",
            function=one.call.function,
        )


def _idle_in_code(judge: Judge, ways: Ways) -> Iterator[Finding]:
    """What only looks done in the code stays worth knowing where the gateway does it."""
    for call in dict.fromkeys(one.call for one in ways.through):
        said = judge(call)
        if isinstance(said, Finding) and said.kind is FindingKind.LIE:
            yield replace(said, kind=FindingKind.NOTE)


@once
def with_made(survey: Survey) -> Survey:
    """The survey with each call as a gateway makes it, by each of the routes it may take."""
    calls = tuple(
        made for call in survey.code.calls for made in dict.fromkeys(_made(call, survey))
    )
    return replace(survey, code=replace(survey.code, calls=calls))


def _made(call: LlmCall, survey: Survey) -> Iterator[LlmCall]:
    """As each way makes it: by a route, as the code says, or at an address of somebody's."""
    for one in led(call, survey):
        if one.gateway is not None:
            for route in routes_of(call, one.gateway):
                yield as_made(call, route, one.gateway)
        elif _is_elsewhere(one):
            place, name = one.address.place, one.address.variable
            elsewhere = Stated(origin=Origin.ENVIRONMENT, value=name, place=place)
            yield replace(call, base_url=elsewhere)
        else:
            yield call


def _is_elsewhere(one: Led) -> bool:
    """It is deployed with an address that is no provider's and no gateway's of these files."""
    return one.way is Way.OPEN and bool(one.address.url and one.address.variable)


def routes_of(call: LlmCall, gateway: Gateway) -> tuple[GatewayRoute, ...]:
    """The route of the model that is asked for; every route where that is decided elsewhere."""
    return (gateway.named(call.model.value) if _is_known(call.model) else ()) or gateway.routes


def as_made(call: LlmCall, route: GatewayRoute, gateway: Gateway) -> LlmCall:
    """The call with what its route does for it; what the code does well besides, stays."""
    return replace(
        call,
        place=route.place,
        library=gateway.product.value,
        base_url=ABSENT,
        retries_unknown=False,
        targets=(route.targets[:1] if route.fallbacks else route.targets) or call.targets,
        timeout=route.timeout if route.timeout.is_stated else call.timeout,
        retries=_retries(call, route),
        fallbacks=_fallbacks(call, route),
        breakers=(route.breaker,) if route.breaker else call.breakers,
        limiters=(route.limiter,) if route.limiter else call.limiters,
    )


def _retries(call: LlmCall, route: GatewayRoute) -> tuple[Retry, ...]:
    if route.retry is None:
        return call.retries
    return (route.retry, *(one for one in call.retries if one.unreachable is None))


def _fallbacks(call: LlmCall, route: GatewayRoute) -> tuple[Fallback, ...]:
    if not route.fallbacks:
        return call.fallbacks
    return (*route.fallbacks, *(one for one in call.fallbacks if one.unreachable is None))


def with_guards(survey: Survey) -> Survey:
    """The survey with the guards of gateways on the path of the calls that reach them."""
    found: dict[Guard, list[LlmCall]] = {}
    for one in ways_of(survey).through:
        if one.gateway is not None:
            lasts = one.gateway.records_at is not None
            for guard in _on_every_route(one.call, one.gateway):
                kept = replace(guard, recorded=guard.recorded and lasts)
                found.setdefault(kept, []).append(one.call)
    guards = tuple(
        replace(guard, calls=tuple(dict.fromkeys(call.place for call in calls)))
        for guard, calls in found.items()
    )
    if not guards:
        return survey
    return replace(survey, code=replace(survey.code, guards=(*guards, *survey.code.guards)))


def _on_every_route(call: LlmCall, gateway: Gateway) -> tuple[Guard, ...]:
    routes = routes_of(call, gateway)
    return tuple(one for one in routes[0].guards if all(one in it.guards for it in routes[1:]))


def with_tracing(survey: Survey) -> Survey:
    """The survey with the spans that gateways make of calls, where every call goes through."""
    found = tuple(one.tracing for one in all_through(survey) if one.tracing is not None)
    if not found:
        return survey
    return replace(survey, code=replace(survey.code, tracings=(*survey.code.tracings, *found)))


def models_reached(survey: Survey) -> Mapping[str, Place]:
    """The models that every call can come to, where the gateway alone decides; else nothing."""
    found: dict[str, Place] = {}
    for gateway in all_through(survey):
        for route in gateway.routes:
            if route.name.endswith("*"):
                return {}  # whatever is asked for is handed on
            for target in (*route.targets, *_fallen_to(route)):
                if not target.model.is_stated or "*" in target.model.value:
                    return {}
                found.setdefault(target.model.value, target.model.place or route.place)
    return found


def _fallen_to(route: GatewayRoute) -> Iterator[Target]:
    return (one.target for one in route.fallbacks if one.target is not None)
