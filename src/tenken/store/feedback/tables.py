"""The table of feedback. What it speaks of stands in it once that is known."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Table, Text, false

from tenken.store.tables import METADATA

NAMES = ("use_case", "route", "release", "provider", "model")
"""Of the exchange that it speaks of."""

FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("caller", "kind", "request", "key")),
    Column("value", Float, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("unit", "submitter", "via")),
    Column("matched", Boolean, nullable=False),
    Column("about", Text, nullable=False),
    Column("about_at", BigInteger, nullable=False),
    *(Column(name, Text, nullable=False) for name in NAMES),
    Column("drill", Boolean, nullable=False),
    Index("feedback_by_request", "request"),
    Index("feedback_by_about", "about"),
    Index("feedback_by_key", "caller", "key"),
    Index("feedback_by_time", "at"),
)
"""`about` is the id of the request that it was found to speak of, `about_at` that one's moment."""
Index(
    "feedback_unmatched",
    FEEDBACK.c.at,
    postgresql_where=FEEDBACK.c.matched == false(),
    sqlite_where=FEEDBACK.c.matched == false(),
)
