"""However a stream is cut, the same things are found, and nothing of them leaves early."""

from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from tenken.guardrails.guard import Guard
from tenken.guardrails.masking.masks import Masks
from tenken.guardrails.match import Match
from tenken.guardrails.policy.loading import default_policy
from tenken.guardrails.screening import Part, Record
from tenken.guardrails.stream.window import STRIDE
from tenken.guardrails.text import Context, Direction, Origin, Text
from tests.guardrails.detecting import KEY, PHONE, Broken, Finder, context

TAG = Finder(name="tag", risk="output.unsafe_markup", pattern=r"<script[^>]*>")
ARMOUR = Finder(
    name="armour",
    risk="secret.armour",
    pattern=r"-----begin [a-z ]+-----[^-]*-----end [a-z ]+-----",
)
NAMED = Finder(name="named", risk="pii.jp.my_number", pattern=r"[0-9]{12}[^0-9]{0,20}マイナンバー")
NAME = Finder(name="name", risk="pii.name", pattern=r"[一-龥]{2,6}様")
OUTWARD = context(Direction.OUTWARD, Origin.ASSISTANT)
GUARD = Guard(default_policy(clauses=False), [PHONE, KEY, TAG, ARMOUR])
CLAUSES = Guard(default_policy(clauses=True), [PHONE, KEY, NAME])
PIECES = st.lists(
    st.sampled_from(
        [
            "090-1234-5678", "０９０－１２３４－５６７８", "key_abcdefgh1234", "です",
            "山田太郎様", "ありがとうございます。", "電話は", "様", "田", "\n", " ", "a",
            "the ", "0", "-", "1234", "<b>", "<", "[", "(", "の", "😀", "ー",
            "-----BEGIN PRIVATE KEY-----\nMIIEabc123\nab12\n-----END PRIVATE KEY-----",
        ]
    ),
    max_size=25,
).map("".join)  # fmt: skip
SIZES = st.lists(st.integers(1, 7), max_size=120)


class Streamed(Struct, frozen=True, kw_only=True):
    """What came out of a stream."""

    text: str
    records: tuple[Record, ...]
    ended: bool


def streamed(guard: Guard, pieces: Sequence[str], masks: Masks | None = None) -> Streamed:
    """Put pieces through a window."""
    window = guard.window(OUTWARD, masks)
    released = [*(window.feed(piece) for piece in pieces), window.close()]
    return Streamed(
        text="".join(one.text for one in released),
        records=tuple(record for one in released for record in one.screening.records),
        ended=any(one.ended for one in released),
    )


def whole(guard: Guard, text: str) -> Streamed:
    """Screen the same at once."""
    screening = guard.screen([Part(text=text, origin=Origin.ASSISTANT)], OUTWARD)
    return Streamed(
        text="".join(screening.texts), records=screening.records, ended=screening.blocked
    )


def chopped(text: str, sizes: Sequence[int]) -> list[str]:
    """Cut a text into pieces of some sizes, the rest into single characters."""
    pieces, at = [], 0
    for size in sizes:
        pieces.append(text[at : at + size])
        at += size
    return [*pieces, *text[at:]]


@settings(max_examples=300, deadline=None)
@given(PIECES, SIZES)
@example("a 090-1234-5678", [1] * 20)
def test_any_cut_gives_the_same(text: str, sizes: list[int]) -> None:
    """The same text, masked alike, with the same records, as when it is screened at once."""
    assert streamed(GUARD, chopped(text, sizes)) == whole(GUARD, text)


@settings(max_examples=200, deadline=None)
@given(PIECES, SIZES)
def test_names_are_seen_where_clauses_wait(text: str, sizes: list[int]) -> None:
    """A switch of the policy."""
    assert streamed(CLAUSES, chopped(text, sizes)) == whole(CLAUSES, text)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
