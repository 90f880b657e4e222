"""Alerts, dashboards, SLOs, diagrams: what somebody hears and sees passes, nothing else."""

from collections.abc import Callable

import pytest

from tenken.evidence import Answer, FindingKind, Grade, Holding
from tenken.place import Place
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.goals import kpis_appear_in_a_dashboard_query
from tenken.readiness.probes.monitoring import (
    alert_watches_tokens_or_cost,
    alerts_reach_a_receiver,
    dashboard_shows_business_metrics,
    dashboard_shows_guard_violations,
    dashboard_shows_llm_metrics,
    dashboard_shows_system_metrics,
    guard_alerts_are_routed_by_severity,
    slos_are_machine_readable,
)
from tenken.readiness.probes.organisation import (
    alerts_link_to_runbooks,
    diagrams_match_the_infrastructure,
)
from tests.readiness.estates.cloud_run import CLOUD_RUN
from tests.readiness.estates.ecs import ECS
from tests.readiness.estates.kubernetes import KUBERNETES
from tests.readiness.estates.survey import EMITTED, Files, changed, code, survey_of

Probe = Callable[[Survey], Answer]
EVERY: tuple[Probe, ...] = (
    kpis_appear_in_a_dashboard_query,
    alert_watches_tokens_or_cost,
    alerts_reach_a_receiver,
    dashboard_shows_business_metrics,
    dashboard_shows_guard_violations,
    dashboard_shows_llm_metrics,
    dashboard_shows_system_metrics,
    guard_alerts_are_routed_by_severity,
    slos_are_machine_readable,
    alerts_link_to_runbooks,
    diagrams_match_the_infrastructure,
)


def ids(answer: Answer) -> set[str]:
    """The ids of the findings."""
    return {one.sentence.id for one in answer.findings}


def without(*names: str) -> tuple[str, ...]:
    """What the code emits, but for these metrics."""
    return tuple(one for one in EMITTED if one not in names)


@pytest.mark.parametrize("probe", EVERY, ids=lambda probe: str(probe.__name__))
@pytest.mark.parametrize(
    "files", [pytest.param(CLOUD_RUN, id="cloud-run"), pytest.param(KUBERNETES, id="kubernetes")]
)
def test_an_honest_application_passes(probe: Probe, files: Files) -> None:
    """Everything is defined, fed and heard."""
    answer = probe(survey_of(files))

    assert answer.holding is Holding.HOLDS
    assert all(one.place is not None for one in answer.seen)


@pytest.mark.parametrize("probe", EVERY, ids=lambda probe: str(probe.__name__))
def test_nothing_kept_as_a_file_is_unknown(probe: Probe) -> None:
    """A console may hold all of it: never a failure, never a pass."""
    assert probe(survey_of({"app/main.py": "x = 1\n"})).holding is Holding.UNKNOWN


CHANNEL = "[google_monitoring_notification_channel.oncall.id]"
ERROR_CHANGES = [
    pytest.param(CLOUD_RUN, CHANNEL, "[]", "alert_without_receiver", id="run-no-receiver"),
    pytest.param(
        CLOUD_RUN,
        CHANNEL,
        "[google_monitoring_notification_channel.gone.id]",
        "alert_to_missing_receiver",
        id="run-missing-channel",
    ),
    pytest.param(
        CLOUD_RUN,
        'combiner              = "OR"',
        "enabled = false",
        "alert_disabled",
        id="run-disabled",
    ),
    pytest.param(
        CLOUD_RUN,
        'duration        = "300s"',
        'duration        = "9999h"',
        "alert_holds_too_long",
        id="run-9999h",
    ),
    pytest.param(
        CLOUD_RUN,
        "threshold_value = 5",
        "threshold_value = 99999999",
        "alert_never_true",
        id="run-nines",
    ),
    pytest.param(KUBERNETES, "for: 10m", "for: 9999h", "alert_holds_too_long", id="k8s-9999h"),
    pytest.param(KUBERNETES, "> 0.01", "> 1", "alert_never_true", id="k8s-ratio-above-one"),
    pytest.param(
        KUBERNETES,
        "receiver: pager\n",
        "receiver: gone\n",
        "alert_to_missing_receiver",
        id="k8s-missing-receiver",
    ),
    pytest.param(
        KUBERNETES,
        "    pagerduty_configs:\n      - routing_key_file: /etc/pd\n",
        "",
        "alert_null_route",
        id="k8s-null-receiver",
    ),
    pytest.param(
        KUBERNETES,
        "desk_requests_total{status=~",
        "desk_answers_total{status=~",
        "alert_on_dead_metric",
        id="k8s-dead-metric",
    ),
    pytest.param(
        ECS, "[aws_sns_topic.oncall.arn]", "[]", "alert_without_receiver", id="ecs-no-action"
    ),
    pytest.param(
        ECS,
        "[aws_sns_topic.oncall.arn]",
        "[aws_sns_topic.gone.arn]",
        "alert_to_missing_receiver",
        id="ecs-missing-topic",
    ),
    pytest.param(
        ECS,
        "alarm_actions ",
        "actions_enabled = false\n  alarm_actions ",
        "alert_disabled",
        id="ecs-disabled",
    ),
]


