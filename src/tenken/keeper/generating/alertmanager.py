"""Routes for Alertmanager: each urgency to its receivers, as `alerts.routes` has them.

Secrets stand in files beside it, one for each receiver and named after it; their content is what
the receiver's variable holds.
"""

from collections.abc import Iterator

from tenken.config.operating.alerting import SLACK, Receiver
from tenken.config.operating.objectives import Severity
from tenken.keeper.generating.given import URGENCIES, File, Generated, Given, Loss
from tenken.keeper.generating.prometheus import ALERTS
from tenken.keeper.generating.yaml import Plain, written
from tenken.sentence import say

ROUTES = "alertmanager.yaml"
SECRETS = "/etc/alertmanager/secrets"
NOBODY = "nobody"
WAIT_S, INTERVAL_S, REPEAT_S = 10, 300, 4 * 3600
COMMENT = "Made by `tenken slo generate --for alertmanager`; a change belongs into tenken.yaml."


def alertmanager(given: Given) -> Generated:
    """Make the routes."""
    told = {one: _known(given, one) for one in URGENCIES}
    used = {one.name: one for several in told.values() for one in several}
    shown: list[Plain] = [{"name": NOBODY}]
    shown += [_receiver(one) for one in used.values()]
    body: Plain = {
        "route": {
            "receiver": NOBODY,
            "group_by": ["application", "slo", "kind", "alertname"],
            "group_wait": given.seconds(given.alerts.group_wait_seconds or 1),
            "group_interval": given.seconds(INTERVAL_S),
            "repeat_interval": given.seconds(REPEAT_S),
            "routes": [route for one in URGENCIES for route in _routes(given, one, told[one])],
        },
        "inhibit_rules": [_page_before_ticket()],
        "receivers": shown,
    }
    file = File(path=ROUTES, text=written(body, comment=COMMENT))
    return Generated(files=(file,), losses=tuple(_losses(given)))


def _known(given: Given, severity: Severity) -> tuple[Receiver, ...]:
    route = given.alerts.routes.get(severity)
    known = {one.name: one for one in given.receivers if one.kind != "datadog"}
    return tuple(known[name] for name in (route.receivers if route else ()) if name in known)


def _routes(given: Given, severity: Severity, told: tuple[Receiver, ...]) -> Iterator[Plain]:
    matchers = [f'application="{given.application}"', f'severity="{severity}"']
    route = given.alerts.routes.get(severity)
    repeat = route.repeat_minutes if route else None
    for at, one in enumerate(told):
        last = at == len(told) - 1
        yield {
            "matchers": matchers,
            "receiver": one.name,
            **({"repeat_interval": given.window(repeat)} if repeat else {}),
            **({} if last else {"continue": True}),
        }


def _page_before_ticket() -> Plain:
    """Whoever is paged for an objective needs no ticket of it."""
    return {
        "source_matchers": [f'alertname="{ALERTS["page"]}"'],
        "target_matchers": [f'alertname="{ALERTS["ticket"]}"'],
        "equal": ["application", "slo"],
    }


def _receiver(one: Receiver) -> Plain:
    secret = f"{SECRETS}/{one.name}"
    both: dict[str, Plain] = {"send_resolved": True}
    match one.kind:
        case "slack":
            return {"name": one.name, "slack_configs": [{**_slack(one, secret), **both}]}
        case "pagerduty":
            return {"name": one.name, "pagerduty_configs": [{"routing_key_file": secret, **both}]}
        case "email":
            return {"name": one.name, "email_configs": [{**_mail(one, secret), **both}]}
        case _:
            address: dict[str, Plain] = {"url": one.url} if one.url else {"url_file": secret}
            return {"name": one.name, "webhook_configs": [{**address, **both}]}


def _slack(one: Receiver, secret: str) -> dict[str, Plain]:
    if one.channel is None:
        return {"api_url_file": secret}
    bot: dict[str, Plain] = {"type": "Bearer", "credentials_file": secret}
    return {
        "api_url": one.url or SLACK,
        "channel": one.channel,
        "http_config": {"authorization": bot},
    }


def _mail(one: Receiver, secret: str) -> dict[str, Plain]:
    mail = one.mail
    if mail is None:
        return {"to": one.name}
    login: dict[str, Plain] = (
        {"auth_username": mail.user, "auth_password_file": secret} if mail.user else {}
    )
    return {
        "to": ", ".join(mail.to),
        "from": mail.sender,
        "smarthost": f"{mail.host}:{mail.port}",
        "require_tls": mail.security == "starttls",
        **login,
    }


def _losses(given: Given) -> Iterator[Loss]:
    known = {one.name: one for one in given.receivers}
    for severity in URGENCIES:
        route = given.alerts.routes.get(severity)
        names = route.receivers if route else ()
        if not any(name in known and known[name].kind != "datadog" for name in names):
            yield Loss(slo="", sentence=say("slo.loss_nobody", severity=severity))
        for name in names:
            one = known.get(name)
            if one is not None and one.kind == "datadog":
                yield Loss(slo="", sentence=say("slo.loss_receiver", receiver=name))
            elif one is not None and one.kind == "webhook" and not one.url:
                yield Loss(slo="", sentence=say("slo.loss_url_file", receiver=name))
            elif one is not None and one.channel:
                yield Loss(slo="", sentence=say("slo.loss_threads", receiver=name))
        if route and (route.escalate_after_minutes or route.escalate_to):
            yield Loss(slo="", sentence=say("slo.loss_escalation", severity=severity))
