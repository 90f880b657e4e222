"""An alert that would reach nobody is refused when the file is read."""

import pytest

from tenken.config.operating.alerting import receivers
from tests.config.declaring import APPLICATION, PLATFORM, load, problems

GOOD = """
alerts:
  receivers:
    - {name: chat, kind: slack, url_env: CHAT_HOOK}
    - {name: pager, kind: pagerduty, key_env: PAGER_KEY}
  routes:
    page: {receivers: [pager], escalate_after_minutes: 10, escalate_to: [chat]}
    ticket: {receivers: [chat]}
"""


def test_what_is_whole_is_taken() -> None:
    """With what is watched where nothing else is said."""
    settings = load(APPLICATION + GOOD).application.alerts

    assert sorted(receivers(settings)) == ["chat", "pager"]
    assert (settings.by, settings.rules.retirement_days) == ("tenken", 90)
    assert [rule.alert for rule in settings.rules.guards] == ["page", "ticket", "info"]


def test_a_platforms_receiver_can_be_told() -> None:
    """Where it is said by a variable; one that is not is no receiver to us."""
    platform = PLATFORM + (
        'alert_receivers: [{name: oncall, kind: pagerduty, to: "env:PD"},'
        ' {name: channel, kind: slack, to: "#alerts"}]\n'
    )
    extends = 'extends: {platform: platform.yaml, version: "7"}\n'

    def text(name: str) -> str:
        return f"{APPLICATION}{extends}alerts: {{routes: {{page: {{receivers: [{name}]}}}}}}\n"

    load(text("oncall"), platform)
    assert "known: oncall" in str(problems(text("channel"), platform))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("receivers: [pager]", "receivers: [paper]", "no receiver paper"),
        ("escalate_to: [chat]", "escalate_to: [cat]", "no receiver cat"),
        (", escalate_to: [chat]", "", "Without `escalate_to`"),
        ("kind: slack, url_env: CHAT_HOOK", "kind: slack", "of kind slack needs url_env"),
        (
            "kind: slack, url_env: CHAT_HOOK",
            "kind: slack, url: 'https://hooks.example.com/x'",
            "of kind slack needs url_env",
        ),
        ("url_env: CHAT_HOOK", "key_env: BOT", "`channel` and `key_env` belong together"),
        ("url_env: CHAT_HOOK", "url_env: CHAT_HOOK, channel: C01", "belong together"),
        ("key_env: PAGER_KEY", "key_env: PAGER_KEY, channel: C01", "of kind slack alone"),
        ("key_env: PAGER_KEY", "url: 'https://relay.example.com'", "needs key_env"),
        ("name: pager, kind", "name: chat, kind", "chat"),
    ],
)
def test_what_would_be_heard_by_nobody_is_refused(before: str, after: str, told: str) -> None:
    """With what is known, and where it stands."""
    assert told in str(problems(APPLICATION + GOOD.replace(before, after)))


@pytest.mark.parametrize("by", ["prometheus", "datadog"])
def test_who_pages_in_our_place_must_see_something(by: str) -> None:
    """Without the page of metrics nobody would hear of anything."""
    text = f"{APPLICATION}alerts: {{by: {by}}}\n"

    assert f"`by: {by}`" in str(problems(text))
    shown = load(f"{text}telemetry: {{metrics: {{port: 9464}}}}\n")
    assert shown.application.alerts.by == by
