"""What holds for any text: places, gates, and an effort that grows with the length alone."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tenken.guardrails.detectors import PII, SECRETS
from tenken.guardrails.gates import Gates
from tenken.guardrails.pii.labels import _LABEL
from tenken.guardrails.pii.names import japanese, lexicon
from tenken.guardrails.rule import Rule, Rules
from tenken.guardrails.secrets import texts
from tenken.guardrails.text import Context, Direction, Origin, Text
from tenken.pattern import Match as Found
from tenken.pattern import Pattern

SIZE = 50_000
ASKED = Context(direction=Direction.INWARD, origin=Origin.USER)
ALL = (*PII, *SECRETS)
RULES = [
    *(rule for one in PII if isinstance(one, Rules) for rule in one.rules.rules),
    *japanese.RULES.rules,
    *texts.RULES.rules,
]
DRAWN = [rule for rule in RULES if not rule.id.startswith("pii.address.jp")]
"""Their patterns hold all kanji, and a draw takes seconds; the gate is a piece of the pattern."""
PIECES = st.sampled_from((
    "090-1234-5678", "１２３４", "田中", "太郎", "様", "さん", "氏名：", "です", "、", "。",
    "\n", "マイナンバー", "123456789018", "カード", "4111 1111 1111 1111", "東京都", "港区",
    " ", "六本木", "1-2-3", "taro", "@", "example.jp", "パスワード", "は", ": ", "Ab1#xyz9",
    "電話", "Mr. ", "Smith", "生まれ", "昭和60年3月12日", "ﾔﾏﾀﾞ", "ﾀﾛｳ", "203.0.113.5", "::",
    "2001:db8", "John", "普通", "口座", "1234567", "-----BEGIN PRIVATE KEY-----", "sk-",
    "AKIA", "eyJ", "://a:b", "not ", "Now ", "nos ", "codes ", "ids: ", "call ",
))  # fmt: skip
ANY = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=14).map("".join))


@settings(max_examples=100, deadline=None)
@given(ANY)
def test_a_match_lies_inside_the_text_and_keeps_its_place_when_text_is_put_before(
    text: str,
) -> None:
    """A full stop and a line between them: nothing of the first part is about the second."""
    before = "ＡＢＣ。\n\n" + "本日は晴天なり。" * 5 + "\n\n"
    for one in ALL:
        alone = one.inspect(Text(text), ASKED)
        assert all(0 <= match.start < match.end <= len(text) for match in alone)
        moved = {match.moved(len(before)) for match in alone}
        assume(not text or text[0] not in "\n ")
        after = {m for m in one.inspect(Text(before + text), ASKED) if m.start >= len(before)}
        assert {(m.rule, m.start, m.end) for m in moved} == {
            (m.rule, m.start, m.end) for m in after
        }


@settings(max_examples=100, deadline=None)
@given(ANY)
def test_where_no_gate_is_found_there_is_nothing_to_find(text: str) -> None:
    shown = Text(text)
    opened = GATES.opened(shown.lowered, EVERYONE)

    for number, one in enumerate(ALL):
        assert number in opened or not one.inspect(shown, ASKED), one.name


GATES = Gates(ALL)
EVERYONE = frozenset(range(len(ALL)))


@pytest.mark.parametrize("rule", DRAWN, ids=[rule.id for rule in DRAWN])
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_gate_is_found_wherever_its_rule_holds(rule: Rule, data: st.DataObject) -> None:
    """Texts are drawn from the rule's own pattern; the words that it asks for may be missing."""
    shape = re.compile(rule.pattern.text.replace("(?i:", "(?:"))
    text = Text(data.draw(st.from_regex(shape, fullmatch=True)))

    if any(rule.matches(text)):
        assert Pattern(rule.gate).search(text.lowered) is not None, text.original


def nasty() -> Iterator[str]:
    """Much of what patterns stumble over."""
    for piece in (
        "0-", "a@", "東京都", "港区1-", "田中さん", "password=a1", "://a:b", "マイナンバー1234",
    ):  # fmt: skip
        yield (piece * (SIZE // len(piece) + 1))[:SIZE]


def test_a_hostile_text_is_looked_at_in_windows_of_bounded_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """RE2 is linear in what it is given: so it is counted how much it is given."""
    given_: list[int] = []
    real = Pattern.finditer

    def counted(self: Pattern, text: str) -> Iterator[Found]:
        given_.append(len(text) if self is _LABEL else 0)
        return real(self, text)

    monkeypatch.setattr(Pattern, "finditer", counted)
    for text in nasty():
        given_.clear()
        for one in ALL:
            one.inspect(Text(text), ASKED)
        assert sum(given_) <= 60 * len(text)


def test_every_name_of_the_lists_has_the_form_that_the_gate_asks_for() -> None:
    """However its long vowels are spelt."""
    form = Pattern(japanese.ROMAJI)
    known = {surname.romaji.lower() for surname in lexicon.surnames()} | lexicon.given_romaji()
    long = {name.replace(*vowel) for name in known for vowel in (("o", "ou"), ("o", "oh"))}

    assert [name for name in sorted(known | long) if not form.fullmatch(name)] == []
