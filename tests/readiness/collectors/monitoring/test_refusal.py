"""Rules and receivers that the servers refuse are there, and nothing of them runs."""

import pytest

from tenken.readiness.facts.monitoring import Alert, Reach, Silence
from tests.readiness.estates.survey import survey_of

RULES = """\
groups:
  - name: desk
    rules:
      - {alert: A, expr: %s, for: %s}
      - {alert: B, expr: up == 0}
"""
ROUTES = "route: {receiver: all}\nreceivers:\n  - name: all\n    %s\n"


def alerts(
    expression: str = "up == 0", hold: str = "5m", *, routes: str = ""
) -> tuple[Alert, ...]:
    """The two alerts of a file whose first rule is given."""
    files = {"rules.yaml": RULES % (expression, hold)}
    return survey_of({**files, "alertmanager.yaml": routes} if routes else files).monitoring.alerts


def refused(*found: Alert) -> list[bool]:
    """Which of them are not loaded."""
    return [Silence.REFUSED in {one.because for one in alert.silenced} for alert in found]


@pytest.mark.parametrize("hold", ["later", "10 minutes", "5min", "h5"])
def test_a_duration_that_is_none_keeps_the_whole_file_out(hold: str) -> None:
    """The rule beside it is not loaded either."""
    assert refused(*alerts(hold=hold)) == [True, True]


@pytest.mark.parametrize("hold", ["0", "0s", "1h30m", "90s", '"{{ .Values.hold }}"', '"${HOLD}"'])
def test_a_duration_or_a_template_of_one_is_left_alone(hold: str) -> None:
    """What a template comes to is not known here."""
    assert refused(*alerts(hold=hold)) == [False, False]


@pytest.mark.parametrize(
    "expression",
    ["'sum(rate(x[5m]) > 1'", "'x >'", "'x and'", "'sum by (a'", "'x[5m)'", "'x) > 1'"],
)
def test_an_expression_that_does_not_end_keeps_the_whole_file_out(expression: str) -> None:
    """In the middle of a comparison, of a pair of brackets, of a list."""
    assert refused(*alerts(expression)) == [True, True]


@pytest.mark.parametrize(
    "expression",
    ["'x{a=\"(\"} > 1'", "'x{a=~`[)]`} > 1'", "'x > 1 # (as agreed'", "'x{{ .Values.more }} >'"],
)
def test_brackets_in_texts_and_comments_are_none(expression: str) -> None:
    """Nor is the text of a template judged."""
    assert refused(*alerts(expression)) == [False, False]


@pytest.mark.parametrize(
    ("integration", "reach"),
    [
        ("slack_configs: [{channel: a}]", Reach.BROKEN),
        ("slack_configs: [{channel: a, api_url_file: /s}]", Reach.SOMEBODY),
        ("slack_configs: [{channel: a}]\nglobal: {slack_api_url_file: /s}", Reach.SOMEBODY),
        ("webhook_configs: [{send_resolved: true}]", Reach.BROKEN),
        ("webhook_configs: [{url_file: /u}]", Reach.SOMEBODY),
        ("pagerduty_configs: [{severity: high}]", Reach.BROKEN),
        ("opsgenie_configs: [{}]\nglobal: {opsgenie_api_key_file: /k}", Reach.SOMEBODY),
        ("email_configs: [{to: a@desk.example.jp}]", Reach.BROKEN),
        ("sns_configs: [{topic_arn: 'arn:aws:sns:x:1:y'}]", Reach.SOMEBODY),
        ("slack_configs: [{channel: a}]\n    webhook_configs: [{url_file: /u}]", Reach.SOMEBODY),
    ],
)
def test_a_receiver_without_an_address_reaches_nobody(integration: str, reach: Reach) -> None:
    """Beside it or under `global`; a kind that we do not know is believed."""
    assert {one.reach for one in alerts(routes=ROUTES % integration)} == {reach}
