"""The fault matrix: one cell is a fault of a provider, met through one API, whole or streamed.

What must come of each stands in a table of the reference, which is read here.
"""

from pathlib import Path

from msgspec import Struct

from tenken.drills.provider.fault import HEALTHY, Fault, Wrong
from tenken.drills.provider.plan import FaultPlan
from tenken.gateway.plan import Plan, Target
from tenken.policy.deadline import Timeouts
from tests.gateway.ground import plan_of
from tests.simulation.world import WAYS, Had, World, run, world

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "reference" / "faults.md"
BESIDE = "<!-- beside: begin -->"
"""What follows was measured, and is no promise."""
JAPANESE = DOCS / "ja" / "faults.md"
PREAMBLE, WORDS = 1, 5
"""Pieces of a stream: the first text of every API comes after one and before five."""
TIMEOUTS = Timeouts(connect_s=2.0, ttft_s=5.0, idle_s=8.0, total_s=20.0)
BETWEEN_S = 0.02
NEVER_MET = Fault(kind=Wrong.RESET)
FAULTS = {
    "refuse": NEVER_MET,  # nobody listens
    "reset": Fault(kind=Wrong.RESET),
    "401": Fault(kind=Wrong.STATUS, status=401),
    "404": Fault(kind=Wrong.STATUS, status=404),
    "429": Fault(kind=Wrong.STATUS, status=429),
    "429, wait 1 s": Fault(kind=Wrong.STATUS, status=429, retry_after_s=1),
    "429, wait 60 s": Fault(kind=Wrong.STATUS, status=429, retry_after_s=60),
    "500": Fault(kind=Wrong.STATUS, status=500),
    "502": Fault(kind=Wrong.STATUS, status=502),
    "503": Fault(kind=Wrong.STATUS, status=503),
    "slow headers": Fault(kind=Wrong.SLOW_HEADERS, delay_s=600),
    "slow first token": Fault(kind=Wrong.SLOW_FIRST_TOKEN, delay_s=600),
    "stall before text": Fault(kind=Wrong.STALL, after=PREAMBLE),
    "stall within text": Fault(kind=Wrong.STALL, after=WORDS),
    "cut before text": Fault(kind=Wrong.CUT, after=PREAMBLE),
    "cut within text": Fault(kind=Wrong.CUT, after=WORDS),
    "ends within text": Fault(kind=Wrong.ENDS_WITHIN, after=WORDS),
    "ends after text": Fault(kind=Wrong.ENDS_EARLY),
    "error event before text": Fault(kind=Wrong.ERROR_EVENT, after=PREAMBLE),
    "error event within text": Fault(kind=Wrong.ERROR_EVENT, after=WORDS),
    "bad event before text": Fault(kind=Wrong.MALFORMED_EVENT, after=PREAMBLE),
    "bad event within text": Fault(kind=Wrong.MALFORMED_EVENT, after=WORDS),
    "bad JSON": Fault(kind=Wrong.NO_JSON),
    "other JSON": Fault(kind=Wrong.WRONG_JSON),
    "wrong type": Fault(kind=Wrong.WRONG_TYPE),
    "10 MiB at once": Fault(kind=Wrong.HUGE_EVENT),
    "endless": Fault(kind=Wrong.ENDLESS, after=WORDS),
}
STREAMS_ONLY = frozenset(
    name for name in FAULTS if "before text" in name or "event" in name or "ends" in name
)
"""A whole answer has no events; cut and stalled it is in the middle."""
NO_CELL = "–"
FORMS = (("whole", "one"), ("whole", "two"), ("stream", "one"), ("stream", "two"))
"""The columns of the table: the form of the answer, and how many providers there are."""


class Cell(Struct, frozen=True):
    """One request of the matrix."""

    fault: str
    api: str
    form: str
    providers: str

    @property
    def stream(self) -> bool:
        """Whether a stream is asked for."""
        return self.form == "stream"


class Outcome(Struct, frozen=True):
    """What came of it: in the words of the table, and in the client's own API."""

    told: str
    code: str
    """As the client had it; empty for an answer."""
    took_s: float


def cells(fault: str) -> list[Cell]:
    """Give all of one fault; embeddings have no streams."""
    return [
        Cell(fault, api, form, providers)
        for form, providers in FORMS
        for api, way in WAYS.items()
        if (way.ends if form == "stream" else fault not in STREAMS_ONLY)
    ]


def routed(targets: tuple[Target, ...]) -> Plan:
    """One route over all targets, with short timeouts."""
    return plan_of(targets, timeouts=TIMEOUTS)


def met(cell: Cell) -> Outcome:
    """Play one cell, in a time that is not ours."""
    return run(lambda: _met(cell))


async def _met(cell: Cell) -> Outcome:
    plans = {"first": FaultPlan(then=FAULTS[cell.fault], between_s=BETWEEN_S)}
    if cell.providers == "two":
        plans["second"] = FaultPlan(then=HEALTHY)
    way = WAYS[cell.api]
    dead = frozenset({"first"}) if cell.fault == "refuse" else frozenset[str]()
    async with world(plans, routed, side=way.side, dead=dead) as here:
        had = await here.ask(way, stream=cell.stream)
        await here.gateway.kept.settled.wait()
    return Outcome(told_of(cell, had, here), had.code if had.body else "", had.took_s)


def told_of(cell: Cell, had: Had, here: World) -> str:
    """Say in a few words what the client had, and how often providers were asked."""
    [record] = here.gateway.kept.exchanges
    what = f"{had.status} {record.code}"
    if had.whole(WAYS[cell.api], stream=cell.stream):
        what = "answered"
    elif had.status == 200:
        what = f"in band {record.code}" if had.code else "looks whole"
    tries = len(record.attempts)
    waits = had.headers.get(b"retry-after")
    wait = f", wait {waits.decode()} s" if waits else ""
    return f"{what}{wait}, {tries} call{'s' if tries > 1 else ''}"


def declared(page: Path = PAGE) -> dict[tuple[str, str, str], str]:
    """Read the table: by fault, form and number of providers."""
    found: dict[tuple[str, str, str], str] = {}
    for line in page.read_text().partition(BESIDE)[0].splitlines():
        parts = [part.strip().replace("`", "") for part in line.strip("|").split("|")]
        if parts[0] in FAULTS and len(parts) == 1 + len(FORMS):
            for (form, providers), said in zip(FORMS, parts[1:], strict=True):
                found[parts[0], form, providers] = said
    return found
