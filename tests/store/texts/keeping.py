"""What any ledger does with sealed texts; tests hold SQLite and Postgres to it."""

from pathlib import Path

import msgspec
from msgspec.structs import replace
from sqlalchemy import Engine, func, select

from tenken.config.operating.retention import RetentionSettings
from tenken.journal.exchange import Exchange, Identity, Outcome
from tenken.journal.frame import Kind
from tenken.journal.sealing import CHANCE_BYTES, Ring, TextKey
from tenken.journal.texts import Content, Said, Texts
from tenken.journal.writer import Writer
from tenken.keeper.drain import Drain
from tenken.keeper.retention.work import DAY_US, LATER_S, Retaining
from tenken.store.ledger import Ledger
from tenken.store.owed.owed import Owed
from tenken.store.parking import Parked, Parking, park
from tenken.store.retention.aging import Aging
from tenken.store.retention.forgetting import Forgetting, Whose
from tenken.store.tables import EXCHANGES, TEXTS
from tenken.store.texts.texts import SealedTexts, whose_of
from tenken.store.watch.leases import Leases
from tests.journal.making import AT, exchange, intent

encode = msgspec.msgpack.encode
KEY = TextKey(b"k" * 32)
RING = Ring([KEY])
SAID = "予約は山田様、合言葉はカナリア"


def kept(number: int, *, session: str = "", at: int | None = None) -> Exchange:
    """An exchange whose texts are stored."""
    who = Identity(caller="desk", session=session, session_known="stated" if session else "none")
    one = replace(exchange(number), identity=who, at=AT + number if at is None else at)
    texts = Texts(request=(Said("user", f"{SAID} {number}"),))
    sealed = KEY.seal(texts, whose=whose_of(one), chance=bytes([number]) * CHANCE_BYTES)
    return replace(one, content=str(Content("kept", KEY.id)), texts=sealed)


def count(engine: Engine) -> tuple[int, int]:
    """Give how many exchanges and how many texts there are."""
    with engine.connect() as connection:
        found = [
            connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (EXCHANGES, TEXTS)
        ]
    return found[0], found[1]


def read(engine: Engine, one: Exchange) -> Texts:
    sealed = SealedTexts(engine).of(whose_of(one))
    assert sealed is not None
    return RING.open(sealed, whose=whose_of(one))


def killed_and_replayed(engine: Engine, folder: Path) -> None:
    """A writer and keepers that end anywhere: each text is there once, and whole."""
    writer = Writer(folder, worker=0, boot="b", at=AT)
    for number in range(1, 7):
        writer.intent(intent(number))
        writer.settle(kept(number))
    segment = next(folder.glob("*.journal"))
    whole = segment.read_bytes()
    segment.write_bytes(whole[:-20])  # the worker was killed within its last record
    ledger = Ledger(engine)
    first = Drain(folder, journal="j", ledger=ledger)
    first.step(AT)
    del first  # and the keeper right after it had committed
    for _ in range(3):
        Drain(folder, journal="j", ledger=ledger).step(AT)

    assert count(engine) == (5, 5)
    segment.write_bytes(whole)
    for _ in range(2):
        Drain(folder, journal="j", ledger=ledger).step(AT)
    assert count(engine) == (6, 6)
    assert read(engine, kept(6)).request[0].text == f"{SAID} 6"


def brought_twice(engine: Engine) -> None:
    """What stood as unknown gives way, its texts with it; the same again changes nothing."""
    ledger, one = Ledger(engine), kept(1)
    unknown = replace(one, outcome=Outcome.UNKNOWN, texts=None, content="")

    ledger.record((unknown,))
    ledger.record((one,))
    ledger.record((one, unknown))

    assert count(engine) == (1, 1)
    assert read(engine, one).request[0].text == f"{SAID} 1"


def aged(engine: Engine) -> None:
    """Texts go before their exchanges, and with them at the latest."""
    now = AT + 40 * DAY_US
    Ledger(engine).record([kept(n, at=now - day * DAY_US) for n, day in enumerate((39, 20, 6, 1))])

    def retain(settings: RetentionSettings) -> None:
        work = Retaining(engine, settings=lambda: settings, lease=Leases(engine), holder="a")
        while work.step(now) < LATER_S:
            pass

    retain(RetentionSettings(texts_days=7))
    assert count(engine) == (4, 2)
    retain(RetentionSettings(texts_days=7))
    assert count(engine) == (4, 2)
    retain(RetentionSettings(texts_days=5))
    assert count(engine) == (4, 1)


def forgotten(engine: Engine) -> None:
    """Whoever asks to be forgotten is, with what was said; others are not."""
    Ledger(engine).record([kept(1, session="s1"), kept(2, session="s1"), kept(3, session="s2")])

    Forgetting(engine).some(Whose(sessions=("s1",)))
    assert count(engine) == (1, 1)
    Forgetting(engine).some(Whose(caller="desk"))
    assert count(engine) == (0, 0)


def aged_where_parked(engine: Engine) -> None:
    """What stands aside loses its texts when they are old, and nothing else of it."""
    now, old = AT + 40 * DAY_US, kept(1)
    young = kept(2, at=now - DAY_US)
    left = b"\x91\xa1\xff"
    with engine.begin() as connection:
        park(connection, [_parked(encode(old)), _parked(left), _parked(encode(young))])

    Aging(engine).parked_texts(now - 7 * DAY_US)

    payloads = [one.parked.payload for one in Parking(engine).found(9)]
    assert payloads == [encode(replace(old, texts=None)), left, encode(young)]


def owed_without_texts(engine: Engine) -> None:
    """A sink is owed the exchange; its texts stand in the ledger, and go with it there."""
    ledger = Ledger(engine, sinks=("traces",))
    ledger.record([kept(1, session="s1")])

    [due] = Owed(engine, "traces").due(9)
    assert due.exchange == replace(kept(1, session="s1"), texts=None)
    assert count(engine) == (1, 1)


def _parked(payload: bytes) -> Parked:
    return Parked(
        journal="j", boot="b", kind=Kind.SETTLEMENT, payload=payload, why="refused", at=AT
    )
