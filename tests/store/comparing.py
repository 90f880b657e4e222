"""A database against the tables that are read: indexes of the other kind of database left out."""

from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.sql.schema import SchemaItem


def compared(connection: Connection) -> MigrationContext:
    """Give what compares them."""
    here = connection.dialect.name

    def included(one: SchemaItem, *_more: object) -> bool:
        return bool(one.info.get("only", here) == here)

    return MigrationContext.configure(connection, opts={"include_object": included})
