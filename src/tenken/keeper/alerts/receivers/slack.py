"""Slack, by an incoming webhook, or by a bot's token with threads.

A webhook answers `ok` and no more, so that what follows on a message cannot be put below it: each
message names its alert instead. `chat.postMessage` answers with the message's time stamp, which
is noted with the delivery; what follows is put below it.
"""

import re2
from msgspec import DecodeError, Struct, json

from tenken.keeper.alerts.message import Message, Part
from tenken.keeper.alerts.posting import NotSent

READ_MOST = 512 * 1024
"""It answers with the whole message, letters that are not ASCII as six or twelve: a message whose
answer is not read whole would be sent again, though it has arrived."""
NEVER = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "no_text"}
)
"""What the same bytes will be answered with again; the others may be mended by somebody."""
WORD = re2.compile(r"^[a-z_]{1,60}$")
STAMP = re2.compile(r"^\d{1,20}\.\d{1,10}$")
NOTED = re2.compile(r" ts=(\d{1,20}\.\d{1,10})$")
HEADER = 150
SECTION = 900
PARTS = 12
"""A message takes 50 blocks of 3,000 characters, and about 13,000 characters in all."""
ICONS = {"page": ":red_circle:", "ticket": ":large_orange_circle:", "info": ":information_source:"}


def body(message: Message) -> dict[str, object]:
    """Give the message as Block Kit, with its text for notifications."""
    icon = ":large_green_circle:" if message.over else ICONS[message.severity]
    blocks: list[object] = [
        {"type": "header", "text": _plain(f"{icon} {message.title}"[:HEADER])},
    ]
    for part in message.parts[:PARTS]:
        blocks.extend(_blocks(part))
    if further := message.parts[PARTS:]:
        named = ", ".join(f"`{part.alert.id}`" for part in further)
        blocks.append({"type": "context", "elements": [_marked(f"+ {named}"[:SECTION])]})
    return {"text": escaped(message.title)[:SECTION], "blocks": blocks}


class Below(Struct, frozen=True):
    """Where a message goes that follows on another."""

    thread: str
    """The time stamp of the first."""
    loud: bool
    """It is shown in the channel, too."""


def to_channel(kept: dict[str, object], channel: str, below: Below | None) -> dict[str, object]:
    """Give a kept message as `chat.postMessage` takes it."""
    plain = {**kept, "channel": channel, "unfurl_links": False, "unfurl_media": False}
    if below is None:
        return plain
    return {**plain, "thread_ts": below.thread, "reply_broadcast": below.loud}


class _Heard(Struct):
    ok: bool
    ts: str = ""
    error: str = ""


def heard(said: str) -> str:
    """Give what is noted of an answer: it is 200 whatever has become of it. Raises NotSent."""
    try:
        answer = json.decode(said, type=_Heard)
    except DecodeError as error:
        raise NotSent("not_understood") from error
    if not answer.ok:
        why = answer.error if WORD.match(answer.error) else "not_understood"
        raise NotSent(why, final=why in NEVER)
    return f"ok ts={answer.ts}" if STAMP.match(answer.ts) else "ok"


def stamp(answer: str) -> str:
    """Give the time stamp that was noted of an answer; empty where none was."""
    found = NOTED.search(answer)
    return found[1] if found else ""


def escaped(text: str) -> str:
    """Give a text in which Slack reads no mention, link or command."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _blocks(part: Part) -> list[object]:
    lines = [f"*{escaped(part.what)}*"]
    lines += [f"{escaped(label)}: {escaped(text)}" for label, text in part.lines]
    blocks: list[object] = [{"type": "section", "text": _marked("\n".join(lines)[:SECTION])}]
    links = [_link(address) for address in (part.runbook, part.console) if address]
    said = [*links, f"`{part.alert.id}`"]
    blocks.append({"type": "context", "elements": [_marked(" · ".join(said)[:SECTION])]})
    return blocks


def _link(address: str) -> str:
    return f"<{escaped(address)}>" if "://" in address else escaped(address)


def _plain(text: str) -> dict[str, object]:
    return {"type": "plain_text", "text": text, "emoji": True}


def _marked(text: str) -> dict[str, object]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}
