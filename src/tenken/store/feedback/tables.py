"""The table of feedback. What it speaks of stands in it once that is known."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, Table, Text, false

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
    Column("number", BigInteger, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("about", "trace", "span")),
    Column("about_at", BigInteger, nullable=False),
    *(Column(name, Text, nullable=False) for name in NAMES),
    Column("drill", Boolean, nullable=False),
    Index("feedback_by_request", "request"),
    Index("feedback_by_about", "about"),
    Index("feedback_by_key", "caller", "key"),
    Index("feedback_by_time", "at"),
    Index("feedback_by_number", "number"),
)
"""`about` is the id of the request that it was found to speak of, `about_at` that one's moment.
`number` counts what was tied to its request, in the order in which that was; 0 where it waits."""
NUMBERS = Table(
    "feedback_numbers",
    METADATA,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
)
"""The last number: one row, which who gives numbers holds until they are committed."""
REACHED = Table(
    "feedback_reached",
    METADATA,
    Column("sink", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
)
"""Up to which number each sink has been told."""
Index(
    "feedback_unmatched",
    FEEDBACK.c.at,
    postgresql_where=FEEDBACK.c.matched == false(),
    sqlite_where=FEEDBACK.c.matched == false(),
)
