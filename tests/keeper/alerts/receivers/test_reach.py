"""Each vendor takes what is sent; keys are in no store, no note and no other's hands."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

import pytest
from msgspec.structs import replace

from tenken.config.operating.alerting import (
    AlertSettings,
    Mailing,
    Receiver,
    of_platform,
    receivers,
)
from tenken.config.platform import AlertReceiver
from tenken.keeper.alerts.message import Links, Message, Writer
from tenken.keeper.alerts.posting import NotSent, Post
from tenken.keeper.alerts.receivers import webhook
from tenken.keeper.alerts.receivers.reach import Reach, stored
from tenken.keeper.alerts.telling import Notice, Reason
from tenken.messages.speech import Language, Speech
from tenken.sentence import say
from tenken.store.watch.alert import Alert, State, Subject
from tests.keeper.alerts.vendors import (
    API_KEY,
    ROUTING_KEY,
    SLACK_PATH,
    Answer,
    Came,
    Vendor,
    always,
    datadog,
    pagerduty,
    slack,
)

NOW = 1_795_000_000_000_000
MINUTE = 60_000_000
Serve = Callable[[Callable[[Came], Answer]], Vendor]
REASONS: tuple[Reason, ...] = (
    "fired", "repeated", "escalated", "acknowledged", "resolved", "tested",
)  # fmt: skip


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:
        yield lambda answer: stack.enter_context(Vendor(answer).serving())


def alert(name: str = "0123456789ab") -> Alert:
    return Alert(
        id=name,
        key="slo/answers/page",
        kind="burn",
        severity="page",
        state=State.FIRING,
        since=NOW - 7 * MINUTE,
        changed_at=NOW,
        heard_at=NOW,
        what=say("alerts.lag", seconds=300),
        subject=Subject(use_case="support", target="gpt <b>"),
        value=14.5,
        threshold=14.4,
        unit="x",
        budget_left=0.42,
        cause=say("alerts.guard_cause", risk="harm & co", count=7),
        acknowledged_by="hana",
    )


def message(reason: Reason = "fired", language: Language = Language.EN, count: int = 1) -> Message:
    links = Links(
        console="https://console.example.com/",
        repository="https://git.example.com/app/blob/main",
        runbooks={"burn": "runbooks/burn.md"},
    )
    writer = Writer(application="desk", environment="prod", links=links)
    alerts = tuple(alert(f"{number:012}") for number in range(count))
    notice = Notice(id="n1", receiver="r", reason=reason, alerts=alerts)
    return writer.message(notice, Speech(language), NOW)


def sent(receiver: Receiver, told: Message, environment: Mapping[str, str]) -> str:
    body = stored(receiver, told)
    assert not any(value in body for value in environment.values())
    return Reach(environment).hand_over(receiver, body, id_="n1", now=NOW)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("reason", REASONS)
def test_slack_takes_every_message(serve: Serve, reason: Reason, language: Language) -> None:
    """Also a group of many, in either language, and nothing in it is read as a command."""
    server = serve(slack)
    receiver = Receiver(name="s", kind="slack", url_env="HOOK", allow_private=True)

    note = sent(receiver, message(reason, language, count=40), {"HOOK": server.url + SLACK_PATH})

    assert note == "200 ok"
    [came] = server.came
    assert b"gpt &lt;b&gt;" in came.content
    assert b"harm &amp; co" in came.content
    assert "<https://console.example.com/alerts/000000000000>" in str(came.body)


def test_it_says_all_that_is_to_be_said(serve: Serve) -> None:
    """What, since when, how bad, what is left, why, and where to read on."""
    server = serve(slack)
    receiver = Receiver(name="s", kind="slack", url_env="HOOK", allow_private=True)
    sent(receiver, message(), {"HOOK": server.url + SLACK_PATH})

    said = str(server.came[0].body)
    for part in (
        "[PAGE] desk prod: The journal is 300 s behind",
        "for 7 min",
        "How bad: 14.5x, threshold 14.4x",
        "Error budget left: 42.0 %",
        "use case support",
        "Likely cause: Most of them: harm &amp; co (7)",
        "<https://git.example.com/app/blob/main/runbooks/burn.md>",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("reason", "action"),
    [("fired", "trigger"), ("escalated", "trigger"), ("acknowledged", "acknowledge"),
     ("resolved", "resolve")],
)  # fmt: skip
def test_pagerduty_has_an_incident_for_each_alert(
    serve: Serve, reason: Reason, action: str
) -> None:
    """Its key is put in when it is sent, and the alert's id is what deduplicates."""
    server = serve(pagerduty)
    receiver = Receiver(
        name="p", kind="pagerduty", url=f"{server.url}/v2/enqueue", key_env="KEY",
        allow_private=True,
    )  # fmt: skip

    note = sent(receiver, message(reason), {"KEY": ROUTING_KEY})

    assert note.startswith("202 ")
    body = server.came[0].body
    assert (body["event_action"], body["dedup_key"]) == (action, "000000000000/page")
    assert "before" not in body


