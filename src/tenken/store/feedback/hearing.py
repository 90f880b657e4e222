"""Writes what was said of answers, and finds which answers those were.

Who says the same again replaces it, so sums lose what they had of it before. What speaks of a
request that is not here yet waits: its journal may be another machine's, and come later.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select, tuple_, update

from tenken.journal.feedback import Feedback, FeedbackKind, positive
from tenken.store.browsing.named import on_some_day
from tenken.store.feedback.tables import FEEDBACK, NAMES, NUMBERS
from tenken.store.rollups.derive import Increments, Summed
from tenken.store.rollups.grain import Grain
from tenken.store.rollups.writing import add
from tenken.store.tables import ATTEMPTS, EXCHANGES

Row = Mapping[str, Any]
AT_ONCE = 500
THOUSANDTHS = 1_000
SAID = Feedback.__struct_fields__


class About(Struct, frozen=True, kw_only=True):
    """The exchange that something was said of."""

    id: str
    trace: str
    span: str
    at: int
    use_case: str
    route: str
    release: str
    provider: str
    model: str
    drill: bool


def hear(connection: Connection, said: Iterable[Feedback]) -> None:
    """Write what was said, newest last; what stands already and is newer stays."""
    brought = {one.id: one for one in sorted(said, key=lambda one: one.at)}
    if not brought:
        return
    _in_turn(connection)
    standing = {row["id"]: row for row in _rows(connection, FEEDBACK.c.id, brought)}
    new = [one for one in brought.values() if _newer(one, standing.get(one.id))]
    gone = [standing[one.id] for one in new if one.id in standing]
    connection.execute(delete(FEEDBACK).where(FEEDBACK.c.id.in_([row["id"] for row in gone])))
    links = {(one.caller, one.key): one.request for one in new if one.kind is FeedbackKind.LINK}
    found = _found(connection, new, links)
    rows = _numbered(connection, [_row(one, found.get(one.id)) for one in new])
    if rows:
        connection.execute(insert(FEEDBACK), rows)
    add(connection, Increments(feedback=_summed((1, rows), (-1, gone))))
    _rejoin(connection, links)


def match(connection: Connection, *, since: int) -> int:
    """Tie what waited to exchanges that have come meanwhile; gives how many.

    `since` bounds how long anything waits, in microseconds since 1970.
    """
    _in_turn(connection)
    there = select(EXCHANGES.c.id).where(
        EXCHANGES.c.id == FEEDBACK.c.request, on_some_day(connection)
    )
    waiting = (
        select(FEEDBACK)
        .where(FEEDBACK.c.matched.is_(False), FEEDBACK.c.at >= since)
        .where(there.exists())
        .limit(AT_ONCE)
    )
    return _again(connection, [dict(row) for row in connection.execute(waiting).mappings()])


def _rejoin(connection: Connection, links: Mapping[tuple[str, str], str]) -> None:
    """What was said of a business key before anybody told whose it is."""
    if not links:
        return
    place = tuple_(FEEDBACK.c.caller, FEEDBACK.c.key)
    waiting = select(FEEDBACK).where(
        FEEDBACK.c.matched.is_(False), FEEDBACK.c.request == "", place.in_(list(links))
    )
    _again(connection, [dict(row) for row in connection.execute(waiting).mappings()])


def forget(connection: Connection, *, before: int) -> int:
    """Take out what was said of requests that never came; gives how many."""
    old = delete(FEEDBACK).where(FEEDBACK.c.matched.is_(False), FEEDBACK.c.at < before)
    return connection.execute(old).rowcount


def _again(connection: Connection, rows: Sequence[Row]) -> int:
    said = [_said(row) for row in rows]
    found = _found(connection, said, {})
    tied = _numbered(connection, [_row(one, found[one.id]) for one in said if one.id in found])
    if tied:
        ids = [row["id"] for row in tied]
        connection.execute(delete(FEEDBACK).where(FEEDBACK.c.id.in_(ids)))
        connection.execute(insert(FEEDBACK), tied)
        add(connection, Increments(feedback=_summed((1, tied))))
    return len(tied)


def _in_turn(connection: Connection) -> None:
    """Let nobody else write feedback until this is committed: two would wait for each other."""
    connection.execute(select(NUMBERS.c.last).with_for_update())


def _numbered(connection: Connection, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Number what is tied, so that sinks can follow: no number is seen before a smaller one."""
    tied = [row for row in rows if row["matched"]]
    if tied:
        raised = update(NUMBERS).values(last=NUMBERS.c.last + len(tied)).returning(NUMBERS.c.last)
        last = int(connection.execute(raised).scalar_one())
        for number, row in enumerate(tied, last - len(tied) + 1):
            row["number"] = number
    return rows


