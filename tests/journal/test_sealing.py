"""Texts at rest: they open for their own exchange, with their own key, and for nobody else."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from tenken.journal.exchange import Exchange
from tenken.journal.sealing import (
    CHANCE_BYTES,
    HEAD_BYTES,
    Ring,
    TextKey,
    Unopened,
    key_of,
)
from tenken.journal.texts import Content, Said, Texts, Whose, content_of
from tenken.sentence import say
from tests.journal.making import exchange

KEY, OTHER = TextKey(b"k" * 32), TextKey(b"o" * 32)
WHOSE = Whose("req-1", "00f067aa0ba902b7", 1_795_046_400_000_000)
TEXTS = Texts(
    request=(Said("user", "予約を [氏名_1] さんに"),), answer=(Said("assistant", "はい"),)
)
CHANCE = bytes(range(CHANCE_BYTES))
SAID = st.builds(Said, st.sampled_from(["user", "system", "tool"]), st.text(max_size=50))
SOME = st.lists(SAID, max_size=4).map(tuple)


@given(
    texts=st.builds(Texts, request=SOME, answer=SOME, cut=st.just(("answer",))),
    chance=st.binary(min_size=CHANCE_BYTES, max_size=CHANCE_BYTES),
    secret=st.binary(min_size=32, max_size=32),
)
def test_what_was_sealed_opens_as_it_was(texts: Texts, chance: bytes, secret: bytes) -> None:
    """Whatever it says, and whatever the key."""
    key = TextKey(secret)

    assert key.open(key.seal(texts, whose=WHOSE, chance=chance), whose=WHOSE) == texts


@given(at=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
def test_a_bit_that_is_changed_anywhere_opens_nothing(at: int, bit: int) -> None:
    """Of the head, too: a key's name and the random bytes are bound with the rest."""
    sealed = bytearray(KEY.seal(TEXTS, whose=WHOSE, chance=CHANCE))
    sealed[at % len(sealed)] ^= 1 << bit

    with pytest.raises(Unopened):
        Ring([KEY]).open(bytes(sealed), whose=WHOSE)


@pytest.mark.parametrize(
    "whose",
    [
        pytest.param(Whose("req-2", WHOSE.span, WHOSE.at), id="another id"),
        pytest.param(Whose(WHOSE.id, "00f067aa0ba902b8", WHOSE.at), id="another span"),
        pytest.param(Whose(WHOSE.id, WHOSE.span, WHOSE.at + 1), id="another moment"),
    ],
)
def test_texts_open_in_no_other_exchange_s_place(whose: Whose) -> None:
    """A row that is moved is told as damaged."""
    sealed = KEY.seal(TEXTS, whose=WHOSE, chance=CHANCE)

    with pytest.raises(Unopened) as refused:
        KEY.open(sealed, whose=whose)

    assert refused.value.sentence == say("texts.damaged", key=KEY.id)


def test_a_key_of_before_still_opens() -> None:
    """Rotation: the new key seals, and both read."""
    sealed = OTHER.seal(TEXTS, whose=WHOSE, chance=CHANCE)

    assert Ring([KEY, OTHER]).open(sealed, whose=WHOSE) == TEXTS


def test_a_key_that_is_not_there_is_told_by_its_name() -> None:
    """With those that are, and never a key itself."""
    sealed = OTHER.seal(TEXTS, whose=WHOSE, chance=CHANCE)

    with pytest.raises(Unopened) as refused:
        Ring([KEY]).open(sealed, whose=WHOSE)

    assert refused.value.sentence == say("texts.other_key", key=OTHER.id, known=KEY.id)
    assert "o" * 8 not in repr([OTHER, refused.value])


def test_a_lost_key_is_told_with_the_reason() -> None:
    """As where its variable is not set."""
    lacking = say("texts.key_absent", name="TENKEN_TEXT_KEY")
    sealed = KEY.seal(TEXTS, whose=WHOSE, chance=CHANCE)

    with pytest.raises(Unopened) as refused:
        Ring(lacking=lacking).open(sealed, whose=WHOSE)

    assert refused.value.sentence == lacking


@pytest.mark.parametrize("sealed", [b"", b"\x01" * HEAD_BYTES, b"\x02" + b"x" * 80])
def test_what_is_none_of_ours_is_told_so(sealed: bytes) -> None:
    """Too short, or of a version that is not known here."""
    with pytest.raises(Unopened) as refused:
        Ring([KEY]).open(sealed, whose=WHOSE)

    assert refused.value.sentence == say("texts.not_ours")


@pytest.mark.parametrize(
    ("written", "known"),
    [
        pytest.param("6b" * 32, True, id="hex"),
        pytest.param(" a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=\n", True, id="base64"),
        pytest.param("6b" * 16, False, id="128 bits"),
        pytest.param("no key at all", False, id="words"),
        pytest.param("鍵" * 32, False, id="not ASCII"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_key_is_256_bits_in_hex_or_base64(written: str, *, known: bool) -> None:
    """Anything shorter is none."""
    key = key_of(written)

    assert (key is not None and key.id == KEY.id) is known


def test_the_same_texts_are_never_sealed_alike() -> None:
    """Other random bytes, other key and other nonce."""
    ones = {KEY.seal(TEXTS, whose=WHOSE, chance=bytes([n]) * CHANCE_BYTES) for n in range(9)}

    assert len({one[HEAD_BYTES:] for one in ones}) == 9
    assert not any("予約".encode() in one for one in ones)


@given(chance=st.binary(min_size=CHANCE_BYTES, max_size=CHANCE_BYTES))
def test_what_is_sealed_never_ends_in_a_zero(chance: bytes) -> None:
    """A journal tells by that a record whose end is lost."""
    assert KEY.seal(TEXTS, whose=WHOSE, chance=chance)[-1]


def test_a_reader_of_before_passes_over_sealed_texts() -> None:
    """Records are arrays: what it does not know stands behind what it does."""
    names = Exchange.__struct_fields__
    older = msgspec.defstruct(
        "Older",
        [(name, Any, None) for name in names[: names.index("texts")]],
        array_like=True,
    )
    sealed = KEY.seal(TEXTS, whose=WHOSE, chance=CHANCE)
    written = msgspec.msgpack.encode(replace(exchange(), texts=sealed, content="kept:x"))

    read = asdict(msgspec.msgpack.decode(written, type=older))

    assert (read["id"], read["content"]) == (exchange().id, "kept:x")
    assert names[-1] == "texts"


def test_a_record_says_what_became_of_its_texts() -> None:
    """In one field."""
    assert content_of(str(Content("kept", KEY.id))) == Content("kept", KEY.id)
    assert str(content_of("")) == ""
