"""What expressions of KPIs count, out of the sums of a period. Pure."""

from collections.abc import Iterable, Mapping

from tenken.config.operating.expression import COUNTED
from tenken.store.rollups.totals import FeedbackTotals, Totals


def counted(totals: Totals, feedback: Iterable[FeedbackTotals]) -> Mapping[str, float]:
    """Give every name that has a figure; what nobody ever said of an answer has none."""
    found = {name: float(getattr(totals, name)) for name in COUNTED if "." not in name}
    found["tokens.read"] = float(totals.read)
    found["tokens.written"] = float(totals.written)
    found["cost.USD"] = float(totals.cost)
    for one in feedback:
        if one.kind == "impact":
            name = f"impact.{one.unit}"
            found[name] = found.get(name, 0.0) + one.value
            continue
        for part, value in (
            ("count", one.said), ("good", one.good), ("bad", one.bad), ("value", one.value),
        ):  # fmt: skip
            name = f"feedback.{one.kind}.{part}"
            found[name] = found.get(name, 0.0) + value
    return found
