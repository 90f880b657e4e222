"""What a watcher says of one thing at this moment: that something is wrong with it, or is not.

A watcher is a pure function of facts and a time, and gives one signal for each thing it looks at,
also for those that are well: an alert ends when its signal says so, and while nothing is said of
a key its alert stays as it is.
"""

from msgspec import Struct, field

from tenken.sentence import Sentence
from tenken.store.watch.alert import SEVERITIES, Severity, Subject

__all__ = ["SEVERITIES", "Severity", "Signal", "Subject"]


class Signal(Struct, frozen=True, kw_only=True):
    """What is said of one thing now."""

    key: str
    """Whatever is wrong with the same thing in the same way has the same key, such as
    `slo/answers/burn-fast`; it is what deduplicates, and what silences are matched with."""
    kind: str
    """`burn`, `spike`, `guard`, `budget`, `lag`, `retirement`, `expiry`, `delivery`."""
    severity: Severity
    firing: bool
    """It is so; otherwise it is well, unless nothing is known."""
    what: Sentence
    """What is wrong, in one sentence; while it does not fire, what is well."""
    subject: Subject = field(default_factory=Subject)
    value: float | None = None
    """What was measured."""
    threshold: float | None = None
    """What it is compared with."""
    unit: str = ""
    """Of both, such as `%`, `s` or `USD`."""
    budget_left: float | None = None
    """The share of an error budget that is left, 1 for all; below 0 where it is overdrawn."""
    cause: Sentence | None = None
    """What is likely behind it, where the facts tell."""
    runbook: str = ""
    """Path or address of what to do."""
    known: bool = True
    """Something was measured. Where nothing was, an alert that is open is left as it is: that
    nobody sees a thing any more does not mean that it is over."""
    for_s: float = 0.0
    """How long it must be so before anybody is told."""
