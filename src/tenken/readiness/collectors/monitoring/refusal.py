"""What Prometheus and Alertmanager refuse to load: the file is there, and nothing of it runs.

Only what is beyond doubt without their own parsers: a duration that is none, an expression that
does not end, a receiver without an address. Text with a template in it is left alone.
"""

from collections.abc import Iterator, Mapping

from tenken.config.node import Node
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.monitoring.silence import seconds
from tenken.readiness.facts.monitoring import Silence, Silenced

LONGEST_SHOWN = 60
TEMPLATES = ("{{", "${", "$(", "[[")
QUOTED = Pattern(r"""(?s)"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`""")
COMMENT = Pattern(r"#[^\n]*")
UNFINISHED = Pattern(r"(?i)(?:[-+*/%^=<>,]|\b(?:and|or|unless|atan2|by|without|on|ignoring))$")
PAIRS = {")": "(", "]": "[", "}": "{"}
ADDRESSES: Mapping[str, frozenset[str]] = {
    "discord": frozenset({"webhook_url", "webhook_url_file"}),
    "email": frozenset({"smarthost", "smtp_smarthost"}),
    "msteams": frozenset({"webhook_url", "webhook_url_file"}),
    "msteamsv2": frozenset({"webhook_url", "webhook_url_file"}),
    "opsgenie": frozenset({
        "api_key", "api_key_file", "opsgenie_api_key", "opsgenie_api_key_file",
    }),
    "pagerduty": frozenset({"routing_key", "routing_key_file", "service_key", "service_key_file"}),
    "slack": frozenset({
        "api_url", "api_url_file", "app_token", "app_token_file", "http_config", "slack_api_url",
        "slack_api_url_file", "slack_app_token", "slack_app_token_file",
    }),
    "victorops": frozenset({
        "api_key", "api_key_file", "victorops_api_key", "victorops_api_key_file",
    }),
    "webhook": frozenset({"url", "url_file"}),
}  # fmt: skip
"""What tells an integration where to send, beside it or, by the longer names, under `global`."""


def refused(path: str, rules: Iterator[Node]) -> tuple[Silenced, ...]:
    """The first thing for which Prometheus refuses a file of rules, and so each rule in it."""
    found = (one for rule in rules for one in _refused(path, rule))
    return tuple(one for one in [next(found, None)] if one)


def _refused(path: str, rule: Node) -> Iterator[Silenced]:
    hold, text = rule.at("for").text.strip(), rule.at("expr").text
    if hold and not _is_template(hold) and seconds(hold) is None:
        place = Place(path, rule.line_of("for"))
        yield Silenced(because=Silence.REFUSED, place=place, detail=f"for: {hold}"[:LONGEST_SHOWN])
    if text and not _is_template(text) and not is_whole(text):
        end = " ".join(text.split())[-LONGEST_SHOWN:]
        place = Place(path, rule.line_of("expr"))
        yield Silenced(because=Silence.REFUSED, place=place, detail=end)


def _is_template(text: str) -> bool:
    return any(mark in text for mark in TEMPLATES)


def is_whole(text: str) -> bool:
    """Whether an expression closes what it opens, and does not end in the middle.

    >>> is_whole('sum(rate(x{y=~"("}[5m])) > 1'), is_whole("sum(rate(x[5m]) > 1"), is_whole("x >")
    (True, False, False)
    """
    bare = COMMENT.sub("", QUOTED.sub("0", text)).strip()
    open_: list[str] = []
    for char in bare:
        if char in PAIRS.values():
            open_.append(char)
        elif char in PAIRS and (not open_ or open_.pop() != PAIRS[char]):
            return False
    return not open_ and not UNFINISHED.search(bare)


def has_address(kind: str, integration: Node, body: Node) -> bool:
    """Whether an integration of a whole configuration knows where to send."""
    asked = ADDRESSES.get(kind)
    if asked is None:
        return True
    stated = {*integration.mapping, *body.at("global").mapping}
    return bool(asked & stated)
