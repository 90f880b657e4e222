"""Numbers and names that the documents do not hold; what they do hold in other words passes."""

import pytest

from tenken.guardrails.output.numerals import numbers
from tenken.guardrails.output.unsupported import DETECTOR
from tenken.guardrails.text import Context, Direction, Origin, Text

GIVEN = (
    "有給休暇は三日前までに申請する。担当は佐藤です。上限は3,500円、年に12回まで。",
    ("Refunds take 14 days. Write to Hana Mori at https://example.com/help above 2 million yen."),
)


def unsupported(answer: str, *history: str) -> list[str]:
    context = Context(
        direction=Direction.OUTWARD, origin=Origin.ASSISTANT, given=GIVEN, history=history
    )
    return [answer[match.start : match.end] for match in DETECTOR.inspect(Text(answer), context)]


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("7日前までに申請してください。", ["7日"]),
        ("上限は5,000円です。", ["5,000円"]),
        ("上限は三万五千円です。", ["三万五千円"]),
        ("担当は鈴木さんです。", ["鈴木さん"]),
        ("Refunds take 30 days.", ["30 days"]),
        ("Please write to Taro Yamada.", ["Taro Yamada"]),
        ("https://example.com/other を参照", ["https://example.com/other"]),
        ("14円です", ["14円"]),
    ],
)
def test_what_is_not_in_the_documents_is_told(answer: str, found: list[str]) -> None:
    """With its place, for a reader to look."""
    assert unsupported(answer) == found


@pytest.mark.parametrize(
    "answer",
    [
        "3日前までに、佐藤さんへ申請してください。",
        "上限は３５００円、三千五百円です。",
        "年12回までです。",
        "お一人様3,500円、一日一回です。",
        "Ask Hana Mori.",
        "Refunds take 14 days; write to Hana Mori, or see https://example.com/help.",
        "200万円を超える場合はご相談ください。",
        "手順は二つあります。1. 申請 2. 承認",
        "一般的に、申請は早めがよいでしょう。",
    ],
)
def test_what_is_in_the_documents_passes(answer: str) -> None:
    """In kanji, in digits, with another name of the unit."""
    assert unsupported(answer) == []


def test_what_the_user_said_is_given_too() -> None:
    """An answer may repeat the question."""
    assert unsupported("45日前のご注文ですね") == ["45日"]
    assert unsupported("45日前のご注文ですね", "45日前に注文しました") == []


def test_without_documents_nothing_is_unsupported() -> None:
    """It holds against what was given, not against the world."""
    context = Context(direction=Direction.OUTWARD, origin=Origin.ASSISTANT)

    assert list(DETECTOR.inspect(Text("富士山は3776mです"), context)) == []


@pytest.mark.parametrize(
    ("written", "value", "unit"),
    [
        ("三千五百円", 3500, "yen"),
        ("二〇二六年", 2026, "year"),
        ("1.2万人", 12000, "person"),
        ("十二万三千", 123000, ""),
        ("$5 million", 5_000_000, "usd"),
        ("１５％".translate({0xFF11: "1", 0xFF15: "5"}), 15, "%"),
        ("3か月", 3, "month"),
    ],
)
def test_a_number_is_read_as_it_is_written(written: str, value: int, unit: str) -> None:
    """Kanji numerals, large units, signs."""
    assert [(int(number.value), number.unit) for number in numbers(written)] == [(value, unit)]
