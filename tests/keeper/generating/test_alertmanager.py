"""Each urgency reaches its receivers; secrets stand in files; what cannot be told is said."""

from typing import Any

from msgspec.structs import replace

from tenken.config.operating.alerting import (
    AlertRoute,
    AlertSettings,
    Mailing,
    Receiver,
    Severity,
)
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


def test_every_kind_of_receiver_is_told_as_it_wants() -> None:
    """Mail with and without a login; a bare one to its own name."""
    plain = Receiver(
        name="post", kind="email",
        mail=Mailing(host="m.example.com", sender="a@example.com", to=("b@example.com",)),
    )  # fmt: skip
    bare = Receiver(name="who@example.com", kind="email")
    routes: dict[Severity, AlertRoute] = {
        "page": AlertRoute(receivers=("post", "who@example.com"))
    }
    asked = replace(
        given(CATALOGUE[0]), alerts=AlertSettings(routes=routes), receivers=(plain, bare)
    )

    _, post, who = body(asked)["receivers"]

    assert post["email_configs"][0]["smarthost"] == "m.example.com:587"
    assert "auth_username" not in post["email_configs"][0]
    assert who["email_configs"] == [{"to": "who@example.com", "send_resolved": True}]


def test_a_bot_speaks_in_its_channel() -> None:
    """Its token stands in a file; that it makes no thread is said."""
    bot = Receiver(name="bot", kind="slack", key_env="BOT", channel="C0123ABCD")
    routes: dict[Severity, AlertRoute] = {"page": AlertRoute(receivers=("bot",))}
    asked = replace(given(CATALOGUE[0]), alerts=AlertSettings(routes=routes), receivers=(bot,))

    _, told = body(asked)["receivers"]

    assert told["slack_configs"] == [
        {
            "api_url": "https://slack.com/api/chat.postMessage",
            "channel": "C0123ABCD",
            "http_config": {
                "authorization": {
                    "type": "Bearer", "credentials_file": "/etc/alertmanager/secrets/bot",
                }
            },
            "send_resolved": True,
        }
    ]  # fmt: skip
    assert "slo.loss_threads" in [one.sentence.id for one in alertmanager(asked).losses]


def test_that_nobody_is_told_is_said() -> None:
    """For each urgency; nothing is sent to a receiver that does not exist."""
    bare = replace(given(CATALOGUE[0]), alerts=AlertSettings(), receivers=())

    assert [one.sentence.id for one in alertmanager(bare).losses] == ["slo.loss_nobody"] * 2
    assert body(bare)["receivers"] == [{"name": "nobody"}]