@pytest.mark.parametrize(("files", "old", "new", "lie"), ERROR_CHANGES)
def test_an_alert_that_nobody_hears_fails(files: Files, old: str, new: str, lie: str) -> None:
    """The only alert on errors must be heard; each way to silence it is told with its place."""
    answer = alerts_reach_a_receiver(survey_of(changed(files, old, new)))

    assert answer.holding is Holding.FAILS
    assert f"probes_5.{lie}" in ids(answer)
    assert all(one.kind is FindingKind.LIE and one.place for one in answer.findings)


def test_a_muted_monitor_is_a_lie() -> None:
    """A downtime of all day, every day, found by its tags."""
    downtime = (
        'resource "datadog_downtime_schedule" "noisy" {\n  scope = "env:prod"\n'
        '  monitor_identifier {\n    monitor_tags = ["severity:warning"]\n  }\n'
        '  recurring_schedule {\n    recurrence {\n      duration = "1d"\n'
        '      rrule    = "FREQ=DAILY;INTERVAL=1"\n    }\n  }\n}\n'
    )
    files = {**CLOUD_RUN, "terraform/downtime.tf": downtime}

    answer = alert_watches_tokens_or_cost(survey_of(files))
    nightly = alert_watches_tokens_or_cost(survey_of(changed(files, '"1d"', '"2h"')))

    assert ids(answer) == {"probes_5.alert_muted"}
    assert answer.holding is Holding.FAILS
    assert answer.findings[0].place == Place("terraform/downtime.tf", 1)
    assert nightly.holding is Holding.HOLDS


def test_a_handle_is_needed_in_the_message() -> None:
    """A Datadog monitor without a handle tells nobody."""
    answer = alert_watches_tokens_or_cost(survey_of(changed(CLOUD_RUN, " @slack-desk", "")))

    assert ids(answer) == {"probes_5.alert_without_receiver"}


@pytest.mark.parametrize("old", [CHANNEL], ids=["channels"])
def test_channels_from_a_variable_are_unknown(old: str) -> None:
    """Who is told is decided when Terraform runs."""
    answer = alerts_reach_a_receiver(survey_of(changed(CLOUD_RUN, old, "var.channels")))

    assert answer.holding is Holding.UNKNOWN


def test_rules_without_routes_in_the_repository_are_unknown() -> None:
    """The Alertmanager of the cluster is configured elsewhere."""
    files = {path: text for path, text in KUBERNETES.items() if "alertmanager" not in path}

    assert alerts_reach_a_receiver(survey_of(files)).holding is Holding.UNKNOWN


