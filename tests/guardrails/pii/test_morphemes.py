"""Names by a dictionary of words; the dictionary itself is an extra, so words are handed in."""

from importlib.util import find_spec

import pytest
from msgspec import Struct

from tenken.errors import MissingExtra
from tenken.guardrails.detectors import SHIPPED, detectors_for
from tenken.guardrails.pii.names.morphemes import Morphemes, morphemes
from tenken.guardrails.policy.loading import load_policy
from tenken.guardrails.text import Context, Direction, Origin, Text

ASKED = Context(direction=Direction.INWARD, origin=Origin.USER)


class Word(Struct):
    """As the library gives one."""

    text: str
    kind: tuple[str, str]
    at: int

    def begin(self) -> int:
        return self.at

    def end(self) -> int:
        return self.at + len(self.text)

    def surface(self) -> str:
        return self.text

    def part_of_speech(self) -> tuple[str, ...]:
        return ("名詞", "固有名詞", *self.kind)


class Words:
    """Cuts at bars."""

    def __init__(self, *words: tuple[str, str, str]) -> None:
        self._words = words

    def tokenize(self, piece: str) -> list[Word]:
        made, at = [], 0
        for text, second, third in self._words:
            made.append(Word(text, (second, third), piece.index(text, at)))
            at = made[-1].end()
        return made


def found(text: str, *words: tuple[str, str, str]) -> list[str]:
    matches = Morphemes(lambda: Words(*words)).inspect(Text(text), ASKED)
    return [text[match.start : match.end] for match in matches]


FAMILY, GIVEN = ("勅使河原", "人名", "姓"), ("琉生", "人名", "名")


def test_a_family_name_and_the_given_name_behind_it_are_a_person() -> None:
    assert found("勅使河原琉生です", FAMILY, GIVEN) == ["勅使河原琉生"]
    assert found("勅使河原 琉生です", FAMILY, (" ", "空白", "*"), GIVEN) == ["勅使河原 琉生"]


def test_a_whole_name_of_the_dictionary_is_a_person() -> None:
    assert found("石川啄木を読む", ("石川啄木", "人名", "一般")) == ["石川啄木"]
    assert found("May day", ("May", "人名", "一般")) == []


@pytest.mark.parametrize("between", ["と", "は、"])
def test_either_name_alone_is_nobody(between: str) -> None:
    assert found(f"勅使河原{between}琉生", FAMILY, (between, "*", "*"), GIVEN) == []
    assert found("琉生が来た", GIVEN) == []


@pytest.mark.skipif(find_spec("sudachipy") is not None, reason="the extra is installed")
def test_what_to_install_is_said() -> None:
    with pytest.raises(MissingExtra):
        morphemes()


@pytest.mark.skipif(find_spec("sudachipy") is not None, reason="the extra is installed")
def test_a_policy_asks_the_dictionary_or_not() -> None:
    """Nobody needs it unless the policy says so."""
    plain, dictionary = (
        load_policy(text, file="guard/policy.yaml", detectors=SHIPPED)
        for text in ("version: 1", "names: dictionary")
    )

    assert detectors_for(plain) == SHIPPED
    with pytest.raises(MissingExtra):
        detectors_for(dictionary)


def test_each_look_has_a_tokenizer_of_its_own() -> None:
    """The library's are not for two threads at a time."""
    made: list[Words] = []

    def make() -> Words:
        made.append(Words(FAMILY, GIVEN))
        return made[-1]

    detector = Morphemes(make)
    for _ in range(2):
        detector.inspect(Text("勅使河原琉生です"), ASKED)

    assert len(made) == 2
