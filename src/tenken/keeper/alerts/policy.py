"""Who is told of what, and when: what the settings say, as the decisions read it."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

from msgspec import Struct, field

from tenken.store.watch.alert import Alert, Severity
from tenken.store.watch.silence import Silence

MINUTE = 60_000_000
HOUR = 60 * MINUTE
CALM_MOST = 30 * MINUTE


class Way(Struct, frozen=True, kw_only=True):
    """Whom alerts of one severity reach. Times are microseconds."""

    receivers: tuple[str, ...] = ()
    escalate_to: tuple[str, ...] = ()
    escalate_after: int | None = None
    """After so long without anybody who acknowledges; never where nothing is said."""
    repeat: int | None = None
    """Told again after so long, while nobody acknowledges."""


class Policy(Struct, frozen=True, kw_only=True):
    """What decides on telling. Times are microseconds."""

    ways: Mapping[Severity, Way] = field(default_factory=dict)
    """A severity without a way is shown and told to nobody."""
    group_wait: int = 0
    """How long the first of a group waits for others."""
    one_by_one: frozenset[str] = frozenset()
    """Receivers that take one alert at a time, such as a pager that opens an incident for each."""
    calm: int = MINUTE
    """How long it must be over before an alert ends."""
    returns_within: int = HOUR
    """What comes back within this time is restless, and has to be calm for longer."""
    unheard: int = HOUR
    """After so long without a word of its watcher, an alert ends as unheard."""

    def way(self, severity: Severity) -> Way:
        """Give whom a severity reaches."""
        return self.ways.get(severity, Way())

    def calm_for(self, alert: Alert) -> int:
        """Give how long it must be over: twice as long each time that it came back."""
        return min(self.calm << min(alert.returns, 16), max(self.calm, CALM_MOST))


def silence_of(alert: Alert, silences: tuple[Silence, ...], now: int) -> str:
    """Give the silence that holds an alert now, the one that lasts longest; empty for none."""
    holding = (
        one for one in silences if one.expires_at > now and fnmatchcase(alert.key, one.pattern)
    )
    longest = max(holding, key=lambda one: (one.expires_at, one.id), default=None)
    return longest.id if longest else ""


def group_of(alert: Alert) -> tuple[str, ...]:
    """Give what is told together: the same kind of thing, of the same severity and use case."""
    return (alert.severity, alert.kind, alert.subject.use_case)
