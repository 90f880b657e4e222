"""What is looked for is found: all of it, once, the newest first, by whatever filter."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from tenken.journal.exchange import Exchange, Outcome
from tenken.store.browsing.browsing import Browsing
from tenken.store.browsing.lines import Key, Line, Sought
from tenken.store.engine import opened
from tenken.store.ledger import Ledger
from tenken.store.migration import migrate
from tenken.store.rollups.grain import Window
from tests.journal.making import AT, exchange
from tests.store.rollups.made import HOURS_US, several

ALWAYS = Window(AT - HOURS_US, AT + 99 * HOURS_US)
SOUGHT = st.builds(
    Sought,
    window=st.just(ALWAYS),
    use_case=st.sampled_from((None, "answer", "")),
    route=st.sampled_from((None, "fast")),
    caller=st.sampled_from((None, "desk")),
    model=st.sampled_from((None, "m")),
    outcome=st.sampled_from((None, None, *Outcome)),
    status=st.sampled_from((None, 200, 4, 5, 0, 599)),
    found=st.sampled_from((None, True, False)),
    drill=st.sampled_from((None, True, False)),
)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/ledger.db")
    migrate(found)
    yield found
    found.dispose()


def paged(browsing: Browsing, sought: Sought, most: int) -> list[Line]:
    """All pages, one after the other."""
    lines: list[Line] = []
    behind: Key | None = None
    while True:
        page = browsing.page(sought, behind=behind, most=most)
        lines += page.lines
        behind = page.following
        if behind is None:
            return lines


def wanted(one: Exchange, sought: Sought) -> bool:
    """The same question, asked of a record."""
    who = one.identity
    last = one.attempts[-1].model if one.attempts else ""
    status = one.status if sought.status in {None, 0} or sought.status > 9 else one.status // 100
    return all(
        asked is None or asked == found
        for asked, found in (
            (sought.use_case, who.use_case),
            (sought.route, who.route),
            (sought.caller, who.caller),
            (sought.model, last),
            (sought.outcome, one.outcome),
            (sought.status, status),
            (sought.found, bool(one.matches)),
            (sought.drill, bool(who.drill)),
        )
    )


@settings(max_examples=25)
@given(several(most=20), st.lists(SOUGHT, min_size=1, max_size=6), st.integers(1, 5))
def test_pages_hold_what_is_sought(
    exchanges: tuple[Exchange, ...], soughts: list[Sought], most: int
) -> None:
    """All of it once, in order, however it is cut into pages."""
    with TemporaryDirectory() as folder:
        engine = opened(f"sqlite:///{folder}/ledger.db")
        migrate(engine)
        Ledger(engine).record(exchanges)
        for sought in soughts:
            keys = [one.key for one in paged(Browsing(engine), sought, most)]
            right = [Key(one.at, one.id, one.span) for one in exchanges if wanted(one, sought)]
            assert keys == sorted(right, key=lambda key: (key.at, key.id, key.span), reverse=True)
        engine.dispose()


def test_a_tail_goes_on_where_it_was(engine: Engine) -> None:
    """What arrives later is given once, in order."""
    ledger, browsing = Ledger(engine), Browsing(engine)
    ledger.record([exchange(1), exchange(2)])
    first = browsing.page(Sought(window=ALWAYS)).lines[0]
    assert browsing.newer(Sought(window=ALWAYS), after=first.key).lines == ()

    ledger.record([exchange(3), exchange(4)])

    page = browsing.newer(Sought(window=ALWAYS), after=first.key, most=1)
    assert [one.id for one in page.lines] == ["req-000003"]
    assert page.following is not None
    rest = browsing.newer(Sought(window=ALWAYS), after=page.following, most=1)
    assert [one.id for one in rest.lines] == ["req-000004"]
    assert rest.following is None


def test_one_is_given_whole(engine: Engine) -> None:
    """With its attempts and matches; a key goes through an address and back."""
    Ledger(engine).record([exchange(1)])
    [line] = Browsing(engine).page(Sought(window=ALWAYS, id="req-000001")).lines

    key = Key.read(line.key.written())

    assert key is not None
    assert Browsing(engine).whole(key) == exchange(1)
    assert (line.target, line.tries, line.found, line.read) == ("second", 2, 1, 150)
    assert Browsing(engine).whole(Key(1, "", "")) is None
    assert Key.read("no key") is Key.read("00") is None


@pytest.mark.parametrize(
    ("sought", "index"),
    [
        (Sought(window=ALWAYS), "sqlite_autoindex_exchanges_1"),
        (Sought(window=ALWAYS, session="x"), "exchanges_by_session"),
        (Sought(window=ALWAYS, caller="x"), "exchanges_by_caller"),
        (Sought(window=ALWAYS, id="x"), "exchanges_by_day"),
    ],
)
def test_what_has_an_index_is_found_by_it(engine: Engine, sought: Sought, index: str) -> None:
    """A condition that is not written as the index's own would have it passed by."""
    Ledger(engine).record([exchange(1)])
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]), named=False)
    Browsing(engine).newer(sought, after=Key(0, "", ""))

    statement = next(one for one in asked if "FROM exchanges" in one)
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {statement}", tuple("x" for _ in range(statement.count("?")))
        )
        assert index in str(plan.all())
