"""Read by Alembic for each run: the connection is ours, and so is its transaction."""

from alembic import context
from sqlalchemy import Connection

import tenken.store.owed.tables
import tenken.store.people.tables
import tenken.store.proofs.lines  # its tables are known once it is read
import tenken.store.resources.resources
import tenken.store.value.points
import tenken.store.watch.tables  # noqa: F401 - its tables are known once it is read
from tenken.store.tables import METADATA

connection = context.config.attributes["connection"]
assert isinstance(connection, Connection)  # noqa: S101 - attributes are untyped
context.configure(connection=connection, target_metadata=METADATA)
context.run_migrations()
