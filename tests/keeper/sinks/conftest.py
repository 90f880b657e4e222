"""A store for the tests of sinks."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tenken.store.engine import opened
from tenken.store.migration import migrate


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a store with all tables, made once."""
    path = tmp_path_factory.mktemp("store") / "store.db"
    engine = opened(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture
def engine(tmp_path: Path, migrated: Path) -> Iterator[Engine]:
    """Give a store of this test's own."""
    path = tmp_path / "store.db"
    path.write_bytes(migrated.read_bytes())
    found = opened(f"sqlite:///{path}")
    yield found
    found.dispose()
