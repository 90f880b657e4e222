"""Slack, by an incoming webhook.

Such a webhook answers `ok` and no more, so that what follows on a message cannot be put below it:
a thread needs a bot's token. Each message names its alert instead.
"""

from tenken.keeper.alerts.message import Message, Part

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
