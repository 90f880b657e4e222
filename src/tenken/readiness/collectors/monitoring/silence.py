"""Alerts that can never speak: thresholds out of reach, waits of days."""

from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.facts.monitoring import Query, Silence, Silenced

LONGEST_HOLD_S = 72 * 3600
NINES = Pattern(r"^9{6,}(\.9*)?$")
DURATION = Pattern(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d|w|y)")
MOST = 1e13
"""More than anything that an application counts: bytes, tokens or cents of a month."""
VOID = Pattern(r"\*\s*0(\.0+)?\s*(>=|>)|unless\s+on\s*\(\s*\)\s*vector\s*\(")
SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_536_000}
COMPARISON = Pattern(
    r"(>=|<=|==|!=|>|<)\s*(?:bool\s+)?(-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|[+]?[Ii]nf)\s*$"
)
RATIO = Pattern(r"/")
TIME_SHIFT = Pattern(r"\boffset\b|week_before|day_before|hour_before|timeshift|month_before")
HUNDRED = Pattern(r"\*\s*100\b|\b100(\.0)?\s*\*")


def seconds(text: str) -> float | None:
    """A duration such as `5m`, `1h30m` or `90s`; a bare number is seconds."""
    parts = DURATION.findall(text.strip())
    if parts and "".join(number + unit for number, unit in parts) == text.strip():
        return sum(float(number) * SECONDS[unit] for number, unit in parts)
    return float(text) if text.strip().isdigit() and len(text) < 12 else None


def comparison(text: str) -> tuple[str, float] | None:
    """The last comparison with a number in an expression."""
    match = COMPARISON.search(text.strip().rstrip(")").rstrip())
    return (match.group(1), float(match.group(2))) if match else None


def held(hold_s: float | None, place: Place, written: str) -> tuple[Silenced, ...]:
    """A condition that has to last for days."""
    if hold_s is None or hold_s <= LONGEST_HOLD_S:
        return ()
    return (Silenced(because=Silence.HOLDS_TOO_LONG, place=place, detail=written),)


def unreachable(
    query: Query | None, operator: str, value: float, place: Place
) -> tuple[Silenced, ...]:
    """A threshold that the metric cannot pass."""
    if not _is_out_of_reach(query, operator, value):
        return ()
    return (Silenced(because=Silence.NEVER_TRUE, place=place, detail=f"{operator} {value:g}"),)


def made_void(text: str, place: Place) -> tuple[Silenced, ...]:
    """`* 0 > 1` and `unless on() vector(1)`: an expression that never has a result."""
    void = VOID.search(text)
    if void is None:
        return ()
    detail = " ".join(void.group(0).split())
    return (Silenced(because=Silence.NEVER_TRUE, place=place, detail=detail),)


def _is_out_of_reach(query: Query | None, operator: str, value: float) -> bool:
    if operator in {">", ">="} and value >= MOST:
        return True
    if NINES.match(f"{value:f}".rstrip("0").rstrip(".")) and operator in {">", ">="}:
        return True
    if operator == "<" and value <= 0:
        return query is not None and any(
            "count" in m.name or "requests" in m.name for m in query.metrics
        )
    highest = _highest(query) if query is not None and operator in {">", ">="} else None
    if highest is None:
        return False
    return value > highest or (operator == ">" and value == highest)


def _highest(query: Query) -> float | None:
    """The highest value that the query can give, where that is known."""
    names = [metric.name for metric in query.metrics]
    if len(set(names)) == 1 and _is_share(query.text, names[0]):
        return 100.0 if HUNDRED.search(query.text) else 1.0
    if len(names) == 1 and names[0].endswith("/utilizations"):
        return 1.0
    if len(names) == 1 and names[0] in {"CPUUtilization", "MemoryUtilization"}:
        return 100.0
    return None


def _is_share(text: str, name: str) -> bool:
    """Some of a count over all of it; the same series an hour ago is no whole."""
    counts = name.endswith(("_total", "_count", "requests", "hits")) or ".as_count()" in text
    is_ratio = bool(RATIO.search(text)) and text.count(name) > 1
    return counts and is_ratio and not TIME_SHIFT.search(text)


def burns_too_fast(burn: float, goal: float | None, place: Place) -> tuple[Silenced, ...]:
    """An objective of 90 % can never burn faster than ten times."""
    if goal is None or not 0 < goal < 1 or burn < 1 / (1 - goal):
        return ()
    detail = f"burn rate {burn:g} > {1 / (1 - goal):.3g} (SLO {goal:g})"
    return (Silenced(because=Silence.NEVER_TRUE, place=place, detail=detail),)
