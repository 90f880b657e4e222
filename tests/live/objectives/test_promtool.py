"""What is made is what Prometheus loads, and its tests catch rules that are spoiled."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from tenken.config.operating.alerting import AlertRoute, Receiver
from tenken.keeper.generating.alertmanager import alertmanager
from tenken.keeper.generating.given import File, Given
from tenken.keeper.generating.prometheus import RULES, TESTS, prometheus
from tests.keeper.generating.given import CATALOGUE, OWN, given
from tests.live.objectives.tools import run

pytestmark = pytest.mark.live


def failures(folder: Path, asked: Given, old: str = "", new: str = "") -> str:
    """Run the tests that were made over the rules that were made; gives what fails."""
    for file in prometheus(asked).files:
        text = file.text.replace(old, new) if old and file.path == RULES else file.text
        (folder / file.path).write_text(text, "utf-8")
    assert run("promtool", "check", "rules", folder / RULES).returncode == 0
    done = run("promtool", "test", "rules", folder / TESTS)
    return done.stdout + done.stderr if done.returncode else ""


def test_every_indicator_fires_and_clears(tmp_path: Path) -> None:
    """As `promtool test rules` sees it."""
    assert failures(tmp_path, given(*CATALOGUE, OWN)) == ""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("> 14.4", "> 14400", id="out of reach"),
        pytest.param("> 1 and", "> 1e9 and", id="slowest out of reach"),
        pytest.param('status="5xx"', 'status="4xx"', id="failures are not seen"),
        pytest.param("burn:5m{", "burn:1h{", id="does not end"),
        pytest.param("absent(tenken_store_up == 1)", "vector(0) > 1", id="blind"),
        pytest.param("tenken_store_up == 1", "tenken_store_up", id="sums that stand still"),
    ],
)
def test_a_spoiled_rule_is_found(old: str, new: str, tmp_path: Path) -> None:
    """The tests test something."""
    assert failures(tmp_path, given(CATALOGUE[0]), old, new) != ""


def test_the_routes_are_loaded(tmp_path: Path) -> None:
    """By Alertmanager's own reader; an address in a file needs a newer one than ours."""
    plain = given(CATALOGUE[0])
    bot = Receiver(name="bot", kind="slack", key_env="BOT", channel="C0123ABCD")
    routes = {**plain.alerts.routes, "page": AlertRoute(receivers=("duty", "bot"))}
    asked = replace(
        plain, alerts=replace(plain.alerts, routes=routes), receivers=(*plain.receivers, bot)
    )
    (made,) = alertmanager(asked).files
    assert "credentials_file" in made.text
    text = File(path=made.path, text=made.text.replace("url_file: /etc", "url: http:///etc")).text
    file = tmp_path / made.path
    file.write_text(text.replace("http:///etc/", "http://relay.example.com/"), "utf-8")

    checked = run("amtool", "check-config", file)

    assert checked.returncode == 0, checked.stdout + checked.stderr