def test_what_gets_worse_wakes_somebody_anew(serve: Serve) -> None:
    """A second event for an incident that is open wakes nobody: the page is one of its own."""
    server = serve(pagerduty)
    receiver = Receiver(
        name="p", kind="pagerduty", url=f"{server.url}/v2/enqueue", key_env="KEY",
        allow_private=True,
    )  # fmt: skip
    page = message()
    mild = replace(page.parts[0].alert, severity="ticket")
    ticket = replace(page, severity="ticket", parts=(replace(page.parts[0], alert=mild),))

    for one in (ticket, page, replace(page, reason="acknowledged"), message("resolved")):
        assert sent(receiver, one, {"KEY": ROUTING_KEY}).startswith("202 ")

    said = [(one.body["event_action"], one.body["dedup_key"]) for one in server.came]
    name = page.parts[0].alert.id
    over = [("resolve", f"{name}/ticket"), ("resolve", name)]
    assert said == [
        ("trigger", f"{name}/ticket"), ("resolve", name),
        ("trigger", f"{name}/page"), *over,
        ("acknowledge", f"{name}/page"),
        ("resolve", f"{name}/page"), *over,
    ]  # fmt: skip


def test_an_event_that_an_earlier_version_wrote_is_sent_as_it_is() -> None:
    """It waits in the outbox while tenken is made newer."""
    told: list[Post] = []

    def send(one: Post) -> str:
        told.append(one)
        return "202 ok"

    reach = Reach({"KEY": ROUTING_KEY}, send)
    receiver = Receiver(name="p", kind="pagerduty", key_env="KEY")
    body = '{"event_action":"trigger","dedup_key":"a3f1"}'

    assert reach.hand_over(receiver, body, id_="1", now=NOW) == "202 ok"

    [one] = told
    assert b'"dedup_key":"a3f1"' in one.content


@pytest.mark.parametrize("reason", REASONS)
def test_datadog_takes_an_event(serve: Serve, reason: Reason) -> None:
    """Its key is a header; the end of something is a success."""
    server = serve(datadog)
    receiver = Receiver(
        name="d", kind="datadog", url=f"{server.url}/api/v1/events", key_env="KEY",
        allow_private=True,
    )  # fmt: skip

    assert sent(receiver, message(reason), {"KEY": API_KEY}).startswith("202 ")
    body = server.came[0].body
    assert (body["alert_type"] == "success") == (reason == "resolved")
    assert "use_case:support" in body["tags"]


def test_a_webhook_can_tell_who_sent_it(serve: Serve) -> None:
    """By a signature over the second and the bytes."""
    server = serve(always(204))
    receiver = Receiver(
        name="w", kind="webhook", url=f"{server.url}/alerts?team=a", key_env="KEY",
        allow_private=True,
    )  # fmt: skip

    sent(receiver, message(), {"KEY": "k" * 20})

    [came] = server.came
    second = int(came.headers["x-tenken-timestamp"])
    expected = webhook.signature("k" * 20, second=second, content=came.content)
    assert came.headers["x-tenken-signature"] == expected
    assert webhook.signature("other", second=second, content=came.content) != expected
    assert (came.path, came.headers["x-tenken-delivery"]) == ("/alerts?team=a", "n1")
    [said] = came.body["alerts"]
    assert (said["key"], said["budget_left"]) == ("slo/answers/page", 0.42)


@pytest.mark.parametrize(
    ("answer", "why", "final"),
    [
        (always(500, "boom"), "500 boom", False),
        (always(302, "", location="http://169.254.169.254/"), "302", False),
        (always(403, "no"), "403 no", False),
        (always(400, "bad\x1b[31m payload"), "400 bad [31m payload", True),
    ],
)
def test_what_is_not_taken_is_said(
    serve: Serve, answer: Callable[[Came], Answer], why: str, *, final: bool
) -> None:
    """Nothing is followed, and what an answer says is short and harmless."""
    server = serve(answer)
    receiver = Receiver(name="w", kind="webhook", url=server.url, allow_private=True)

    with pytest.raises(NotSent) as failure:
        sent(receiver, message(), {})

    assert (failure.value.why, failure.value.final) == (why, final)
    assert len(server.came) == 1


