"""Objectives of every kind, to make files from."""

from typing import Any

from tenken.config.operating.alerting import AlertRoute, AlertSettings, Mailing, Receiver
from tenken.config.operating.objectives import ObjectiveQuery, Slo
from tenken.config.operating.telemetry import MetricsDoor
from tenken.config.schema import parse
from tenken.keeper.generating.given import Given, objectives_of


def slo(
    sli: str, *, target: float = 99.9, seconds: float | None = None, usd: float | None = None
) -> Slo:
    """Give an objective that is named after its indicator."""
    return Slo(
        name=sli.replace("_", "-"), sli=sli, target_percent=target, window_days=30,
        use_case="answer", threshold_s=seconds, threshold_usd=usd,
        runbook="docs/runbooks/answers.md",
    )  # fmt: skip


CATALOGUE = (
    slo("availability"),
    slo("latency", seconds=2.56),
    slo("ttft", seconds=0.64, target=95),
    slo("guardrail_available"),
    slo("safety_violation_rate", target=99),
    slo("fallback_rate", target=95),
    slo("feedback_positive_rate", target=80),
    slo("cost_per_request", usd=0.02, target=99),
)
UNMEASURED = slo("eval_pass_rate", target=90)
WORDS = Slo(name="words", sli="as the desk counts", target_percent=99, window_days=28)
OWN = Slo(
    name="own", sli="good scans", target_percent=99, window_days=28, owner="scan team",
    query=ObjectiveQuery(
        good="sum(rate(scans_good_total[$window]))", total="sum(rate(scans_total[$window]))"
    ),
)  # fmt: skip
DOGS = Slo(
    name="dogs", sli="good scans", target_percent=99, window_days=30,
    query=ObjectiveQuery(
        good="sum:scans.good{*}.as_count()", total="sum:scans.all{*}.as_count()",
        language="datadog",
    ),
)  # fmt: skip
RECEIVERS = (
    Receiver(name="duty", kind="pagerduty", key_env="DUTY_KEY"),
    Receiver(name="team", kind="slack", url_env="TEAM_HOOK"),
    Receiver(name="hook", kind="webhook", url="https://hooks.example.com/tenken"),
    Receiver(name="relay", kind="webhook", url_env="RELAY_URL"),
    Receiver(name="events", kind="datadog", key_env="DATADOG_KEY"),
    Receiver(
        name="mail", kind="email",
        mail=Mailing(
            host="mail.example.com", user="desk", password_env="MAIL_PASSWORD",
            sender="desk@example.com", to=("duty@example.com",),
        ),
    ),
)  # fmt: skip
ALERTS = AlertSettings(
    receivers=RECEIVERS,
    runbook_url="https://git.example.com/desk/",
    routes={
        "page": AlertRoute(
            receivers=("duty", "team", "events"), repeat_minutes=30, escalate_after_minutes=15,
            escalate_to=("mail",),
        ),
        "ticket": AlertRoute(receivers=("team", "hook", "relay", "mail")),
    },
)  # fmt: skip


def given(*slos: Slo, faster: int = 1) -> Given:
    """Give what files are made from."""
    return Given(
        application="desk",
        owner="desk team",
        objectives=objectives_of(slos or (*CATALOGUE, UNMEASURED, WORDS, OWN, DOGS)),
        alerts=ALERTS,
        receivers=RECEIVERS,
        metrics=MetricsDoor(port=9464, token="METRICS_TOKEN"),
        faster=faster,
    )


def read(text: str) -> Any:
    """Give what a file says, as its reader would see it."""
    return parse(text, file="made.yaml").plain
