"""Objectives and alerts of `tenken.yaml` count where something counts them and somebody hears."""

from textwrap import dedent

import pytest

from tenken.evidence import Grade, Holding
from tenken.readiness.probes import monitoring, organisation
from tenken.readiness.probes.registry import Probe
from tests.readiness.estates.survey import Files
from tests.readiness.probes.gateways.behind import OURS, spoiled, survey_of
from tests.readiness.probes.gateways.test_through import SECOND_CLIENT, ids

WATCHED: Files = {
    **OURS,
    "docs/runbooks/burn.md": "# Burning\n\n## Steps\n\n1. Look\n\n```sh\ntenken ledger\n```\n",
    "docs/runbooks/guard.md": "# Guards\n\n## Steps\n\n```sh\ntenken guard review\n```\n",
    "docs/runbooks/spike.md": "# Spikes\n\n## Steps\n\n```sh\ntenken ledger\n```\n",
    "tenken.yaml": OURS["tenken.yaml"]
    + dedent("""\
        slos:
          - {name: answers, sli: availability, target_percent: 99.5, window_days: 28}
        spikes: {measures: [tokens, cost], severity: ticket}
        alerts:
          receivers:
            - {name: oncall, kind: pagerduty, key_env: PAGERDUTY_KEY}
            - {name: desk, kind: slack, url_env: SLACK_URL}
          routes:
            page: {receivers: [oncall]}
            ticket: {receivers: [desk]}
          runbooks:
            burn: docs/runbooks/burn.md
            guard: docs/runbooks/guard.md
            spike: docs/runbooks/spike.md
        """),
}
HELD: tuple[Probe, ...] = (
    monitoring.slos_are_machine_readable,
    monitoring.alerts_reach_a_receiver,
    monitoring.guard_alerts_are_routed_by_severity,
    monitoring.alert_watches_tokens_or_cost,
    organisation.alerts_link_to_runbooks,
)
SPOILED: list[tuple[Probe, str, str]] = [
    (monitoring.slos_are_machine_readable, "sli: availability", "sli: happy users"),
    (monitoring.slos_are_machine_readable, "target_percent: 99.5", "target_percent: 30"),
    (monitoring.alerts_reach_a_receiver, "    page: {receivers: [oncall]}\n", ""),
    (monitoring.alerts_reach_a_receiver, "slos:\n", "x:\n"),
    (monitoring.alerts_reach_a_receiver, "alerts:\n",
     "telemetry: {metrics: {port: 9464}}\nalerts:\n  by: prometheus\n"),
    (monitoring.guard_alerts_are_routed_by_severity, "[oncall]", "[desk]"),
    (monitoring.guard_alerts_are_routed_by_severity, "alerts:\n",
     "alerts:\n  rules: {guards: []}\n"),
    (monitoring.alert_watches_tokens_or_cost, "[tokens, cost]", "[latency]"),
    (monitoring.alert_watches_tokens_or_cost, "    ticket: {receivers: [desk]}\n", ""),
    (organisation.alerts_link_to_runbooks, "burn: docs/runbooks/burn.md",
     "burn: docs/runbooks/gone.md"),
    (organisation.alerts_link_to_runbooks, "    burn: docs/runbooks/burn.md\n", ""),
]  # fmt: skip


@pytest.mark.parametrize("probe", HELD)
def test_what_the_keeper_counts_and_tells_is_configured(probe: Probe) -> None:
    """Of calls that all go through the gateway."""
    answer = probe(survey_of(WATCHED))

    assert answer.holding is Holding.HOLDS, answer
    assert answer.grade is Grade.CONFIGURED


@pytest.mark.parametrize("probe", HELD)
def test_it_is_not_where_a_call_goes_past(probe: Probe) -> None:
    """What it counts says nothing of such calls."""
    answer = probe(survey_of(spoiled(WATCHED, *SECOND_CLIENT)))

    assert answer.holding is not Holding.HOLDS or answer.grade is Grade.DECLARED, answer


@pytest.mark.parametrize(("probe", "old", "new"), SPOILED)
def test_one_spoiled_setting_is_seen(probe: Probe, old: str, new: str) -> None:
    """Nothing counted, nobody told, one way for all, no runbook."""
    files = dict(WATCHED)
    text = files["tenken.yaml"]
    assert old in text
    if old == "slos:\n":
        start = text.index(old)
        files["tenken.yaml"] = text[:start] + text[text.index("spikes:") :]
    else:
        files["tenken.yaml"] = text.replace(old, new)
    answer = probe(survey_of(files))

    assert answer.holding is not Holding.HOLDS, answer


def test_without_a_policy_no_guard_alert_is_claimed() -> None:
    """Nothing is screened, so nothing can be told of."""
    files = {path: text for path, text in WATCHED.items() if path != "guard/policy.yaml"}
    answer = monitoring.guard_alerts_are_routed_by_severity(survey_of(files))

    assert answer.holding is Holding.UNKNOWN


QUERY = "query: {good: 'sum(rate(ok_total[$window]))', total: 'sum(rate(all_total[$window]))'}"


def test_an_objective_with_a_query_of_its_own_needs_no_gateway() -> None:
    """Prometheus counts it."""
    text = dedent(f"""\
        application: {{name: desk, owner: desk-team}}
        slos:
          - {{name: answers, sli: answered, target_percent: 99.5, window_days: 28, {QUERY}}}
        """)
    files = {path: body for path, body in OURS.items() if path.startswith("app")}
    answer = monitoring.slos_are_machine_readable(survey_of({**files, "tenken.yaml": text}))

    assert answer.holding is Holding.HOLDS
    without = survey_of({**files, "tenken.yaml": text.replace(f", {QUERY}", "")})
    assert monitoring.slos_are_machine_readable(without).holding is Holding.FAILS
    counted = text.replace("sli: answered", "sli: availability").replace(f", {QUERY}", "")
    said = monitoring.slos_are_machine_readable(survey_of({**files, "tenken.yaml": counted}))
    assert said.grade is Grade.DECLARED
    assert "gateways.slo_not_counted" in ids(said)


PANEL = """{
  "title": "Desk",
  "schemaVersion": 39,
  "panels": [{"title": "Guards", "type": "timeseries",
              "targets": [{"expr": "sum by (risk) (rate(tenken_guard_matches_total[5m]))"}]}]
}"""


def test_a_panel_on_a_series_of_the_gateway_is_fed_where_it_is_read() -> None:
    """With a door to read it by, and every call through the gateway that counts."""
    board = {"grafana/dashboards/desk.json": PANEL}
    fed = {
        **OURS,
        **board,
        "tenken.yaml": OURS["tenken.yaml"] + "telemetry: {metrics: {port: 9464}}\n",
    }
    probe = monitoring.dashboard_shows_guard_violations
    whole = probe(survey_of(fed))

    assert whole.seen, whole
    for spoiled_one in (
        {**OURS, **board},
        spoiled(fed, *SECOND_CLIENT),
        spoiled(fed, "tenken_guard_matches_total", "tenken_guard_wishes_total"),
    ):
        assert probe(survey_of(spoiled_one)).holding is not whole.holding
