"""Fields of records, whatever their writer calls them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from tenken.pattern import Pattern

DEEPEST = 4
HEX_40 = Pattern(r"[0-9a-f]{40}")
SECONDS, MILLIS, MICROS = 1e11, 1e14, 1e17
"""Below the first a figure is in seconds since 1970, below the next in thousandths, and so on."""

Record = Mapping[str, Any]


def flat(record: Record, *, deepest: int = DEEPEST) -> Iterator[tuple[str, Any]]:
    """Every value with its name: that of the outer ones first, joined by dots."""
    inner: list[tuple[str, Record]] = [("", record)]
    for _ in range(deepest):
        outer, inner = inner, []
        for prefix, mapping in outer:
            for name, value in mapping.items():
                if isinstance(value, Mapping):
                    inner.append((f"{prefix}{name}.", value))
                else:
                    yield f"{prefix}{name}", value


def plain(name: str) -> str:
    """One spelling for a field's name.

    >>> plain("x-Request_ID")
    'xrequestid'
    """
    return "".join(letter for letter in name.lower() if letter.isalnum())


def named(fields: Iterable[tuple[str, Any]]) -> Record:
    """The first value of every field, under its whole name and its last part in one spelling."""
    found: dict[str, Any] = {}
    for name, value in fields:
        if value not in (None, ""):
            found.setdefault(plain(name), value)
            found.setdefault(plain(name.rpartition(".")[2]), value)
    return found


def first(fields: Record, names: Sequence[str]) -> Any:
    """The value of the first of some names that `named` fields have; None without."""
    return next((fields[name] for name in names if name in fields), None)


def text(value: Any) -> str:
    """A text of it; empty for what is neither a text nor a figure."""
    return str(value) if isinstance(value, str | int | float) else ""


def moment(value: Any) -> datetime | None:
    """A moment, from a text of ISO 8601 or a figure since 1970; None where it is neither."""
    if isinstance(value, str) and not _is_figure(value):
        return _of_text(value)
    try:
        return datetime.fromtimestamp(_seconds(float(value)), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def revision(value: Any) -> str:
    """A commit's hash; empty for any other version."""
    found = text(value).strip().lower()
    return found if HEX_40.fullmatch(found) else ""


def _of_text(value: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(value.strip().replace(",", "."))
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _seconds(figure: float) -> float:
    if figure < SECONDS:
        return figure
    if figure < MILLIS:
        return figure / 1e3
    return figure / (1e6 if figure < MICROS else 1e9)


def _is_figure(value: str) -> bool:
    return value.replace(".", "", 1).isdigit()
