"""Objectives as a table and as JSON; what was not measured is said to be unknown."""

import sys
from collections.abc import Sequence

from msgspec import Struct
from rich.table import Table

from tenken.cli.printing import console
from tenken.cli.rim import Rim
from tenken.keeper.generating.given import Objective
from tenken.keeper.objectives.burning import Burning
from tenken.sentence import say

COLUMNS = ("name", "sli", "target", "left", "burn", "state")
Value = str | float | int | bool | None | dict[str, float | None]


class Row(Struct, frozen=True, kw_only=True):
    """One objective."""

    objective: Objective
    burning: Burning

    @property
    def state(self) -> str:
        """`words` where nothing counts it, `no_data`, an urgency, `broken` or `kept`."""
        slo, firing = self.objective.slo, self.burning.firing
        if not slo.counts or slo.query is not None:
            return "words" if slo.query is None else "elsewhere"
        if self.burning.kept is None:
            return "no_data"
        if firing:
            return firing[0].pair.severity
        return "kept" if self.burning.kept else "broken"

    def plain(self) -> dict[str, Value]:
        """Give it as JSON; None is what is not known."""
        slo, counts = self.objective.slo, self.burning.counts
        return {
            "name": slo.name, "sli": slo.sli, "use_case": slo.use_case, "route": slo.route,
            "target_percent": slo.target_percent, "window_days": slo.window_days,
            "good": counts.good, "total": counts.total, "budget_left": self.burning.budget_left,
            "burn": {str(one.pair): one.long for one in self.burning.burns}, "state": self.state,
        }  # fmt: skip


def row_of(objective: Objective, burning: Burning) -> Row:
    """Give what is shown of an objective."""
    return Row(objective=objective, burning=burning)


def table_of(rim: Rim, rows: Sequence[Row]) -> None:
    """Print objectives."""
    table = Table(box=None, pad_edge=False)
    for column in COLUMNS:
        table.add_column(rim.speech(say(f"slo.column_{column}")))
    for row in rows:
        slo, left = row.objective.slo, row.burning.budget_left
        fastest = max((one.long or 0 for one in row.burning.burns), default=0.0)
        table.add_row(
            slo.name,
            slo.sli,
            f"{slo.target_percent:g} % / {slo.window_days:g} d",
            "-" if left is None else f"{100 * left:.4g} %",
            "-" if left is None else f"{fastest:.3g}x",
            rim.speech(say(f"slo.state_{row.state}")),
        )
    console(rim, sys.stdout).print(table)
