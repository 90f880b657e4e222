"""Writes exchanges with their attempts, matches, sealed texts and sums, each exchange once.

Nearly always none of them stands there yet. So they are just written, and only where the database
refuses that is it asked which do.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from tenken.journal.exchange import Exchange, Intent, Outcome
from tenken.store.browsing.whole import of_key, read_whole
from tenken.store.bulk.writing import Key, Values, insert, remove
from tenken.store.money import trillionths
from tenken.store.rollups.derive import increments
from tenken.store.rollups.writing import add
from tenken.store.rows import (
    OF_ATTEMPTS,
    OF_EXCHANGES,
    OF_MATCHES,
    OF_TEXTS,
    attempt_values,
    exchange_values,
    match_values,
)
from tenken.store.tables import ATTEMPTS, EXCHANGES, MATCHES, TEXTS


def write(connection: Connection, exchanges: Sequence[Exchange]) -> None:
    """Write what is not there, and count it."""
    brought = _once(exchanges)
    if not brought:
        return
    try:
        with connection.begin_nested():
            _insert(connection, brought.values())
    except IntegrityError:
        _write_some(connection, brought)
    else:
        add(connection, increments(brought.values()))


def standing(connection: Connection, keys: Collection[Key]) -> dict[Key, str]:
    """Give the outcomes of those that are there."""
    if not keys:
        return {}
    table = EXCHANGES.c
    asked = select(table.id, table.span, table.at, table.outcome)
    asked = asked.where(table.at.in_({key[2] for key in keys}))  # what the key begins with
    found = {(id_, span, at): outcome for id_, span, at, outcome in connection.execute(asked)}
    return {key: found[key] for key in keys if key in found}


def key_of(one: Exchange | Intent) -> Key:
    """Give what tells a request from all others."""
    return (one.id, one.span, one.at)


def _once(exchanges: Sequence[Exchange]) -> Mapping[Key, Exchange]:
    """Take each once: the first that is not unknown, as it would be one after the other."""
    found: dict[Key, Exchange] = {}
    for one in exchanges:
        key = key_of(one)
        if key not in found or found[key].outcome is Outcome.UNKNOWN:
            found[key] = one
    return found


def _write_some(connection: Connection, brought: Mapping[Key, Exchange]) -> None:
    """Pass over what is there.

    What stands as unknown gives way to what its worker wrote after all: it is taken out of the
    sums, too.
    """
    found = standing(connection, brought)
    stale = [key for key, outcome in found.items() if outcome == Outcome.UNKNOWN]
    gone = [one for key in stale for one in read_whole(connection, of_key(*key))]
    for table in (TEXTS, MATCHES, ATTEMPTS, EXCHANGES):
        remove(connection, table, stale)
    new = [one for key, one in brought.items() if key not in found or key in stale]
    _insert(connection, new)
    add(connection, increments(new, gone=gone))


def _insert(connection: Connection, exchanges: Collection[Exchange]) -> None:
    rows: list[Values] = []
    tried: list[Values] = []
    found: list[Values] = []
    sealed: list[Values] = []
    for one in exchanges:
        cost = trillionths(one.cost)
        rows.append(exchange_values(one, cost))
        tried += attempt_values(one, cost)
        if one.matches:
            found += match_values(one)
        if one.texts:
            sealed.append((one.id, one.span, one.at, one.texts))
    insert(connection, OF_EXCHANGES, rows)
    insert(connection, OF_ATTEMPTS, tried)
    insert(connection, OF_MATCHES, found)
    insert(connection, OF_TEXTS, sealed)
