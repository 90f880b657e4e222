"""Which days are to be handed out: those whose sums are not what they were the last time.

Records come late, and what stood as unknown is replaced; a day's sums change whenever its rows do.
So nothing is guessed about how late a record may come, and a day that did not change is not
written again.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import msgspec
from msgspec import Struct

from tenken.store.rollups.grain import MICRO, Grain, Window
from tenken.store.rollups.reading import Asked, Rollups

ALL = Asked(drills=True)
VERSION = 1


class Standing(Struct, frozen=True, array_like=True):
    """What a day's sums were when it was written."""

    requests: int = 0
    unknown: int = 0
    matches: int = 0
    said: int = 0
    good: int = 0
    bad: int = 0
    value: int = 0
    """Of what was said, in thousandths: who says another number changes nothing else."""


class Cursor(Struct, frozen=True, kw_only=True):
    """What has been written; it is kept beside the files, so each place has its own."""

    version: int = VERSION
    days: Mapping[str, Standing] = {}


CURSOR = msgspec.json.Decoder(Cursor)


def standing(rollups: Rollups, window: Window) -> dict[date, Standing]:
    """Give what the sums of each day are; raises Away."""
    found: dict[date, Standing] = {}
    for point in rollups.series(window, Grain.DAY, ALL):
        sums = point.totals
        found[day_of(point.at)] = Standing(sums.requests, sums.unknown, sums.matches)
    for day in _days(window):
        first = start_of(day)
        said = rollups.feedback(Window(first, first + Grain.DAY.us), ALL)
        if said:
            one = found.get(day, Standing())
            found[day] = Standing(
                one.requests, one.unknown, one.matches,
                sum(each.said for each in said), sum(each.good for each in said),
                sum(each.bad for each in said), sum(each.value_thousandths for each in said),
            )  # fmt: skip
    return found


def changed(now: Mapping[date, Standing], cursor: Cursor) -> tuple[date, ...]:
    """Give the days that are other than they were, the oldest first."""
    return tuple(sorted(day for day, one in now.items() if cursor.days.get(str(day)) != one))


def day_of(at: int) -> date:
    """Give the day of a moment, UTC."""
    return datetime.fromtimestamp(at // MICRO, tz=UTC).date()


def start_of(day: date) -> int:
    """Give a day's first microsecond."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * MICRO


def _days(window: Window) -> list[date]:
    first, last = day_of(window.since), day_of(window.until - 1)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
