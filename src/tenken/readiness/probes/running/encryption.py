"""Whether what travels and what is kept is encrypted."""

from collections.abc import Iterator

from tenken.evidence import Answer, Finding, FindingKind, Remark
from tenken.readiness.answers import (
    fails,
    gap,
    holds,
    lie,
    not_visible,
    note,
    partly,
    seen,
    unknown,
)
from tenken.readiness.facts.exposure import Encryption, Listener, Upstream
from tenken.readiness.facts.infrastructure import AtRest, Platform, Store
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.pipeline.delivery import live_deploys
from tenken.readiness.probes.running.scaling import REMOTE, serving
from tenken.sentence import say

ALWAYS_TLS = frozenset({
    Platform.CLOUD_RUN, Platform.CONTAINER_APPS, Platform.RENDER, Platform.APP_RUNNER,
})  # fmt: skip
"""Platforms that end TLS themselves and send plain requests on to it."""
OFFER_BOTH = frozenset({
    "functions-action", "az functionapp deployment source", "func azure functionapp publish",
    "webapps-deploy", "az webapp deploy", "az webapp up", "az webapp config container",
    "gcloud app deploy", "deploy-appengine", "heroku container:release", "git push heroku",
    "heroku-deploy",
})  # fmt: skip
"""Deploys to platforms that answer plain requests too, unless a setting of theirs forbids it."""
MOST_TOLD = 8


def in_transit(survey: Survey) -> Answer:
    """Every door and every upstream that the files show."""
    findings = tuple(dict.fromkeys(_open(survey)))[:MOST_TOLD]
    doors = tuple(dict.fromkeys(_doors(survey)))[:MOST_TOLD]
    if findings:
        hollow = any(one.kind is FindingKind.LIE for one in findings)
        if hollow or not doors:  # one door that speaks both ways is open, whatever it announces
            return fails(*findings, remarks=doors)
        return partly(doors, findings)
    behind = tuple(dict.fromkeys(_weak_behind(survey)))[:MOST_TOLD]
    if behind:
        return partly(doors, behind) if doors else fails(*behind)
    if doors:
        undecided = [
            one for one in survey.infrastructure.listeners if one.encrypted is None and one.public
        ]
        notes = tuple(
            note("probes_7.listener_not_known", one.place, door=one.written) for one in undecided
        )
        return unknown(say("probes_7.door_not_known"), *notes) if notes else holds(*doors)
    return _offered(survey) or _unseen(survey, "probes_7.no_door", "probes_7.doors_elsewhere")


def _offered(survey: Survey) -> Answer | None:
    """A platform that has an encrypted address for each application, and a plain one beside it."""
    for it in live_deploys(survey):
        if it.run.tool in OFFER_BOTH:
            place, tool = it.run.place, it.run.tool
            remark = seen("probes_7.platform_offers_tls", place, tool=tool)
            return partly((remark,), (gap("probes_7.plain_not_refused", place, tool=tool),))
    return None


def _open(survey: Survey) -> Iterator[Finding]:
    encrypted = {one.name for one in survey.infrastructure.listeners if one.encrypted}
    for one in survey.infrastructure.listeners:
        if one.encrypted is False and one.public is not False and not one.redirects:
            yield _plain_door(one, beside_tls=one.name in encrypted)
    for upstream in survey.infrastructure.upstreams:
        if not upstream.local and upstream.encryption in {Encryption.PLAIN, Encryption.MAYBE}:
            yield _plain_upstream(upstream)


def _weak_behind(survey: Survey) -> Iterator[Finding]:
    """What stays open behind doors that are encrypted."""
    for place in survey.code.unchecked_tls:
        yield lie("probes_7.any_certificate", place)
    for store in survey.infrastructure.stores:
        if store.demands_tls is False:
            yield gap(
                "probes_7.store_takes_plain",
                store.tls_place or store.place,
                store=store.name or store.resource,
            )


def _plain_door(one: Listener, *, beside_tls: bool) -> Finding:
    if beside_tls:
        return lie("probes_7.plain_beside_tls", one.place, door=one.name, written=one.written)
    return gap("probes_7.plain_door", one.place, door=one.name, written=one.written)


def _plain_upstream(one: Upstream) -> Finding:
    if one.encryption is Encryption.MAYBE:
        return lie("probes_7.falls_back_to_plain", one.place, name=one.name, written=one.written)
    return gap("probes_7.plain_upstream", one.place, name=one.name, written=one.written)


def _doors(survey: Survey) -> Iterator[Remark]:
    for workload in serving(survey):
        if workload.platform in ALWAYS_TLS and workload.serves:
            yield seen(
                "probes_7.platform_ends_tls", workload.place, workload=workload.name,
                platform=workload.platform.value,
            )  # fmt: skip
    for one in survey.infrastructure.listeners:
        if one.encrypted:
            yield seen("probes_7.door_is_encrypted", one.place, door=one.name, written=one.written)


def at_rest(survey: Survey) -> Answer:
    """Every store that the files make."""
    stores = survey.infrastructure.stores
    if not stores:
        return _unseen(survey, "probes_7.no_store", "probes_7.stores_elsewhere")
    off = [one for one in stores if one.at_rest is AtRest.OFF]
    open_ends = [one for one in stores if one.at_rest is AtRest.UNKNOWN]
    fine = [one for one in stores if one.at_rest not in {AtRest.OFF, AtRest.UNKNOWN}]
    kept = dict.fromkeys(_kept(one) for one in fine)
    remarks = (*tuple(kept)[:MOST_TOLD], *(_sealed(survey) if kept else ()))
    findings = tuple(_unencrypted(one) for one in off)[:MOST_TOLD]
    if findings:
        return partly(remarks, findings) if remarks else fails(*findings)
    if not open_ends:
        return holds(*remarks)
    gaps = tuple(gap("probes_7.store_not_known", one.place, store=one.name) for one in open_ends)
    return (
        partly(remarks, gaps[:MOST_TOLD])
        if remarks
        else unknown(say("probes_7.stores_not_known"), *gaps)
    )


def _kept(one: Store) -> Remark:
    id_ = {AtRest.CUSTOMER_KEY: "probes_7.own_key", AtRest.STATED: "probes_7.encryption_on"}.get(
        one.at_rest, "probes_7.platform_encrypts"
    )
    return seen(id_, one.setting or one.place, store=one.name, resource=one.resource)


def _sealed(survey: Survey) -> Iterator[Remark]:
    """Tell of texts that the gateway seals itself, wherever they are kept."""
    if survey.manifest is None:
        return
    application = survey.manifest.application
    texts = application.gateway.texts
    routes = (route.texts.store for route in application.routes if route.texts is not None)
    if texts.key is not None and (texts.store or any(routes)):
        place = survey.manifest.place("gateway", "texts", "key")
        yield seen("probes_7.texts_are_sealed", place, key=texts.key.name)


def _unencrypted(one: Store) -> Finding:
    return gap(
        "probes_7.store_is_plain", one.setting or one.place, store=one.name, resource=one.resource
    )


def _unseen(survey: Survey, nothing: str, elsewhere: str) -> Answer:
    remote = [one for one in survey.infrastructure.unseen if one.because in REMOTE]
    if remote:
        return not_visible(say(elsewhere, detail=remote[0].detail, place=str(remote[0].place)))
    return unknown(say(nothing))
