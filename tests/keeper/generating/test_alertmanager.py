"""Each urgency reaches its receivers; secrets stand in files; what cannot be told is said."""

from typing import Any

from msgspec.structs import replace

from tenken.config.operating.alerting import AlertSettings
from tenken.keeper.generating.alertmanager import alertmanager
from tenken.keeper.generating.given import Given
from tests.keeper.generating.given import CATALOGUE, given, read


def body(made: Given) -> Any:
    return read(alertmanager(made).files[0].text)


def test_urgencies_go_where_the_file_says() -> None:
    """A page to all of its receivers, by routes that go on."""
    routes = body(given(CATALOGUE[0]))["route"]["routes"]

    assert [(one["receiver"], one["matchers"][1], one.get("continue")) for one in routes] == [
        ("duty", 'severity="page"', True),
        ("team", 'severity="page"', None),
        ("team", 'severity="ticket"', True),
        ("hook", 'severity="ticket"', True),
        ("relay", 'severity="ticket"', True),
        ("mail", 'severity="ticket"', None),
    ]
    assert routes[0]["repeat_interval"] == "30m"


def test_no_secret_is_written() -> None:
    """An address that is as good as a key is read from a file."""
    text = alertmanager(given(CATALOGUE[0])).files[0].text

    assert "/etc/alertmanager/secrets/duty" in text
    assert "DUTY_KEY" not in text
    assert "https://hooks.example.com/tenken" in text


def test_what_it_cannot_tell_is_said() -> None:
    """Datadog events, escalation, an address in a file."""
    told = [one.sentence.id for one in alertmanager(given(CATALOGUE[0])).losses]

    assert told == ["slo.loss_receiver", "slo.loss_escalation", "slo.loss_url_file"]


def test_that_nobody_is_told_is_said() -> None:
    """For each urgency; nothing is sent to a receiver that does not exist."""
    bare = replace(given(CATALOGUE[0]), alerts=AlertSettings(), receivers=())

    assert [one.sentence.id for one in alertmanager(bare).losses] == ["slo.loss_nobody"] * 2
    assert body(bare)["receivers"] == [{"name": "nobody"}]
