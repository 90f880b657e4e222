"""The tables of sinks, beside their positions in journals."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from tenken.store.tables import METADATA

OWED = Table(
    "owed",
    METADATA,
    Column(
        "number",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=True,
    ),
    Column("sink", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Index("owed_by_sink", "sink", "number"),
)
"""Exchanges that stand in no file: each sink takes out its own once it has been given them."""
SINK_COUNTS = Table(
    "sink_counts",
    METADATA,
    Column("sink", Text, primary_key=True),
    Column("what", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
)
"""What became of what a sink was given, written with its position."""