def test_a_burn_rate_that_an_objective_cannot_reach_is_a_lie() -> None:
    """An objective of 90 % can never burn faster than ten times."""
    policy = (
        'filter = "select_slo_burn_rate(\\"${google_monitoring_slo.answers.id}\\", \\"3600s\\")"\n'
        "      threshold_value = 14.4"
    )
    slow = changed(CLOUD_RUN, "threshold_value = 5", policy)
    slow = changed(slow, 'filter          = "metric.type', 'other = "metric.type')

    reachable = alerts_reach_a_receiver(survey_of(slow))
    answer = alerts_reach_a_receiver(survey_of(changed(slow, "= 0.99", "= 0.9")))

    assert reachable.holding is Holding.HOLDS
    assert ids(answer) == {"probes_5.alert_never_true"}


@pytest.mark.parametrize(
    ("probe", "metric"),
    [
        pytest.param(dashboard_shows_llm_metrics, "desk.llm.tokens", id="llm"),
        pytest.param(dashboard_shows_business_metrics, "desk.enquiry.resolved", id="business"),
        pytest.param(dashboard_shows_guard_violations, "desk.guard.violation", id="guard"),
        pytest.param(kpis_appear_in_a_dashboard_query, "desk.enquiry.resolved", id="kpi"),
        pytest.param(alert_watches_tokens_or_cost, "desk.llm.tokens", id="tokens"),
        pytest.param(
            guard_alerts_are_routed_by_severity, "desk.guard.violation", id="guard-alerts"
        ),
    ],
)
@pytest.mark.parametrize("files", [CLOUD_RUN, KUBERNETES], ids=["cloud-run", "kubernetes"])
def test_a_metric_that_nobody_emits_is_a_lie(probe: Probe, metric: str, files: Files) -> None:
    """The code emits its neighbours and not this one: an empty panel, an alert that is mute."""
    answer = probe(survey_of(files, code(metrics=without(metric))))

    assert answer.holding is Holding.FAILS
    assert answer.findings[0].kind is FindingKind.LIE


@pytest.mark.parametrize(
    "probe",
    [dashboard_shows_llm_metrics, dashboard_shows_guard_violations, alert_watches_tokens_or_cost],
)
def test_a_metric_of_unknown_origin_is_unknown(probe: Probe) -> None:
    """Code that emits nothing leaves it to an agent or another service."""
    assert probe(survey_of(KUBERNETES, code(metrics=()))).holding is Holding.UNKNOWN


def test_severities_that_share_a_channel_are_a_lie() -> None:
    """Two labels and one way out."""
    answer = guard_alerts_are_routed_by_severity(
        survey_of(changed(CLOUD_RUN, "@pagerduty-desk", "@slack-desk"))
    )

    assert ids(answer) == {"probes_5.severities_share_a_route"}


def test_a_monthly_budget_is_no_alert_on_spending() -> None:
    """It tells days later, for the whole account."""
    budget = 'resource "google_billing_budget" "all" {\n  display_name = "all"\n}\n'

    answer = alert_watches_tokens_or_cost(survey_of({"budget.tf": budget}))

    assert answer.holding is Holding.FAILS
    assert ids(answer) == {"probes_5.only_budget"}


@pytest.mark.parametrize(
    ("files", "old", "new", "finding"),
    [
        pytest.param(
            CLOUD_RUN,
            "Runbook: docs/runbooks/errors.md",
            "See the wiki",
            "alert_without_runbook",
            id="run-none",
        ),
        pytest.param(
            CLOUD_RUN,
            "docs/runbooks/tokens.md",
            "docs/runbooks/gone.md",
            "runbook_is_gone",
            id="run-gone",
        ),
        pytest.param(
            KUBERNETES,
            "runbook_url: docs/runbooks/errors.md",
            "runbook_url: https://wiki.example.jp/",
            "runbook_is_a_front_page",
            id="k8s-wiki",
        ),
        pytest.param(
            KUBERNETES,
            "docs/runbooks/tokens.md",
            "docs/runbooks/gone.md",
            "runbook_is_gone",
            id="k8s-gone",
        ),
    ],
)
def test_a_link_that_leads_to_no_steps_is_told(
    files: Files, old: str, new: str, finding: str
) -> None:
    """Dead links, front pages and alerts without any."""
    renamed = {path: text.replace(old, new) for path, text in files.items()}

    answer = alerts_link_to_runbooks(survey_of(renamed))

    assert answer.holding is Holding.PARTLY
    assert ids(answer) == {f"probes_8.{finding}"}


