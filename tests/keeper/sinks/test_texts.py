"""Stored texts in traces: only where a backend is to have them, in the conventions' own form."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from tenken.journal.exchange import Exchange
from tenken.journal.sealing import CHANCE_BYTES, Ring, TextKey
from tenken.journal.texts import Said, Texts
from tenken.keeper.sinks.plain import shown
from tenken.keeper.sinks.posting import Posting
from tenken.keeper.sinks.traces import sending
from tenken.keeper.sinks.traces.opening import Opening
from tenken.keeper.sinks.traces.sampling import Sampling
from tenken.keeper.sinks.traces.sending import Manner, Traces
from tenken.sentence import Sentence
from tenken.store.engine import opened
from tenken.store.ledger import Ledger
from tenken.store.migration import migrate
from tenken.store.texts.texts import SealedTexts, whose_of
from tests.journal.making import AT
from tests.keeper.sinks.otlp_receiver import Backend, backend
from tests.keeper.sinks.records import healthy, rescued

KEY = TextKey(b"k" * 32)
TEXTS = Texts(
    request=(Said("system", "You sort"), Said("user", "予約 [氏名_1]"), Said("file", "page")),
    answer=(Said("assistant", "はい"),),
)
MESSAGES = ("gen_ai.system_instructions", "gen_ai.input.messages", "gen_ai.output.messages")


@pytest.fixture
def there() -> Iterator[Backend]:
    with backend() as found:
        yield found


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/ledger.db")
    migrate(found)
    yield found
    found.dispose()


def kept(one: Exchange, texts: Texts = TEXTS) -> Exchange:
    sealed = KEY.seal(texts, whose=whose_of(one), chance=b"c" * CHANCE_BYTES)
    return replace(one, content=f"kept:{KEY.id}", texts=sealed)


def deliver(
    there: Backend, engine: Engine, *exchanges: Exchange, ring: Ring | None = None
) -> list[Sentence]:
    """Send exchanges with their texts; gives what was told."""
    told: list[Sentence] = []
    keys = ring or Ring([KEY])
    opening = Opening(SealedTexts(engine), lambda: keys, tell=told.append)
    posting = Posting(there.url, {}, now=lambda: AT)
    manner = Manner(name="t", resource={}, sampling=Sampling(share=1.0), opening=opening)
    Traces(posting, manner, tell=told.append).deliver(exchanges, AT)
    return told


def said(there: Backend) -> list[dict[str, str]]:
    """Give the texts of each span that has any."""
    pairs = [{pair.key: pair.value.string_value for pair in s.attributes} for s in there.spans]
    found = [{name: one[name] for name in MESSAGES if name in one} for one in pairs]
    return [one for one in found if one]


def test_what_was_said_stands_on_the_call_that_answered(there: Backend, engine: Engine) -> None:
    """System, messages and answer, as the conventions write them; on no other span."""
    told = deliver(there, engine, kept(rescued()))

    [one] = said(there)
    assert json.loads(one[MESSAGES[0]]) == [{"type": "text", "content": "You sort"}]
    assert json.loads(one[MESSAGES[1]]) == [
        {"role": "user", "parts": [{"type": "text", "content": "予約 [氏名_1]"}]},
        {"role": "user", "parts": [{"type": "text", "content": "page"}]},
    ]
    [answer] = json.loads(one[MESSAGES[2]])
    assert answer["parts"] == [{"type": "text", "content": "はい"}]
    assert told == []


def test_what_the_journal_did_not_bring_is_read_from_the_ledger(
    there: Backend, engine: Engine
) -> None:
    """As of workers without a disk, whose records the sink is owed."""
    one = kept(healthy())
    Ledger(engine).record([one])

    deliver(there, engine, replace(one, texts=None))

    assert len(said(there)) == 1


def test_a_backend_that_is_not_to_have_texts_has_none(there: Backend) -> None:
    """By default none is."""
    posting = Posting(there.url, {}, now=lambda: AT)
    manner = Manner(name="t", resource={}, sampling=Sampling(share=1.0))
    Traces(posting, manner, tell=lambda _said: None).deliver([kept(rescued())], AT)

    assert said(there) == []
    assert "予約".encode() not in b"".join(there.bodies)


def test_a_key_that_is_not_there_is_told_once(there: Backend, engine: Engine) -> None:
    """The traces go without their texts."""
    told = deliver(there, engine, kept(healthy()), kept(rescued()), ring=Ring())

    assert [one.id for one in told] == ["texts.other_key"]
    assert said(there) == []
    assert there.spans


def test_texts_under_an_id_that_is_taken_out_go_with_it(there: Backend, engine: Engine) -> None:
    """They are sealed under the id that nobody else may see."""
    one = kept(replace(healthy(), id="taro.yamada@example.com"))

    told = deliver(there, engine, shown(one))

    assert (said(there), told) == ([], [])


def test_long_texts_are_sent_in_several_requests(
    there: Backend, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They count as so many spans more."""
    monkeypatch.setattr(sending, "SPANS", 20)
    long = Texts(request=(Said("user", "x" * 60_000),))
    exchanges = [
        kept(replace(healthy(), id=f"r{n}", span=f"{n + 1:016x}"), long) for n in range(3)
    ]

    deliver(there, engine, *exchanges)

    assert len(there.bodies) == 3
