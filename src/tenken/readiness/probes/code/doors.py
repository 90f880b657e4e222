"""Routes: who may come in, and what may come in."""

from tenken.evidence import Answer, Finding, Remark
from tenken.readiness.answers import fails, gap, holds, lie, note, partly, seen, unknown
from tenken.readiness.facts.code import Auth, Guard, GuardStage, Route, SignKind
from tenken.readiness.facts.exposure import Opening
from tenken.readiness.facts.infrastructure import Platform, Source
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.code.deployed import guard_off
from tenken.readiness.probes.code.guards import OWN, asked_of_users
from tenken.readiness.probes.code.judging import MOST, shown, unless_foreign, without_models
from tenken.sentence import say


def asked(survey: Survey) -> Answer:
    """Every route asks who is there."""
    if (other := shown(survey, SignKind.SESSION)) is not None:
        return other
    routes = [one for one in survey.code.routes if not one.is_open_by_design]
    if not routes:
        return unknown(say("code.route_none"))
    good = tuple(seen("code.route_asks", one.auth_place or one.place, route=one.name,
        by=one.auth_by)
                 for one in routes if one.auth is Auth.REQUIRED)  # fmt: skip
    optional = [one for one in routes if one.auth is Auth.OPTIONAL]
    claimed = [one for one in routes if one.auth is Auth.CLAIMED]
    admitting = [one for one in routes if one.auth is Auth.ADMITS]
    lies = (
        *(
            lie("code.route_optional", one.auth_place or one.place, route=one.name, by=one.auth_by)
            for one in _once(optional)
        ),
        *map(_claimed, _once(claimed)),
        *map(_admits, _once(admitting)),
    )
    open_ones = tuple(
        gap("code.route_open", one.place, route=one.name)
        for one in routes
        if one.auth is Auth.NONE
    )
    unsure = [one for one in routes if one.auth is Auth.UNKNOWN]
    if lies:
        return (
            partly(good[:MOST], (*lies, *open_ones)[:MOST])
            if good
            else fails(*(*lies, *open_ones)[:MOST])
        )
    if good and open_ones:
        return partly(good[:MOST], open_ones[:MOST])
    if unsure:
        return unknown(
            say("code.route_unsure", by=unsure[0].auth_by),
            note("code.route_unsure_here", unsure[0].place),
        )
    if open_ones:
        return _all_open(survey, open_ones)
    return holds(*good[:MOST])


def _all_open(survey: Survey, open_ones: tuple[Finding, ...]) -> Answer:
    """Nothing asks in the code: something in front of it may."""
    if closed := _kept_closed(survey):
        return partly(closed[:3], open_ones[:MOST])
    return unknown(say("code.route_all_open", count=len(open_ones)), *open_ones[:MOST])


def _admits(one: Route) -> Finding:
    return lie("code.route_admits", one.auth_place or one.place, route=one.name, by=one.auth_by)


def _claimed(one: Route) -> Finding:
    return lie("code.route_claimed", one.auth_place or one.place, route=one.name, by=one.auth_by)


def _once(routes: list[Route]) -> list[Route]:
    """One finding for each place where asking can be switched off."""
    kept = {one.auth_place or one.place: one for one in reversed(routes)}
    return list(kept.values())


def verified(survey: Survey) -> Answer:
    """A caller's credential is checked, with signature and audience."""
    checks = survey.code.token_checks
    off = tuple(
        lie("code.token_not_verified", one.place, how=one.how)
        for one in checks
        if not one.verifies
    )
    good = tuple(
        seen("code.token_verified", one.place, how=one.how)
        for one in checks
        if one.verifies and not one.shared
    )
    optional = [one for one in survey.code.routes if one.auth is Auth.OPTIONAL]
    lies = tuple(
        lie("code.route_optional", one.auth_place or one.place, route=one.name, by=one.auth_by)
        for one in _once(optional)
    )
    known = tuple(lie("code.token_key_known", one.place, how=one.how)
                  for one in checks if one.known_key)  # fmt: skip
    if off or lies or known:
        return partly(good, off) if good and not (lies or known) else fails(*off, *lies, *known)
    return _limited(survey, _checked(survey, good))


def _checked(survey: Survey, good: tuple[Remark, ...]) -> Answer:
    """By what the callers that are let in have been checked."""
    if good:
        passed_by = tuple(
            gap("code.token_passed_by", one.place, route=one.name) for one in _passing_by(survey)
        )
        if not passed_by and not _stands_before(survey):
            passed_by = (gap("code.token_before_nothing", good[0].place),)
        return partly(good[:3], passed_by[:MOST]) if passed_by else holds(*good[:3])
    if admitted := _admitted(survey):
        return holds(*admitted[:3])
    if closed := _kept_closed(survey):
        return partly(closed[:3], (gap("probes_7.callers_not_named", closed[0].place),))
    return _shared(survey) or unknown(say("code.token_not_found"))


def _stands_before(survey: Survey) -> bool:
    """Whether a check is seen where callers come in: a lone one may belong to no door at all."""
    asking = any(one.auth is Auth.REQUIRED for one in survey.code.routes)
    alone = any(one.by_itself for one in survey.code.token_checks)
    return asking or alone or bool(_admitted(survey))


