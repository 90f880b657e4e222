"""How a signature stands: by the last inspection, and by what was signed here since."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

import msgspec
from msgspec import Struct

from tenken.console.showing.blocks import Tone
from tenken.console.view import View
from tenken.readiness.report.document import Document, ItemEntry
from tenken.readiness.signing.signoff import SignedText
from tenken.store.people.signing import Kept

State = Literal["signed", "since", "expired", "changed", "noted", "not_counted", "awaited", "open"]
TONES: dict[State, Tone] = {
    "signed": "good", "since": "good", "expired": "bad", "changed": "bad", "noted": "notice",
    "not_counted": "notice", "awaited": "strong", "open": "calm",
}  # fmt: skip


class Standing(Struct, frozen=True, kw_only=True):
    """How it stands, by whom, until which day."""

    state: State
    by: str = ""
    until: str = ""


def standing(view: View, report: Document, item: ItemEntry, kept: Sequence[Kept]) -> Standing:
    """Tell how an item's signature stands; `kept` are its sign-offs, the newest first."""
    today = f"{datetime.fromtimestamp(view.now / 1_000_000, UTC):%Y-%m-%d}"
    signed, newest = item.signed, kept[0] if kept else None
    if newest is not None and newest.at > report.made_at.timestamp() * 1_000_000:
        state = _since(item, newest, today)
        return Standing(state=state, by=newest.full_name, until=newest.expires_on)
    if signed is not None:
        until = f"{signed.expires_on:%Y-%m-%d}"
        state = "expired" if until < today else "signed"
        return Standing(state=state, by=signed.name, until=until)
    if newest is not None:
        state = _since(item, newest, today)
        state = "not_counted" if state == "since" else state
        return Standing(state=state, by=newest.full_name, until=newest.expires_on)
    return Standing(state="awaited" if item.awaits else "open")


def signed_texts(one: Kept) -> tuple[SignedText, ...]:
    """Give what was signed."""
    return msgspec.json.decode(one.signed, type=tuple[SignedText, ...])


def _since(item: ItemEntry, one: Kept, today: str) -> State:
    if one.expires_on < today:
        return "expired"
    asked = {(each.path, each.key, each.sha256) for each in item.asked.texts} if item.asked else ()
    signed = {(each.path, each.key, each.sha256) for each in signed_texts(one)}
    if not one.exempts and not signed >= {*asked}:
        return "changed"
    return "since" if one.issuer and one.email else "noted"