def _newer(one: Feedback, standing: Row | None) -> bool:
    return standing is None or one.at > standing["at"]


def _found(
    connection: Connection, said: Sequence[Feedback], links: Mapping[tuple[str, str], str]
) -> dict[str, About]:
    """Give what each speaks of, by its own id."""
    linked = {**_linked(connection, [one for one in said if not one.request]), **links}
    requests = {one.id: one.request or linked.get((one.caller, one.key), "") for one in said}
    known = _abouts(connection, {(one.caller, requests[one.id]) for one in said})
    return {
        one.id: about
        for one in said
        if (about := known.get((one.caller, requests[one.id]))) is not None
    }


def _linked(connection: Connection, said: Sequence[Feedback]) -> dict[tuple[str, str], str]:
    """Give the requests of business keys: the last that each was tied to."""
    keys = {(one.caller, one.key) for one in said}
    if not keys:
        return {}
    table = FEEDBACK.c
    asked = (
        select(table.caller, table.key, table.request)
        .where(tuple_(table.caller, table.key).in_(list(keys)), table.request != "")
        .order_by(table.at)
    )
    return {(caller, key): request for caller, key, request in connection.execute(asked)}


def _abouts(
    connection: Connection, wanted: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], About]:
    """Give exchanges by caller and id: nobody rates another's. Of several the newest."""
    ids = sorted({request for _, request in wanted if request})
    if not ids:
        return {}
    table, tried = EXCHANGES.c, ATTEMPTS.c
    joined = EXCHANGES.outerjoin(
        ATTEMPTS,
        (tried.id == table.id) & (tried.span == table.span) & (tried.at == table.at),
    )
    asked = (
        select(
            table.id, table.trace, table.span, table.caller, table.at, table.use_case,
            table.route, table.release, table.drill, tried.provider, tried.model,
        )
        .select_from(joined)
        .where(table.id.in_(ids), on_some_day(connection))
        .order_by(table.at, tried.number)
    )  # fmt: skip
    return {
        (row["caller"], row["id"]): About(
            id=row["id"],
            trace=row["trace"],
            span=row["span"],
            at=row["at"],
            use_case=row["use_case"],
            route=row["route"],
            release=row["release"],
            provider=row["provider"] or "",
            model=row["model"] or "",
            drill=bool(row["drill"]),
        )
        for row in connection.execute(asked).mappings()
    }


def _row(one: Feedback, about: About | None) -> dict[str, Any]:
    names = {name: getattr(about, name) if about else "" for name in NAMES}
    return {
        **{name: getattr(one, name) for name in SAID},
        "kind": one.kind.value,
        **names,
        "matched": about is not None,
        "number": 0,
        "about": about.id if about else "",
        "trace": about.trace if about else "",
        "span": about.span if about else "",
        "about_at": about.at if about else 0,
        "drill": bool(about and about.drill),
    }


def _said(row: Row) -> Feedback:
    fields = {name: row[name] for name in SAID}
    return Feedback(**{**fields, "kind": FeedbackKind(row["kind"])})


def _rows(connection: Connection, column: Any, wanted: Iterable[str]) -> list[dict[str, Any]]:
    asked = select(FEEDBACK).where(column.in_(list(wanted)))
    return [dict(row) for row in connection.execute(asked).mappings()]


def _summed(*signed: tuple[int, Sequence[Row]]) -> Summed:
    """Sum what is tied to an exchange: a link says nothing of an answer."""
    made: Summed = {}
    for sign, rows in signed:
        for row in rows:
            if not row["matched"] or row["kind"] == FeedbackKind.LINK:
                continue
            good = positive(FeedbackKind(row["kind"]), row["value"])
            names = (
                row["use_case"], row["route"], row["caller"], row["release"], row["provider"],
                row["model"], row["kind"], row["unit"], bool(row["drill"]),
            )  # fmt: skip
            sums = made.setdefault((Grain.MINUTE.start(row["at"]), names), [0, 0, 0, 0])
            added = (1, good is True, good is False, round(row["value"] * THOUSANDTHS))
            for n, value in enumerate(added):
                sums[n] += sign * value
    return made
