"""Values as people read them: with units, in their language and their time."""

from datetime import datetime, timedelta, timezone, tzinfo
from decimal import Decimal

from tenken.console.showing.blocks import Kind, Value
from tenken.messages.speech import Language, clean

NONE = "–"
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)  # noqa: UP017 - reads beside the type
SMALL = Decimal("0.0001")
MOMENT = len("2026-11-23 09:30:00")


class Words:
    """Tells values in a language and a time zone."""

    def __init__(self, language: Language, zone: tzinfo) -> None:
        self.language = language
        self._zone = zone
        self._moments: dict[int, str] = {}

    def __call__(self, value: Value, kind: Kind = "text") -> str:
        """Give a value as text."""
        if value is None:
            return NONE
        if isinstance(value, str):
            return clean(value)
        match kind:
            case "money":
                return money(Decimal(value))
            case "share":
                return share(float(value))
            case "seconds":
                return seconds(float(value), self.language)
            case "moment":
                return self.moment(int(value))
            case "day":
                return self.moment(int(value))[:10]
            case "text" | "code" | "whole" | "tone":
                return whole(value)

    def moment(self, at: int) -> str:
        """Give a moment to the second, in the reader's time; a page tells one often."""
        told = self._moments.get(at)
        if told is None:
            told = self._moments[at] = self._local(at).isoformat(" ", "seconds")[:MOMENT]
        return told

    def tick(self, at: int, *, days: bool) -> str:
        """Give a moment as short as its neighbours let it be."""
        return f"{self._local(at):%m-%d}" if days else f"{self._local(at):%H:%M}"

    def begins_day(self, at: int) -> bool:
        """Tell whether a day begins in the hour of a moment, where the reader is."""
        return self._local(at).hour == 0

    def iso(self, at: int) -> str:
        """Give a moment for machines."""
        return self._local(at).isoformat(timespec="seconds")

    def zone(self, at: int) -> str:
        """Give the name of the zone."""
        return self._local(at).tzname() or "UTC"

    def _local(self, at: int) -> datetime:
        return (EPOCH + timedelta(microseconds=at)).astimezone(self._zone)


def visible_lines(text: str) -> str:
    r"""Give a text whole, line by line, in which nothing hides: no escape, no mark of direction.

    >>> visible_lines("a\n\tb\u202e")
    'a\n\tb\\u202e'
    """
    kept = {"\n", "\t", "\u3000"}
    return "".join(
        char if char in kept or char.isprintable() else f"\\u{ord(char):04x}" for char in text
    )


def money(value: Decimal) -> str:
    """Give US dollars, as exact as they are worth looking at.

    >>> money(Decimal("1234.5")), money(Decimal("0.0042")), money(Decimal("0.0000042"))
    ('$1,234.50', '$0.0042', '$0.0000042')
    """
    if value == 0 or abs(value) >= 1:
        return f"${value:,.2f}"
    if abs(value) >= SMALL:
        return f"${value:.4f}"
    return f"${Decimal(f'{value:.2g}'):f}"


def share(value: float) -> str:
    """Give a share in percent; what is not quite all or nothing is not rounded to it.

    >>> share(0.5), share(0.99996), share(1.0)
    ('50.0%', '99.996%', '100%')
    """
    percent = value * 100
    if percent in {0, 100}:
        return f"{percent:.0f}%"
    if 99 < percent < 100:
        return f"{int(percent * 1000) / 1000:g}%"
    return f"{percent:.1f}%" if abs(percent) >= 0.1 else f"{percent:.2g}%"


def seconds(value: float, language: Language = Language.EN) -> str:
    """Give a duration.

    >>> seconds(0.0004), seconds(0.0123), seconds(2.345), seconds(75), seconds(7200, Language.JA)
    ('0.4 ms', '12 ms', '2.35 s', '1 m 15 s', '2 時間 0 分')
    """
    d, h, m, s = ("日", "時間", "分", "秒") if language is Language.JA else ("d", "h", "m", "s")
    if value < 1:
        ms = value * 1000  # what took some time is not told as none
        return f"{ms:.1g} ms" if 0 < ms < 1 else f"{ms:.0f} ms"
    if value < 60:
        return f"{value:.3g} {s}"
    whole_s = round(value)
    if whole_s < 3600:
        return f"{whole_s // 60} {m} {whole_s % 60} {s}"
    if whole_s < 86_400 * 2:
        return f"{whole_s // 3600} {h} {whole_s % 3600 // 60} {m}"
    return f"{whole_s // 86_400} {d} {whole_s % 86_400 // 3600} {h}"


def whole(value: float | Decimal) -> str:
    """Give a number with separators.

    >>> whole(1234567), whole(3.14159)
    ('1,234,567', '3.142')
    """
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"


def short(value: float, kind: Kind) -> str:
    """Give a number as it stands at an axis.

    >>> short(1500000, "whole"), short(0.25, "share"), short(2.5, "seconds")
    ('1.5M', '25%', '2.5 s')
    """
    match kind:
        case "share":
            return f"{value * 100:g}%"
        case "seconds":
            return f"{value * 1000:g} ms" if 0 < value < 1 else f"{value:g} s"
        case _:
            said = _thousands(value)
            return f"${said}" if kind == "money" else said


def _thousands(value: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"
