"""Writes the days that changed, each whole, and then notes that it did.

A day's file takes the place of the one before, so that a run that is cut short is begun again and
nothing stands twice. What the ledger no longer holds in full stays as it was handed out before.

One at a time writes to a place, by a lease in the store: of two, one would note days as written
whose files the other takes away.
"""

import contextlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date
from typing import IO, Any, Protocol

import fsspec
import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Engine

from tenken.digest import of_value
from tenken.errors import UsageError
from tenken.journal.sealing import Ring
from tenken.keeper.exporting.datasets import DATASETS, SEALED, STORED, Dataset
from tenken.keeper.exporting.days import CURSOR, Cursor, changed, standing, start_of
from tenken.keeper.exporting.opening import opened
from tenken.store.browsing.streaming import AT_ONCE, stream
from tenken.store.rollups.grain import Grain, Window
from tenken.store.rollups.reading import Rollups
from tenken.store.watch.leases import Leases

CURSOR_NAME = "_tenken.json"
FILE = "part-0.parquet"
TEXTS_AT_ONCE = 200
"""Rows: each is large."""
LEASE_S = 600.0
"""One that was killed holds a place for so long at most."""


class Writer(Protocol):
    """Writes rows in some form."""

    def write(
        self, to: IO[bytes], dataset: Dataset, pieces: Iterable[Sequence[Sequence[Any]]]
    ) -> int:
        """Write rows in pieces; gives how many there were."""
        ...


class Written(Struct, frozen=True, kw_only=True):
    """What was written of a day."""

    day: date
    rows: dict[str, int]


class Done(Struct, frozen=True, kw_only=True):
    """What a run did."""

    written: int = 0
    """Days."""
    kept: int = 0
    """Days that were to be written again, and of which rows are gone: their files stay."""


class Export:
    """Brings the ledger to a place that fsspec reaches."""

    def __init__(
        self,
        engine: Engine,
        to: str,
        writer: Writer,
        *,
        now: Callable[[], int],
        texts: Ring | None = None,
    ) -> None:
        """`now` gives microseconds since 1970. With `texts` stored texts go, too, opened by it.

        Raises UsageError for a place nothing can reach.
        """
        self._texts = texts
        self._engine = engine
        self._writer = writer
        self._now = now
        self._leases = Leases(engine)
        self._holder = secrets.token_hex(8)
        self._files: Any
        try:
            self._files, self._root = fsspec.core.url_to_fs(to)
        except (ImportError, ValueError) as error:
            raise UsageError("ledger.no_place", place=to[:200], error=str(error)[:200]) from error

    def run(
        self,
        *,
        since: date | None = None,
        whole_since: int = 0,
        told: Callable[[Written], None],
    ) -> Done:
        """Write what changed, and all since a day where one is named.

        Before `whole_since` the ledger may have lost rows to their age. Raises Away, and
        UsageError while another writes to the same place.
        """
        self._alone()
        try:
            return self._run(since=since, whole_since=whole_since, told=told)
        finally:
            self._leases.give_back(self._lease, self._holder)

    @property
    def _lease(self) -> str:
        return f"export {of_value([*self._files.protocol, self._root])}"

    def _alone(self) -> None:
        """Hold the place, or raise UsageError; asked for again and again while it is written."""
        if not self._leases.hold(self._lease, self._holder, self._now(), LEASE_S):
            raise UsageError("ledger.export_under_way", minutes=round(LEASE_S / 60))

    def _run(
        self, *, since: date | None, whole_since: int, told: Callable[[Written], None]
    ) -> Done:
        cursor = self._cursor()
        rollups = Rollups(self._engine)
        first = rollups.first()
        if first is None:
            return Done()
        days = standing(rollups, Window(first, self._now() + 1))
        wanted = {*changed(days, cursor)}
        wanted |= {day for day in days if since is not None and day >= since}
        lost = {day for day in wanted if start_of(day) < whole_since and str(day) in cursor.days}
        for day in sorted(wanted):
            if day not in lost:
                told(self._day(day))
            cursor = replace(cursor, days={**cursor.days, str(day): days[day]})
            self._alone()
            self._note(cursor)
        return Done(written=len(wanted - lost), kept=len(lost))

    def _day(self, day: date) -> Written:
        named = DATASETS if self._texts is None else (*DATASETS, STORED)
        return Written(day=day, rows={one.name: self._write(one, day) for one in named})

    def _write(self, dataset: Dataset, day: date) -> int:
        folder = f"{self._root}/{dataset.name}/day={day}"
        self._files.makedirs(folder, exist_ok=True)
        first = start_of(day)
        found = stream(
            self._engine,
            dataset.table,
            columns=SEALED if dataset is STORED else [one.name for one in dataset.fields],
            order=dataset.order,
            window=Window(first, first + Grain.DAY.us),
            at_once=TEXTS_AT_ONCE if dataset is STORED else AT_ONCE,
        )
        # Under another name until it is whole: who reads meanwhile reads the one before.
        draft = f"{folder}/{FILE}.writing"
        try:
            with closing(found), self._files.open(draft, "wb") as to:
                texts = self._texts if dataset is STORED else None
                pieces = found if texts is None else opened(found, texts)
                rows = self._writer.write(to, dataset, self._held(pieces))
        except BaseException:
            self._leave(draft)
            raise
        self._replace(draft, f"{folder}/{FILE}")
        return rows

    def _leave(self, draft: str) -> None:
        """Take away what is not whole: it may hold texts that were opened for it."""
        with contextlib.suppress(OSError):
            self._files.rm_file(draft)

    def _held(
        self, pieces: Iterable[Sequence[Sequence[Any]]]
    ) -> Iterator[Sequence[Sequence[Any]]]:
        for piece in pieces:
            self._alone()
            yield piece
        self._alone()

    def _cursor(self) -> Cursor:
        with contextlib.suppress(FileNotFoundError):
            return CURSOR.decode(self._files.cat_file(f"{self._root}/{CURSOR_NAME}"))
        return Cursor()

    def _note(self, cursor: Cursor) -> None:
        path = f"{self._root}/{CURSOR_NAME}"
        self._files.pipe_file(f"{path}.writing", msgspec.json.format(msgspec.json.encode(cursor)))
        self._replace(f"{path}.writing", path)

    def _replace(self, draft: str, path: str) -> None:
        """Put it in the other's place in one step where that can be: else one could be lost."""
        try:
            self._files.mv(draft, path)
        except OSError:  # some places move onto nothing that is there
            if not self._files.exists(path):
                raise
            self._files.rm_file(path)
            self._files.mv(draft, path)