def test_a_runbook_of_headings_is_empty() -> None:
    """The file is there, the steps are not."""
    headings = "# Errors\n\n## Detect\n\n## Act\n\n## Verify\n"

    answer = alerts_link_to_runbooks(survey_of({**CLOUD_RUN, "docs/runbooks/errors.md": headings}))

    assert ids(answer) == {"probes_8.runbook_is_empty"}


RULES = """\
groups:
  - name: desk
    rules:
""" + "".join(
    f"""\
      - alert: {name}
        expr: rate(desk_requests_total[5m]) > {at}
        annotations: {{runbook: "docs/runbook.md#{anchor}"}}
"""
    for at, (name, anchor) in enumerate(
        {"Slow": "slow", "Errors": "1-errors", "Quota": "quota-of-the-provider"}.items()
    )
)
PAGE = (
    "# Runbook\n\n## Slow\nscale up\n\n## 1. Errors (5xx)\nroll back\n\n"
    "## Quota of the provider\nask\n"
)


def test_sections_of_one_page_are_runbooks_of_their_own() -> None:
    """Each alert leads to its own steps; anchors that lead nowhere all lead to the top."""
    whole = {"monitoring/alerts.yml": RULES, "docs/runbook.md": PAGE}
    nowhere = {**whole, "docs/runbook.md": "# Runbook\n\n## What to do\nask somebody\n"}

    assert "probes_8.runbook_is_shared" not in ids(alerts_link_to_runbooks(survey_of(whole)))
    assert "probes_8.runbook_is_shared" in ids(alerts_link_to_runbooks(survey_of(nowhere)))


MONITOR = """\
{"name": "errors", "type": "query alert", "message": "too many @slack-desk",
 "query": "sum(last_5m):sum:desk.requests{status:5xx}.as_count() > 5"}
"""


def test_an_export_that_nothing_applies_is_half_there() -> None:
    """A file in a folder watches nothing; a script that sends it makes it real."""
    files = {"datadog/monitors/errors.json": MONITOR}
    script = {"deploy/apply.sh": "for f in datadog/monitors/*; do datadog-ci apply $f; done\n"}

    exported = alerts_reach_a_receiver(survey_of(files))
    applied = alerts_reach_a_receiver(survey_of({**files, **script}))

    assert exported.holding is Holding.PARTLY
    assert "probes_5.alerts_not_applied" in ids(exported)
    assert (applied.holding, applied.grade) == (Holding.HOLDS, Grade.CONFIGURED)


def test_steps_inside_an_alert_are_half_a_runbook() -> None:
    """Numbered steps in the text help who gets it; no runbook is linked."""
    steps = MONITOR.replace("too many @", "1. Look at the logs\\n2. Roll back\\n@")

    answer = alerts_link_to_runbooks(survey_of({"datadog/monitors/errors.json": steps}))
    without = alerts_link_to_runbooks(survey_of({"datadog/monitors/errors.json": MONITOR}))

    assert (answer.holding, without.holding) == (Holding.PARTLY, Holding.FAILS)
    assert ids(answer) == {"probes_8.steps_only_in_alerts"}


def test_alarms_of_a_remote_module_are_not_visible() -> None:
    """They exist, and nobody can read them from here."""
    module = 'module "a" {\n  source = "git::https://example.com/m.git//ecs-alarms"\n}\n'

    assert alerts_reach_a_receiver(survey_of({"a.tf": module})).holding is Holding.NOT_VISIBLE


def test_rules_as_a_custom_resource_are_read() -> None:
    """`PrometheusRule` and a rules file say the same."""
    groups = KUBERNETES["monitoring/rules.yaml"].replace("\n", "\n  ")
    rule = (
        "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\n"
        f"metadata: {{name: desk}}\nspec:\n  {groups}\n"
    )
    rest = {path: text for path, text in KUBERNETES.items() if "rules" not in path}

    assert (
        alerts_reach_a_receiver(survey_of({**rest, "k8s/r.yaml": rule})).holding is Holding.HOLDS
    )
