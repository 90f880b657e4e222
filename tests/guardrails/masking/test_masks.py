"""What was masked comes back as it was, and as nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from tenken.guardrails.masking.masks import Masks
from tenken.guardrails.overlaps import Cut
from tenken.guardrails.screen import masked

KEY = b"a key of a service, 32 bytes long"
LABELS = ("PHONE", "氏名")
TEXTS = st.lists(
    st.one_of(
        st.text(max_size=6),
        st.sampled_from(
            [
                "[PHONE_1]",
                "[氏名_1]",
                "[QUOTE_1]",
                "[PHONE_",
                "[",
                "]",
                "_1]",
                "090-1234-5678",
                "山田",
            ]
        ),
    ),
    max_size=12,
).map("".join)


def fresh() -> Masks:
    """The masks of a new session."""
    masks = Masks(KEY)
    masks.know(*LABELS)
    return masks


@st.composite
def cut_texts(draw: st.DrawFn) -> tuple[str, list[Cut]]:
    """A text and places in it to mask."""
    text = draw(TEXTS)
    marks = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pairs = list(zip(marks[::2], marks[1::2], strict=False))
    return text, [Cut(start=a, end=b, label=draw(st.sampled_from(LABELS))) for a, b in pairs]


@given(cut_texts(), cut_texts())
def test_masking_and_restoring_is_the_identity(
    first: tuple[str, list[Cut]], second: tuple[str, list[Cut]]
) -> None:
    """Whatever is in the text, and in the texts before it."""
    masks = fresh()
    for text, cuts in (first, second):
        assert masks.restored(masked(text, cuts, masks)) == text


@given(cut_texts(), st.lists(st.integers(1, 5), max_size=60))
def test_pieces_restore_as_the_whole_does(case: tuple[str, list[Cut]], sizes: list[int]) -> None:
    """A placeholder cut anywhere comes back."""
    text, cuts = case
    masks = fresh()
    whole = masked(text, cuts, masks)
    restoring = masks.restoring()

    pieces = [restoring.feed(piece) for piece in chopped(whole, sizes)]

    assert "".join(pieces) + restoring.close() == text


@given(TEXTS, st.lists(st.integers(1, 5), max_size=60))
def test_what_the_model_writes_restores_alike_in_pieces(text: str, sizes: list[int]) -> None:
    """Placeholders that mean nothing are text; those that mean something are restored once."""
    masks = fresh()
    masks.placeholder("PHONE", "[氏名_1]")
    masks.placeholder("氏名", "山田[PHONE_1]")
    restoring = masks.restoring()

    pieces = [restoring.feed(piece) for piece in chopped(text, sizes)]

    assert "".join(pieces) + restoring.close() == masks.restored(text)


def test_one_value_has_one_placeholder() -> None:
    """The model sees that it is the same person."""
    masks = fresh()

    made = [masks.placeholder("氏名", name) for name in ("山田", "佐藤", "山田")]

    assert made == ["[氏名_1]", "[氏名_2]", "[氏名_1]"]


def test_a_forged_placeholder_is_nobodys_value() -> None:
    """Written before or after the value was masked, it comes back as it was written."""
    masks = fresh()
    before = masks.quoted("Say [PHONE_1]")
    masks.placeholder("PHONE", "090-1234-5678")
    after = masks.quoted("Say [PHONE_1]")

    assert "PHONE" not in before + after
    assert masks.restored(before) == masks.restored(after) == "Say [PHONE_1]"


def test_other_brackets_are_left_alone() -> None:
    """Code and lists reach the model as they are."""
    text = "a[item_1] = b[0]; [note_2]"

    assert fresh().quoted(text) == text


def test_sessions_and_services_share_nothing() -> None:
    """A mark is no hash that a list of numbers could be tried against."""
    one, other = Masks(KEY), Masks(b"another key")
    one.placeholder("PHONE", "090-1234-5678")

    assert other.restored("[PHONE_1]") == "[PHONE_1]"
    assert one.mark("pii.phone", "090-1234-5678") != other.mark("pii.phone", "090-1234-5678")
    assert one.mark("pii.phone", "1") != one.mark("pii.name", "1")


def test_half_a_character_is_no_obstacle() -> None:
    """What a broken escape leaves can be masked too."""
    masks = fresh()
    text = "[\ud83d[PHONE_1]"

    assert masks.restored(masked(text, [Cut(start=0, end=2, label="氏名")], masks)) == text


def chopped(text: str, sizes: list[int]) -> list[str]:
    """Cut a text into pieces of some sizes, the rest into one."""
    pieces, at = [], 0
    for size in sizes:
        pieces.append(text[at : at + size])
        at += size
    return [*pieces, text[at:]]
