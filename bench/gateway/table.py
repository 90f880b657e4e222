"""What was found, as Markdown: one table a part, with ratios to nginx of the same part."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Found = Mapping[str, Any]
Row = Mapping[str, Any]


HEADS = (
    "load", "gateway", "requests/s", "of nginx", "CPU us", "nginx's of it",
    "p50 ms", "added", "p99 ms", "added", "MB",
)  # fmt: skip


def written(found: Found) -> str:
    """Give the page."""
    lines = [f"Measured {found['at']}: `run.py {found['command']}`", ""]
    lines += [*[f"- {one}" for one in found["pythons"]], ""]
    parts = dict.fromkeys(row["part"] for row in found["rows"])
    for part in parts:
        lines += [
            f"### {part}",
            "",
            *_table([row for row in found["rows"] if row["part"] == part]),
        ]
    return "\n".join(lines) + "\n"


def _table(rows: Sequence[Row]) -> Iterator[str]:
    yield "| " + " | ".join(HEADS) + " |"
    yield "|---" * len(HEADS) + "|"
    for row in rows:
        beside = {one["name"]: one for one in rows if one["load"] == row["load"]}
        yield "| " + " | ".join(_cells(row, beside)) + " |"
    yield ""


def _cells(row: Row, beside: Mapping[str, Row]) -> Iterator[str]:
    nginx, direct = beside.get("nginx"), beside.get("direct")
    yield row["load"]
    yield row["name"]
    yield f"{row['per_second']:,.0f}"
    yield f"{row['per_second'] / nginx['per_second']:.3f}" if nginx else ""
    yield f"{row['cpu_us']:,.1f}" if row["cpu_us"] else ""
    yield f"{nginx['cpu_us'] / row['cpu_us']:.3f}" if nginx and row["cpu_us"] else ""
    yield f"{row['p50_ms']:.3f}"
    yield f"{row['p50_ms'] - direct['p50_ms']:+.3f}" if direct else ""
    yield f"{row['p99_ms']:.3f}"
    yield f"{row['p99_ms'] - direct['p99_ms']:+.3f}" if direct else ""
    yield f"{row['resident_mb']}" if row["resident_mb"] else ""
