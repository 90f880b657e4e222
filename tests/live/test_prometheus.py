"""Our readers of rules and routes agree with the tools that load them."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes.monitoring import alerts_reach_a_receiver
from tests.readiness.estates.kubernetes import KUBERNETES
from tests.readiness.estates.survey import Files, changed, survey_of

pytestmark = pytest.mark.live

RULES = "monitoring/rules.yaml"
ROUTES = "monitoring/alertmanager.yaml"
CHECKS = {RULES: ("promtool", "check", "rules"), ROUTES: ("amtool", "check-config")}
PAGER = "pagerduty_configs:\n      - routing_key_file: /etc/pd"
ADDRESS = "api_url_file: /etc/slack"
IN_EFFECT = [
    pytest.param("", "", id="as they are"),
    pytest.param(
        "route:\n", "global: {slack_api_url_file: /etc/slack}\nroute:\n", id="one for all"
    ),
    pytest.param(PAGER, "webhook_configs: [{url: 'http://bridge:8080/'}]", id="webhook"),
    pytest.param(
        PAGER,
        "email_configs: [{to: a@desk.example.jp, from: b@desk.example.jp, smarthost: 'm:25'}]",
        id="mail",
    ),
    pytest.param("for: 10m", "for: 1h30m", id="two units"),
    pytest.param('status=~"5.."', "status=~'5..|[(]'", id="brackets in a text"),
    pytest.param("> 0.01", "> 0.01 # (as agreed", id="brackets in a comment"),
]
BROKEN = [
    pytest.param("receiver: pager\n", "receiver: gone\n", id="undefined receiver"),
    pytest.param("name: pager", "name: slack", id="one name twice"),
    pytest.param(ADDRESS, "title: x", id="chat without an address"),
    pytest.param(PAGER, "pagerduty_configs: [{severity: high}]", id="pager without a key"),
    pytest.param(PAGER, "webhook_configs: [{send_resolved: true}]", id="webhook without a URL"),
    pytest.param(PAGER, "email_configs: [{to: a@desk.example.jp}]", id="mail without a server"),
    pytest.param("slack_configs", "slack_config", id="misspelt integration"),
    pytest.param("[5m])) > 0.01", "[5m]) > 0.01", id="bracket left open"),
    pytest.param("> 0.01", ">", id="half an expression"),
    pytest.param("for: 10m", "for: 10 minutes", id="duration in words"),
    pytest.param("for: 10m", "for: later", id="no duration"),
]


def refusal(files: Files, folder: Path) -> str:
    """What the tools say against rules and routes; empty where they would load both."""
    said = []
    for path, command in CHECKS.items():
        if shutil.which(command[0]) is None:
            missing = f"{command[0]} is not installed: make system"
            if os.environ.get("CI") == "true":  # noqa: TID251 - the rim of the live tests
                pytest.fail(missing)
            pytest.skip(missing)
        file = folder / Path(path).name
        file.write_text(files[path], "utf-8")
        done = subprocess.run([*command, file], capture_output=True, text=True, check=False)
        said.append(done.stdout + done.stderr if done.returncode else "")
    return "".join(said)


@pytest.mark.parametrize(("old", "new"), IN_EFFECT)
def test_what_we_call_in_effect_is_loaded(old: str, new: str, tmp_path: Path) -> None:
    """A fixture that the tools refuse would teach our probes nothing."""
    files = changed(KUBERNETES, old, new) if old else KUBERNETES

    assert alerts_reach_a_receiver(survey_of(files)).holding is Holding.HOLDS
    assert refusal(files, tmp_path) == ""


@pytest.mark.parametrize(("old", "new"), BROKEN)
def test_what_is_refused_is_not_called_in_effect(old: str, new: str, tmp_path: Path) -> None:
    """Nobody hears a rule that is never loaded."""
    files = changed(KUBERNETES, old, new)

    assert refusal(files, tmp_path) != ""
    assert alerts_reach_a_receiver(survey_of(files)).holding is not Holding.HOLDS