@pytest.mark.parametrize(
    "sample",
    [
        "鍵はkey_abcdefgh1234です。",
        "電話は 090-1234-5678 です。",
        "Call 090-1234-5678 now, please.",
        "key_" + "a1" * 900 + " の次",
        "-----BEGIN PRIVATE KEY-----\n" + "MIIEvQab12\n" * 300 + "-----END PRIVATE KEY-----\n以上",
    ],
)
def test_nothing_of_a_value_leaves(sample: str, size: int) -> None:
    """At every offset of every sample."""
    pieces = [sample[at : at + size] for at in range(0, len(sample), size)]

    assert streamed(GUARD, pieces) == whole(GUARD, sample)
    assert "1234" not in streamed(GUARD, pieces).text
    assert "MII" not in streamed(GUARD, pieces).text


def test_a_number_waits_for_the_word_behind_it() -> None:
    """In Japanese what a number is may be said after it."""
    guard = Guard(default_policy(), [NAMED])
    text = "控えてください。123456789018、これが私のマイナンバーです。よろしくお願いします。"

    found = streamed(guard, list(text))

    assert found == whole(guard, text)
    assert "1234" not in found.text


def test_prose_hardly_waits() -> None:
    """In Japanese a few characters; in English a word more. The first piece never waits."""
    window = GUARD.window(OUTWARD)
    japanese = [window.feed(piece).held for piece in "本日の会議は中止になりました。"]
    window = GUARD.window(OUTWARD)
    english = [window.feed(piece).held for piece in "The meeting is cancelled, sorry about that."]

    assert max(japanese) <= STRIDE
    assert max(english) <= STRIDE + len("is cancelled, ")
    assert GUARD.window(OUTWARD).feed("おはよう").text == "おはよう"


def test_a_block_ends_the_stream() -> None:
    """What came before is sent, masked; nothing of it or behind it is."""
    window = GUARD.window(OUTWARD)
    text = "電話は090-1234-5678です。次に<script src=x>alert(1)</script>と続く"

    released = [*(window.feed(piece) for piece in text), window.close()]
    after = window.feed("まだ" * 40)

    assert "".join(one.text for one in released) == "電話は[PHONE]です。次に"
    assert [one.action for r in released for one in r.screening.records] == ["mask", "block"]
    assert released[-1].ended
    assert (after.text, after.ended) == ("", True)


def test_the_last_piece_leaves_at_the_end() -> None:
    """A run that never ended is judged by what is there."""
    window = GUARD.window(OUTWARD)

    fed = window.feed("番号は 090-1234-5678")
    closed = window.close()

    assert (fed.text, closed.text) == ("番号は ", "[PHONE]")


def test_a_session_gets_its_values_back() -> None:
    """Masked on the way in, restored on the way out, cut anywhere."""
    masks = Masks(b"k" * 32)
    part = Part(text="山田様 090-1234-5678", origin=Origin.USER)
    (asked,) = GUARD.screen([part], context(), masks).texts

    found = streamed(GUARD, list(f"復唱します: {asked}"), masks)

    assert asked == "山田様 [PHONE_1]"
    assert found.text == "復唱します: 山田様 090-1234-5678"
    assert found.records == ()


def test_a_detector_that_crashes_ends_a_stream_that_must_be_screened() -> None:
    """Its fail mode is closed: what it could not look at does not leave."""
    broken = Guard(default_policy(), [Broken(risk="secret.sample", gates=("key_",))])

    found = streamed(broken, list("鍵はkey_abcdefgh1234です。"))

    assert found.ended
    assert "abcd" not in found.text


def test_who_sees_everything_sees_a_stream_in_steps() -> None:
    """A detector without a gate is asked every few characters, not at each."""

    class Counting(Struct, kw_only=True):
        name: str = "counting"
        risks: tuple[str, ...] = ("grounding.unsupported",)
        gates: tuple[str, ...] = ()
        asked: int = 0

        def inspect(self, text: Text, context: Context) -> Sequence[Match]:
            _ = text, context
            self.asked += 1
            return ()

    counting = Counting()
    guard = Guard(default_policy(), [counting])
    text = "会議は中止です。" * 40

    assert streamed(guard, list(text)).text == text
    assert 5 <= counting.asked <= len(text) // 20
