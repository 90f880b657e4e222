"""What a page is made of, as values: HTML, JSON and CSV are all made of the same.

Texts are in the reader's language already; values are plain, and know what kind they are of.
"""

from decimal import Decimal
from typing import Literal

from msgspec import Struct

Value = str | int | float | Decimal | None
Kind = Literal["text", "code", "whole", "money", "share", "seconds", "moment", "day", "tone"]
Tone = Literal["", "good", "notice", "bad", "calm", "strong"]


class Tile(Struct, frozen=True, kw_only=True):
    """One figure, large."""

    name: str
    label: str
    value: Value
    kind: Kind = "whole"
    unit: str = ""
    note: str = ""
    tone: Tone = ""
    href: str = ""


class Tiles(Struct, frozen=True, kw_only=True, tag_field="form", tag="tiles"):
    """Figures side by side."""

    tiles: tuple[Tile, ...]


class Series(Struct, frozen=True, kw_only=True):
    """One line or layer of a chart; None where nothing is known."""

    name: str
    label: str
    values: tuple[float | None, ...]
    colour: int = 0


class Chart(Struct, frozen=True, kw_only=True, tag_field="form", tag="chart"):
    """Figures over time."""

    name: str
    label: str
    unit: str
    kind: Kind
    drawn: Literal["bars", "lines"]
    at: tuple[int, ...]
    step_us: int
    series: tuple[Series, ...]


class Column(Struct, frozen=True, kw_only=True):
    """What stands below a head."""

    key: str
    """As in JSON and CSV."""
    label: str
    kind: Kind = "text"


class Act(Struct, frozen=True, kw_only=True):
    """A button that changes something, asked about before."""

    path: str
    label: str
    confirm: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    tone: Tone = ""


class Row(Struct, frozen=True, kw_only=True):
    """The values of one thing, and where more is said of it."""

    cells: tuple[Value, ...]
    href: str = ""
    tone: Tone = ""
    acts: tuple[Act, ...] = ()


class Table(Struct, frozen=True, kw_only=True, tag_field="form", tag="table"):
    """Rows of one kind."""

    name: str
    label: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    more: str = ""
    """Where it goes on; empty at the end."""


class Meter(Struct, frozen=True, kw_only=True):
    """How much of something is left."""

    name: str
    label: str
    share: float | None
    """Of 1; None where nothing is known."""
    text: str
    note: str = ""
    tone: Tone = ""
    href: str = ""


class Meters(Struct, frozen=True, kw_only=True, tag_field="form", tag="meters"):
    """Several below each other."""

    meters: tuple[Meter, ...]


class Event(Struct, frozen=True, kw_only=True):
    """What happened, and when."""

    at: int
    what: str
    who: str = ""
    tone: Tone = ""
    href: str = ""


class Timeline(Struct, frozen=True, kw_only=True, tag_field="form", tag="timeline"):
    """What happened, in its order."""

    events: tuple[Event, ...]


class Span(Struct, frozen=True, kw_only=True):
    """A stretch of one request."""

    label: str
    began_us: int
    ended_us: int
    tone: Tone = ""
    note: str = ""
    depth: int = 0


class Waterfall(Struct, frozen=True, kw_only=True, tag_field="form", tag="waterfall"):
    """Where the time of one request went."""

    label: str
    total_us: int
    spans: tuple[Span, ...]


class Fact(Struct, frozen=True, kw_only=True):
    """One thing by name."""

    name: str
    label: str
    value: Value
    kind: Kind = "text"
    href: str = ""


class Facts(Struct, frozen=True, kw_only=True, tag_field="form", tag="facts"):
    """Things by name."""

    facts: tuple[Fact, ...]


class Note(Struct, frozen=True, kw_only=True, tag_field="form", tag="note"):
    """What a reader does next, or has to know."""

    text: str
    tone: Tone = ""
    command: str = ""
    href: str = ""
    link: str = ""


class Quote(Struct, frozen=True, kw_only=True, tag_field="form", tag="quote"):
    """A text as it stands, line by line."""

    name: str
    label: str
    text: str


class Asked(Struct, frozen=True, kw_only=True):
    """A field that somebody fills in."""

    name: str
    label: str
    kind: Literal["text", "password", "select", "area", "hidden"] = "text"
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    complete: str = ""
    required: bool = True
    first: bool = False
    """Whoever opens the page writes here first."""


class Form(Struct, frozen=True, kw_only=True, tag_field="form", tag="form"):
    """What changes something. It is on pages only, not in JSON."""

    path: str
    label: str
    fields: tuple[Asked, ...]
    confirm: str = ""
    tone: Tone = ""
    inline: bool = False
    """Its button stands beside its fields."""
    buttons: tuple[tuple[str, str, str], ...] = ()
    """Several in place of one: each says a value of a name, and its label."""


Body = Tiles | Chart | Table | Meters | Timeline | Waterfall | Facts | Note | Quote | Form


class Card(Struct, frozen=True, kw_only=True):
    """A part of a page with a head of its own."""

    name: str
    title: str
    body: tuple[Body, ...]
    lead: str = ""
    half: bool = False
    """Two of these stand side by side where there is room."""
    refresh: bool = False
    """It is asked for anew while somebody looks."""
    folded: bool = False
    """It is opened by whoever wants it."""


class Choice(Struct, frozen=True, kw_only=True):
    """One of several ways to see a page."""

    label: str
    href: str
    chosen: bool


class Page(Struct, frozen=True, kw_only=True):
    """All of a page."""

    name: str
    title: str
    cards: tuple[Card, ...]
    lead: str = ""
    windows: tuple[Choice, ...] = ()
    filters: tuple[Asked, ...] = ()
    back: Choice | None = None

    def tables(self) -> dict[str, Table]:
        """Give the tables by name."""
        return {
            one.name: one for card in self.cards for one in card.body if isinstance(one, Table)
        }
