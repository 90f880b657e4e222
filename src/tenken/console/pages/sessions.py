"""What tokens sessions took: how it is spread, and which took most."""

import math
from collections.abc import Sequence

from tenken.console.pages.parts import columns
from tenken.console.showing.blocks import Body, Card, Note, Row, Table, Tile, Tiles
from tenken.console.view import View
from tenken.store.browsing.newest import Newest, Sessions

LOOKED_AT = 10_000
SHOWN = 10


def card(view: View) -> Card:
    """Give the card, over the newest requests of the time that is looked at."""
    since = view.window.since
    key = ("sessions", since, view.use_cases)
    found = view.desk.recent.once(
        key,
        view.now,
        lambda: Newest(view.desk.engine).sessions(since, LOOKED_AT, view.use_cases),
    )
    lead = view.say("sessions_lead", count=found.looked_at)
    return Card(
        name="sessions", title=view.say("card_sessions"), lead=lead,
        body=_body(view, found),
    )  # fmt: skip


def _body(view: View, found: Sessions) -> tuple[Body, ...]:
    if not found.lines:
        return (Note(text=view.say("no_sessions"), tone="calm"),)
    tokens = sorted(one.tokens for one in found.lines)
    tiles = Tiles(
        tiles=(
            Tile(name="sessions", label=view.say("tile_sessions"), value=len(tokens)),
            Tile(name="median", label=view.say("tile_median"), value=rank(tokens, 0.5)),
            Tile(name="p95", label=view.say("tile_p95_session"), value=rank(tokens, 0.95)),
            Tile(name="largest", label=view.say("tile_largest"), value=tokens[-1]),
        )
    )
    kinds = columns(view, ("session", "code"), ("requests", "whole"), ("tokens", "whole"))
    rows = tuple(
        Row(cells=(one.session[:16], one.requests, one.tokens)) for one in found.lines[:SHOWN]
    )
    label = view.say("table_sessions")
    return (tiles, Table(name="sessions", label=label, columns=kinds, rows=rows))


def rank(tokens: Sequence[int], share: float) -> int:
    """Give the value that so many of all do not exceed.

    >>> rank([1, 2, 3, 4], 0.5), rank([1, 2, 3, 4], 0.95)
    (2, 4)
    """
    return tokens[max(0, math.ceil(len(tokens) * share) - 1)]
