"""`/metrics`: how a worker is, in the text format of Prometheus.

Gauges of the process and nothing else: what became of requests is told by their records, which
survive a crash and are counted once.
"""

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from tenken.policy.breaker import State

KIND = (b"content-type", b"text/plain; version=0.0.4; charset=utf-8")
STATES = {State.CLOSED: 0, State.HALF_OPEN: 1, State.OPEN: 2}


class Vitals(Struct, frozen=True, kw_only=True):
    """What is asked of a worker."""

    in_flight: Callable[[], int]
    waiting: Callable[[], int]
    breakers: Callable[[], Mapping[str, State]]
    recording: Callable[[], bool]
    """What requests do can be put on record, as far as is known."""
    journal_bytes: Callable[[], int]
    """What the journal holds and nobody has taken over yet."""
    ending: Callable[[], bool]
    parked: Callable[[], int | None] = lambda: None
    """Records that the ledger refused; None where no keeper has counted them."""


def exposed(vitals: Vitals) -> bytes:
    """Give the page."""
    breakers, parked = vitals.breakers(), vitals.parked()
    gauges = (
        (
            "tenken_requests_in_flight",
            "Requests that are being answered",
            [("", vitals.in_flight())],
        ),
        ("tenken_requests_waiting", "Requests that wait to be let in", [("", vitals.waiting())]),
        (
            "tenken_breaker_state",
            "Circuit breakers: 0 closed, 1 half-open, 2 open",
            [(f'{{target="{name}"}}', STATES[state]) for name, state in breakers.items()],
        ),
        ("tenken_journal_writable", "Requests can be put on record", [("", vitals.recording())]),
        (
            "tenken_journal_bytes",
            "What the journal holds until it is in the ledger",
            [("", vitals.journal_bytes())],
        ),
        (
            "tenken_ledger_parked",
            "Records that the ledger refused and that are parked in the store",
            [] if parked is None else [("", parked)],
        ),
        ("tenken_ready", "New requests are welcome", [("", not unready(vitals))]),
    )
    return "".join(_gauge(*one) for one in gauges).encode()


def unready(vitals: Vitals) -> str:
    """Give why no new request is welcome; empty where they are.

    Targets that rest are no reason: only requests find out that one is back, and who asks
    meanwhile is told honestly, or gets the static answer.
    """
    if vitals.ending():
        return "ending"
    return "" if vitals.recording() else "journal"


def _gauge(name: str, told: str, values: Iterable[tuple[str, int]]) -> str:
    lines = "".join(f"{name}{labels} {int(value)}\n" for labels, value in values)
    return f"# HELP {name} {told}\n# TYPE {name} gauge\n{lines}"
