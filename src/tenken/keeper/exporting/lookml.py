"""LookML for the exported files where BigQuery reads them: a view for each table, and a model.

Written after cloud.google.com/looker/docs/reference (2026-11); no Looker has read it. Views are
made of the same list of columns as the files, so that they name what is there.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from tenken.keeper.exporting.datasets import DATASETS, Dataset, Field

TYPES: Mapping[str, str] = {"string": "string", "bool": "yesno", "moment": "time"}
"""Of dimensions; anything else is a number."""
USD = 'value_format: "$#,##0.0000"'
SECONDS = 'value_format: "0.000"'
READ = ("input", "cache_read", "cache_write", "cache_write_hour")
WRITTEN = ("output", "reasoning")
ANSWERED = 'filters: [outcome: "answered"]'
FAILED = 'filters: [is_error: "yes"]'
DUE = 'filters: [is_due: "yes"]'
DERIVED = """\
  dimension: is_error {
    type: yesno
    description: "A status of 5xx, an answer that broke off, a record that was lost"
    sql: ${status} >= 500 OR ${outcome} IN ('interrupted', 'unknown') ;;
  }

  dimension: is_due {
    type: yesno
    description: "Answered, stopped by a guard, or an error; not what a caller left or got wrong"
    sql: ${is_error} OR ${outcome} IN ('answered', 'blocked') ;;
  }
"""
"""What went wrong is counted as objectives count it (`Totals.errors`, `Totals.due`)."""
KEY = ("id", "span", "at")
JOINED = ("id", "span", "at_raw")
DAY = """\
  dimension: day {
    type: date
    datatype: date
    convert_tz: no
    description: "UTC; files are cut by it"
    sql: ${TABLE}.`day` ;;
  }
"""


class Written(Struct, frozen=True):
    """A file: its name, and what stands in it."""

    name: str
    text: str


def looked_at(connection: str, tables: str) -> tuple[Written, ...]:
    """Give all files; `tables` is the BigQuery data set in which the tables are."""
    views = tuple(
        Written(f"{one.name}.view.lkml", _view(one, tables)) for one in DATASETS
    )  # fmt: skip
    return (Written("tenken.model.lkml", _model(connection)), *views)


def _model(connection: str) -> str:
    joins = "".join(map(_join, ("attempts", "matches")))
    return (
        f'connection: "{connection}"\ninclude: "*.view.lkml"\n\n'
        'explore: exchanges {\n  label: "Requests"\n'
        "  sql_always_where: ${exchanges.drill} = '' ;;\n"
        f"{joins}}}\n\n"
        'explore: feedback {\n  label: "Feedback"\n'
        "  sql_always_where: NOT ${feedback.drill} ;;\n}\n"
    )


def _join(name: str) -> str:
    same = " AND ".join(f"${{exchanges.{one}}} = ${{{name}.{one}}}" for one in JOINED)
    return (
        f"  join: {name} {{\n    relationship: one_to_many\n    sql_on: {same} ;;\n  }}\n"
    )  # fmt: skip


def _view(dataset: Dataset, tables: str) -> str:
    parts = [
        f"  sql_table_name: `{tables}.{dataset.name}` ;;\n",
        _key(dataset),
        DAY,
        *(_dimension(one) for one in dataset.fields),
        *((DERIVED,) if dataset.name == "exchanges" else ()),
        *_measures(dataset),
    ]
    return f"view: {dataset.name} {{\n" + "\n".join(parts) + "}\n"


def _key(dataset: Dataset) -> str:
    """Rows that a join multiplies are summed once: Looker tells them by this."""
    names = [one for one in dataset.order if one in {*KEY, "number"}]
    told = ", '/', ".join(f"CAST({_column(one)} AS STRING)" for one in names)
    return (
        "  dimension: row_key {\n    primary_key: yes\n    hidden: yes\n    type: string\n"
        f"    sql: CONCAT({told}) ;;\n  }}\n"
    )


def _dimension(field: Field) -> str:
    if field.kind == "moment":
        return (
            f"  dimension_group: {field.name} {{\n    type: time\n"
            "    timeframes: [raw, minute, hour, date, week, month, hour_of_day, day_of_week]\n"
            f"    sql: {_column(field.name)} ;;\n  }}\n"
        )
    money = f"    {USD}\n" if field.kind == "money" else ""
    return (
        f"  dimension: {field.name} {{\n    type: {TYPES.get(field.kind, 'number')}\n{money}"
        f"    sql: {_column(field.name)} ;;\n  }}\n"
    )


def _measures(dataset: Dataset) -> Iterator[str]:
    names = {one.name for one in dataset.fields}
    yield _measure("count", "count")
    if "cost" in names:
        yield _measure("total_cost", "sum", sql="${cost}", more=USD)
    for name, several in (("tokens_read", READ), ("tokens_written", WRITTEN)):
        if names.issuperset(several):
            yield _measure(name, "sum", sql=" + ".join(f"${{{one}}}" for one in several))
    if dataset.name == "exchanges":
        yield _measure("answered", "count", more=ANSWERED)
        yield _measure("failed", "count", more=FAILED)
        yield _measure("due", "count", more=DUE)
        yield _measure(
            "error_share", "number", sql="${failed} / NULLIF(${due}, 0)",
            more='value_format: "0.0%"',
        )  # fmt: skip
        for percent in (50, 95):
            yield _measure(
                f"latency_p{percent}_s", "percentile", sql="${last_us} / 1000000",
                more=f"percentile: {percent}\n    {ANSWERED}\n    {SECONDS}",
            )  # fmt: skip
    if dataset.name == "attempts":
        yield _measure("failures", "count", more='filters: [failure: "-NULL"]')
        yield _measure(
            "duration_p95_s", "percentile", sql="(${ended_us} - ${began_us}) / 1000000",
            more=f"percentile: 95\n    {SECONDS}",
        )  # fmt: skip
    if dataset.name == "feedback":
        yield _measure("average_value", "average", sql="${value}")


def _measure(name: str, kind: str, *, sql: str = "", more: str = "") -> str:
    lines = [f"type: {kind}", *([more] if more else []), *([f"sql: {sql} ;;"] if sql else [])]
    return f"  measure: {name} {{\n" + "".join(f"    {one}\n" for one in lines) + "  }\n"


def _column(name: str) -> str:
    return f"${{TABLE}}.`{name}`"
