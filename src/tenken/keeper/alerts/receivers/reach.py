"""From a receiver in the settings to what reaches it: the form of its messages, and the way.

What is stored of a message holds neither key nor address: those are read from the environment
when it is sent.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import msgspec

from tenken.config.operating.alerting import SLACK, Receiver
from tenken.keeper.alerts.message import SECOND, Message
from tenken.keeper.alerts.posting import READ_MOST, NotSent, Post, post
from tenken.keeper.alerts.receivers import datadog, mail, pagerduty, slack, webhook
from tenken.keeper.alerts.receivers.slack import Below

Body = dict[str, object]
FORMS: Mapping[str, Callable[[Message], Body]] = MappingProxyType(
    {
        "slack": slack.body,
        "webhook": webhook.body,
        "pagerduty": pagerduty.body,
        "datadog": datadog.body,
        "email": mail.body,
    }
)
ONE_BY_ONE = frozenset({"pagerduty", "datadog"})
"""Kinds that keep an account of each alert."""


def stored(receiver: Receiver, message: Message) -> str:
    """Give what is kept of a message until it has arrived."""
    return msgspec.json.encode(FORMS[receiver.kind](message)).decode()


class Reach:
    """Hands stored messages over."""

    def __init__(self, environment: Mapping[str, str], send: Callable[[Post], str] = post) -> None:
        self._environment = environment
        self._send = send

    def hand_over(
        self, receiver: Receiver, body: str, *, id_: str, now: int, below: Below | None = None
    ) -> str:
        """Send one; gives what is noted of the answer, raises NotSent.

        `below` is where it goes that follows on another, at receivers that have threads.
        """
        if receiver.kind == "email":
            return self._mail(receiver, body, id_)
        if receiver.channel is not None:
            kept = msgspec.json.decode(body, type=Body)
            body = msgspec.json.encode(slack.to_channel(kept, receiver.channel, below)).decode()
        first, *others = self._posts(receiver, body, id_, now)
        answer = self._send(first)
        for one in others:  # where one fails, all are sent again: none of them does anything twice
            self._send(one)
        return answer

    def _posts(self, receiver: Receiver, body: str, id_: str, now: int) -> Iterator[Post]:
        if receiver.kind != "pagerduty":
            yield self._post(receiver, body.encode(), id_, now)
            return
        key = self._variable(receiver.key_env)
        kept = msgspec.json.decode(body, type=dict[str, object])
        for event in pagerduty.events(kept, key):
            yield self._post(receiver, msgspec.json.encode(event), id_, now)

    def _post(self, receiver: Receiver, content: bytes, id_: str, now: int) -> Post:
        key = self._variable(receiver.key_env)
        headers = {"x-tenken-delivery": id_}
        match receiver.kind:
            case "datadog":
                headers["dd-api-key"] = key
            case "slack" if receiver.channel is not None:
                headers["authorization"] = f"Bearer {key}"
            case "webhook" if key:
                second = now // SECOND
                headers["x-tenken-timestamp"] = str(second)
                headers["x-tenken-signature"] = webhook.signature(
                    key, second=second, content=content
                )
        return Post(
            url=self._address(receiver),
            content=content,
            headers=headers,
            secrets=(key, self._variable(receiver.url_env)),
            allow_private=receiver.allow_private,
            heard=slack.heard if receiver.channel is not None else None,
            read_most=slack.READ_MOST if receiver.channel is not None else READ_MOST,
        )

    def _address(self, receiver: Receiver) -> str:
        if receiver.url_env:
            return self._variable(receiver.url_env)
        if receiver.url:
            return receiver.url
        own = {"pagerduty": pagerduty.URL, "datadog": datadog.url(receiver.site)}
        if receiver.channel is not None:
            own["slack"] = SLACK
        if receiver.kind not in own:
            raise NotSent("no_address")
        return own[receiver.kind]

    def _variable(self, name: str | None) -> str:
        if name is None:
            return ""
        value = self._environment.get(name, "").strip()
        if not value:
            raise NotSent(f"no_variable {name}")
        return value

    def _mail(self, receiver: Receiver, body: str, id_: str) -> str:
        if receiver.mail is None:
            raise NotSent("no_address")
        said = msgspec.json.decode(body, type=dict[str, object])
        if not {"subject", "text"} <= said.keys():  # it was of another kind when it was written
            raise NotSent("another_form", final=True)
        password = self._variable(receiver.mail.password_env)
        return mail.send(
            said, receiver.mail, id_=id_, password=password, allow_private=receiver.allow_private
        )
