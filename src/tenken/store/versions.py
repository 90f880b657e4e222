"""Which settings were in effect when: each version's text once, under the name in answers."""

from msgspec import Struct
from sqlalchemy import Engine, RowMapping, insert, select
from sqlalchemy.exc import IntegrityError

from tenken.store.engine import WRITING
from tenken.store.tables import SETTINGS


class Version(Struct, frozen=True, kw_only=True):
    """A version of the settings as it was published."""

    version: str
    content: str
    published_by: str
    published_at: int
    """Microseconds since 1970, UTC."""


class Versions:
    """The table of settings, over an engine that somebody else opens and ends."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def publish(self, version: Version) -> bool:
        """Write a version; tells whether it is new."""
        fields = {name: getattr(version, name) for name in Version.__struct_fields__}
        try:
            with self._engine.execution_options(**WRITING).begin() as connection:
                connection.execute(insert(SETTINGS), fields)
        except IntegrityError:
            return False  # published before, by whomever
        return True

    def find(self, version: str) -> Version | None:
        """Give a version."""
        table = SETTINGS.c
        with self._engine.connect() as connection:
            asked = select(SETTINGS).where(table.version == version)
            found = connection.execute(asked).mappings().first()
        return _version(found) if found else None

    def newest(self, most: int) -> tuple[Version, ...]:
        """Give the versions that were published last."""
        asked = select(SETTINGS).order_by(SETTINGS.c.published_at.desc()).limit(most)
        with self._engine.connect() as connection:
            found = connection.execute(asked).mappings().all()
        return tuple(_version(row) for row in found)


def _version(row: RowMapping) -> Version:
    return Version(**{str(name): value for name, value in row.items()})