def _limited(survey: Survey, answer: Answer) -> Answer:
    """The answer with what lets others in all the same: half of a check at best."""
    half = _let_by(survey)[:MOST]
    if not half:
        return answer
    asking = any(one.auth is Auth.REQUIRED for one in survey.code.routes)
    if answer.seen and (
        asking or not any(one.auth in {Auth.ADMITS, Auth.CLAIMED} for one in survey.code.routes)
    ):
        return partly(answer.seen, (*half, *answer.findings))
    if answer.missing is not None and not survey.code.token_checks:
        return unknown(answer.missing, *half)
    return fails(*half)


def _let_by(survey: Survey) -> tuple[Finding, ...]:
    """Routes whose check lets everybody by, and websites that may use a user's session."""
    admitting = [one for one in survey.code.routes if one.auth is Auth.ADMITS]
    claimed = [one for one in survey.code.routes if one.auth is Auth.CLAIMED]
    return (
        *map(_admits, _once(admitting)),
        *map(_claimed, _once(claimed)),
        *(lie("code.origins_open", place) for place in survey.code.open_origins),
    )


def _passing_by(survey: Survey) -> list[Route]:
    """Routes to a model that no check stands before; where none leads there, any such route."""
    if _admitted(survey):
        return []
    routes = [one for one in survey.code.routes if not one.is_open_by_design]
    to_model = [one for one in routes if one.reaches_model] or routes
    return [one for one in to_model if one.auth is Auth.NONE]


def _shared(survey: Survey) -> Answer | None:
    """One key for everybody keeps strangers out and tells nobody apart."""
    shared = [one for one in survey.code.token_checks if one.shared]
    if not shared or any(one.auth is not Auth.REQUIRED for one in _asking(survey)):
        return None
    return partly(
        tuple(seen("code.token_compared", one.place, how=one.how) for one in shared[:3]),
        (gap("code.token_shared", shared[0].place, how=shared[0].how),),
    )


def _asking(survey: Survey) -> list[Route]:
    return [one for one in survey.code.routes if one.auth is not Auth.NONE]


def _admitted(survey: Survey) -> tuple[Remark, ...]:
    """Services that the platform lets only named accounts call, and nothing opens to everyone."""
    infrastructure = survey.infrastructure
    if any(one.opening is Opening.UNAUTHENTICATED for one in infrastructure.exposures):
        return ()
    return tuple(
        seen("probes_7.only_these_call", one.place, accounts=", ".join(one.accounts))
        for one in infrastructure.admissions
    )


def _kept_closed(survey: Survey) -> tuple[Remark, ...]:
    """Services that a file makes on Cloud Run and opens to nobody: the platform asks who calls."""
    infrastructure = survey.infrastructure
    if any(one.opening is Opening.UNAUTHENTICATED for one in infrastructure.exposures):
        return ()
    return tuple(
        seen("probes_7.platform_asks_callers", one.place, workload=one.name)
        for one in infrastructure.workloads
        if one.platform is Platform.CLOUD_RUN and one.source is Source.TERRAFORM and one.serves
    )


def inputs(survey: Survey) -> Answer:
    """What comes in is bounded or screened before a model sees it."""
    if (other := shown(survey, SignKind.BOUNDED_INPUT)) is not None:
        return other
    routes = [
        one
        for one in survey.code.routes
        if one.reaches_model and one.method not in {"GET", "HEAD", "DELETE"}
    ]
    stopping = [one for one in survey.code.guards if _screens(one)]
    off = guard_off(survey)
    if not routes and stopping and off is None:
        return unless_foreign(survey.code, _screened(survey, stopping))
    if not routes:
        return without_models(survey) or unknown(say("code.input_no_route"))
    known = off is None and any(one.library != OWN for one in stopping)
    good = tuple(
        seen("code.input_bounded", one.place, route=one.name)
        for one in routes
        if one.validates_input or known
    )
    bad = tuple(
        gap("code.input_unbounded", one.place, route=one.name)
        for one in routes
        if not (one.validates_input or known)
    )
    own = () if known or off else tuple(
        note("code.guard_own_screens", one.place) for one in stopping
    )  # fmt: skip
    if bad and not good and own:
        return partly((seen("code.guard_own_screens", stopping[0].place),), bad[:MOST])
    lies = () if off is None else (
        lie("code.guard_off_deployed", off.place, name=off.name, value=off.value or ""),
    )  # fmt: skip
    if bad or lies:
        found = (*lies, *bad[:MOST])
        return partly(good[:MOST], found) if good else fails(*found)
    return holds(*good[:MOST])


def _screens(one: Guard) -> bool:
    """It stops what comes in; a library whose rules are kept elsewhere may hold none."""
    stops = one.stage is not GuardStage.OUTPUT and bool(one.calls) and one.weakness is None
    return stops and (one.library == OWN or bool(one.topics))


def _screened(survey: Survey, stopping: list[Guard]) -> Answer:
    """Without a route, guards of a library have to stand before every call."""
    covered = {place for one in stopping if one.library != OWN for place in one.calls}
    calls = asked_of_users(survey)
    if not calls or any(call.place not in covered for call in calls):
        return unknown(say("code.input_no_route"))
    return holds(
        *(seen("code.guard_stands_here", one.place, library=one.library) for one in stopping)
    )
