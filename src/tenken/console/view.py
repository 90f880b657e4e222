"""What a page is given: who looks, in which language, at which time, and what was asked for."""

from collections.abc import Mapping
from datetime import UTC
from functools import cached_property
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tenken.config.manifest import Manifest
from tenken.console.desk import Desk
from tenken.console.showing.blocks import Choice
from tenken.console.showing.words import Words
from tenken.console.sums import Sums
from tenken.console.visitor import Visitor
from tenken.messages.speech import Language, Speech
from tenken.sentence import Field
from tenken.store.people.roles import Role
from tenken.store.rollups.reading import Grain, Rollups, Window

HOUR_US = 3_600_000_000
WINDOWS: Mapping[str, tuple[int, Grain]] = {
    "1h": (1, Grain.MINUTE),
    "6h": (6, Grain.MINUTE),
    "24h": (24, Grain.HOUR),
    "7d": (24 * 7, Grain.HOUR),
    "30d": (24 * 30, Grain.DAY),
    "90d": (24 * 90, Grain.DAY),
}
USUAL = "24h"
LONGEST_ASKED = 200
LONGEST_KEY = 4_000
"""Of a key that a list goes on behind, which holds an id that a caller has chosen."""


def zone_of(name: str) -> ZoneInfo | None:
    """Give a time zone by its name; None where this machine knows none of it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


class View:
    """One look at one page."""

    def __init__(
        self,
        desk: Desk,
        visitor: Visitor,
        language: Language,
        *,
        asked: Mapping[str, str],
        thing: str = "",
    ) -> None:
        self.desk = desk
        self.visitor = visitor
        self.now = desk.now()
        self.speech = Speech(language)
        self.thing = thing
        """What the address names, such as one exchange; empty where it names a page alone."""
        self._asked = asked

    @cached_property
    def manifest(self) -> Manifest:
        """Give the settings as they are served."""
        return self.desk.serving.manifest()

    @cached_property
    def sums(self) -> Rollups:
        """Give what reads sums."""
        return Sums(self.desk.engine, self.desk.recent, self.now, within=self.use_cases)

    @cached_property
    def words(self) -> Words:
        """Give how values are told."""
        named = zone_of(self.manifest.application.console.timezone)
        return Words(self.speech.language, named or UTC)  # each page says which zone it tells

    @cached_property
    def use_cases(self) -> tuple[str, ...] | None:
        """Give the use cases that who looks may see; None for all of them.

        Of an application that the file no longer names nothing is seen.
        """
        if not self.visitor.within:
            return None
        known = self.manifest.application.console.applications
        seen = (each for one in known if one.name in self.visitor.within for each in one.use_cases)
        return tuple(sorted({*seen}))

    def sees(self, use_case: str) -> bool:
        """Tell whether who looks may see what is of a use case."""
        return self.use_cases is None or use_case in self.use_cases

    def say(self, id: str, /, **fields: Field) -> str:  # noqa: A002 - positional only
        """Say a sentence of the console."""
        return self.speech.text(f"console.{id}", **fields)

    def word(self, of: str, value: str) -> str:
        """Give the word for a value of ours (`severity` `high`); itself where it has none."""
        id_ = f"wording.{of}_{value}"
        said = self.speech.text(id_)
        return value if said == id_ else said

    def asked(self, name: str, *, most: int = LONGEST_ASKED) -> str:
        """Give what was asked for by a name; empty where nothing was."""
        return self._asked.get(name, "").strip()[:most]

    def may(self, role: Role) -> bool:
        """Tell whether who looks may do what needs a role."""
        return self.visitor.role.may(role)

    # ----------------------------------------------------------------------------- windows

    @property
    def window_name(self) -> str:
        """Give the name of the stretch of time that is looked at."""
        asked = self.asked("window")
        return asked if asked in WINDOWS else USUAL

    @property
    def grain(self) -> Grain:
        """Give the steps of its charts."""
        return WINDOWS[self.window_name][1]

    @property
    def window(self) -> Window:
        """Give the stretch of time, in whole steps of its charts.

        It ends with the step that is now: nothing is there yet of what is to come, and whole
        steps are read from few sums.
        """
        hours, grain = WINDOWS[self.window_name]
        return Window(grain.start(self.now - hours * HOUR_US), grain.end(self.now))

    @property
    def before(self) -> Window:
        """Give the same length of time before it."""
        since = self.window.since
        gone = Grain.MINUTE.end(self.now - since)
        return Window(since - gone, since)

    def windows(self) -> tuple[Choice, ...]:
        """Give links to the same page over other stretches of time."""
        return tuple(
            Choice(
                label=self.say(f"window_{name}"),
                href=self.here(window=name, before=""),
                chosen=name == self.window_name,
            )
            for name in WINDOWS
        )

    def here(self, **changed: str) -> str:
        """Give the query of this page with something asked for otherwise."""
        kept = {
            name: value
            for name, value in self._asked.items()
            if name not in {"form", "table", "told"}
        }
        asked = {name: value for name, value in {**kept, **changed}.items() if value}
        return f"?{urlencode(asked)}"

    def at(self, path: str, **asked: str) -> str:
        """Give the address of another page, over the same stretch of time."""
        kept = {"window": self.window_name, **asked}
        said = {name: value for name, value in kept.items() if value and value != USUAL}
        return f"{path}?{urlencode(said)}" if said else path
