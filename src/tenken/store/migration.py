"""Brings a database's tables to what this version reads: all steps, or none of them."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, func, select

from tenken.store.engine import WRITING

STEPS = Path(__file__).parent / "migrations"
LOCK = 0x7E4E_4B45_4E01
"""Two that start at once take turns."""


def migrate(engine: Engine, to: str = "head") -> None:
    """Run the steps that are missing."""
    with engine.connect().execution_options(**WRITING) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        command.upgrade(_config(connection), to)


def revision(engine: Engine) -> str | None:
    """Give the step that a database is at; None before the first."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(STEPS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