def test_who_is_busy_says_when(serve: Serve) -> None:
    """A number of seconds is heeded; anything else is not."""
    server = serve(always(429, "slow down", retry_after="30"))
    receiver = Receiver(name="w", kind="webhook", url=server.url, allow_private=True)

    with pytest.raises(NotSent) as failure:
        sent(receiver, message(), {})

    assert failure.value.after_s == 30.0


def test_a_key_that_comes_back_is_noted_by_nobody(serve: Serve) -> None:
    """Some answers repeat what they were asked with."""
    server = serve(always(500, f"unknown key {ROUTING_KEY}!"))
    receiver = Receiver(
        name="p", kind="pagerduty", url=server.url, key_env="KEY", allow_private=True
    )

    with pytest.raises(NotSent) as failure:
        sent(receiver, message(), {"KEY": ROUTING_KEY})

    assert failure.value.why == "500 unknown key ***!"


def test_an_address_that_comes_back_is_noted_by_nobody(serve: Serve) -> None:
    """The path of a webhook is its key, and some answers name the path they were asked for."""
    server = serve(always(404, f"Cannot POST {SLACK_PATH}, key abcdefgh"))
    receiver = Receiver(name="s", kind="slack", url_env="HOOK", allow_private=True)

    with pytest.raises(NotSent) as failure:
        sent(receiver, message(), {"HOOK": f"{server.url}{SLACK_PATH}?key=abcdefgh"})

    assert failure.value.why == "404 Cannot POST ***, key ***"


def test_what_was_written_for_another_kind_is_no_mail() -> None:
    """Somebody has made the receiver another one, and the message is still to be sent."""
    body = stored(Receiver(name="r", kind="slack", url_env="HOOK"), message())
    mail = Mailing(host="smtp.example.com", sender="a@example.com", to=("b@example.com",))

    with pytest.raises(NotSent) as failure:
        Reach({}).hand_over(Receiver(name="r", kind="email", mail=mail), body, id_="n1", now=NOW)

    assert (failure.value.why, failure.value.final) == ("another_form", True)


@pytest.mark.parametrize("language", list(Language))
def test_what_ended_unseen_is_not_told_as_over(language: Language) -> None:
    """Nothing was heard of it: nobody is to go back to sleep on that."""
    ended = replace(alert(), state=State.RESOLVED, resolved_at=NOW, heard_at=NOW - 61 * MINUTE)
    notice = Notice(id="n1", receiver="r", reason="resolved", alerts=(ended,))

    told = Writer(application="desk").message(notice, Speech(language), NOW)

    assert not told.over
    assert told.title.startswith({"en": "[ENDED] desk: ", "ja": "[打ち切り] desk: "}[language])


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://127.0.0.1:9/", "forbidden_address"),
        ("https://localhost:9/", "forbidden_address"),
        ("http://127.0.0.1:9/", "unencrypted"),
    ],
)
def test_a_private_address_is_not_connected_to(url: str, why: str) -> None:
    """Unless the settings say that it is meant."""
    with pytest.raises(NotSent) as failure:
        sent(Receiver(name="w", kind="webhook", url=url), message(), {})

    assert failure.value.why == why


def test_a_variable_that_is_not_there_is_named() -> None:
    """And nothing is sent."""
    with pytest.raises(NotSent) as failure:
        sent(Receiver(name="s", kind="slack", url_env="HOOK"), message(), {})

    assert failure.value.why == "no_variable HOOK"


def test_a_platforms_receiver_is_one_of_ours() -> None:
    """By a reference to a variable; what is not one, or cannot be sent to, is left out."""
    shared = AlertReceiver(name="oncall", kind="pagerduty", to="env:PD_KEY")
    others = (
        AlertReceiver(name="a", kind="slack", to="#alerts"),
        AlertReceiver(name="b", kind="opsgenie", to="env:KEY"),
    )

    found = receivers(AlertSettings(receivers=()), (shared, *others))

    assert found == {"oncall": Receiver(name="oncall", kind="pagerduty", key_env="PD_KEY")}
    assert of_platform(replace(shared, kind="slack", to="env:HOOK")) == Receiver(
        name="oncall", kind="slack", url_env="HOOK"
    )
