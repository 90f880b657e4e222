"""Secrets and personal data never reach a file. Canaries are put together at run time."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tenken.evidence import Answer, Finding, FindingKind, Holding, Method, Remark
from tenken.place import Place
from tenken.readiness.evidence.masking import Mask
from tenken.readiness.evidence.store import append, read_file
from tenken.sentence import say
from tests.readiness.evidence.making import DRILLED

MASK = Mask(key=b"k" * 32)
BODY = "a1B2c3D4e5F6g7H8i9J0k1L2"
CANARIES = {
    "provider key": "sk" + "-proj-" + BODY,
    "forge token": "gh" + "p_" + BODY,
    "chat token": "xox" + "b-" + "1234567890-" + BODY,
    "cloud key id": "AK" + "IA" + "Q3EXAMPLE7CANARY",
    "api key": "AI" + "za" + BODY + "m3N4o5P6q7",
    "signed token": ".".join(["ey" + "J" + BODY, "ey" + "J" + BODY, BODY]),
    "private key": "-----BEGIN " + "PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\n-----END PRIVATE KEY-----",
    "password in an address": "postgres://desk:" + "hunter2" + "@db.example.com/desk",
    "setting": "DB_PASSWORD=" + "correct-horse",
    "header": "Bearer " + BODY,
    "address": "taro.yamada" + "@" + "example.co.jp",
    "card": "4242 " + "4242 4242 4242",
    "mobile": "090-" + "1234-5678",
    "mobile without dashes": "090" + "12345678",
    "landline": "03-" + "1234-5678",
    "telephone abroad": "+81 " + "90 1234 5678",
    "postcode": "〒150" + "-0002",
    "my number": "1234 " + "5678 9012",
}
TELLING = {
    "password in an address": "hunter2",
    "setting": "correct-horse",
    "header": BODY,
}


@pytest.mark.parametrize("name", CANARIES)
def test_a_canary_is_masked(name: str) -> None:
    """In the middle of a sentence, in either language."""
    canary = CANARIES[name]
    for text in (f"seen {canary} here", f"応答に {canary} があった"):
        masked = MASK.text(text)

        assert TELLING.get(name, canary) not in masked
        assert "<" in masked


@pytest.mark.parametrize("name", CANARIES)
def test_no_canary_reaches_the_file(tmp_path: Path, name: str) -> None:
    """Wherever in the evidence it stood."""
    canary = CANARIES[name]
    sentence, place = (
        say("judge.no_such_probe", probe=f"x {canary} y"),
        Place(f"logs/{canary} ", 3),
    )
    answer = Answer(
        holding=Holding.PARTLY,
        seen=(Remark(sentence=sentence, place=place),),
        findings=(Finding(kind=FindingKind.LIE, sentence=sentence, place=place),),
        missing=sentence,
    )
    evidence = replace(DRILLED, answer=answer, reproduce=f"tenken prove --with '{canary}'")
    append(tmp_path / "l", evidence, mask=MASK)

    assert TELLING.get(name, canary).encode() not in (tmp_path / "l").read_bytes()
    assert len(read_file(tmp_path / "l").lines) == 1


TRACKED = [
    "docs/incidents/0120-444-4321.md",
    "docs/load/4242-4242-4242-4242.md",
    "mail/" + "desk" + "@" + "example.co.jp.eml",
    "docs/1234-5678-9012/notes.md",
]


@pytest.mark.parametrize("path", TRACKED)
def test_a_tracked_file_is_found_again(path: str) -> None:
    """Its place stays, also where a sentence repeats it; elsewhere the same text is masked."""
    place = Place(path, 3)
    sentence = say("judge.no_such_probe", probe=str(place), text=f"as in {path}")
    answer = Answer(holding=Holding.HOLDS, seen=(Remark(sentence=sentence, place=place),))

    (tracked,) = MASK(replace(DRILLED, answer=answer, method=Method.REPOSITORY)).answer.seen
    (observed,) = MASK(replace(DRILLED, answer=answer)).answer.seen

    assert (tracked.place, tracked.sentence.fields["probe"]) == (place, str(place))
    assert path not in str(tracked.sentence.fields["text"])
    assert observed.place != place


DOORS = [name for name in CANARIES if CANARIES[name] == MASK.path(CANARIES[name])]


def test_what_opens_a_door_is_masked_in_the_name_of_a_tracked_file_too() -> None:
    """All canaries but the personal ones."""
    personal = ["address", "card", "mobile", "mobile without dashes", "landline"]

    assert [*personal, "telephone abroad", "postcode", "my number"] == DOORS


@pytest.mark.parametrize(
    "text",
    [
        "docs/loadtest/2026-06-10.md",
        "retries 3, then 429 after 1.5 s, p95 2400 ms",
        "sha256:" + "9f" * 32,
        "c0ffee" + "0" * 34,
        "src/app/llm.py:120 timeout=30",
        "再試行は 3 回、間隔は 0.5 秒から",
        "gpt-large-2026-05-01",
        "2026-11-22T12:00:00Z",
        "10.0.0.1:8080",
        "OPENAI_API_KEY: ${{ secrets.OPENAI_API_KEY }}",
        'api_key=os.environ["OPENAI_API_KEY"]',
        "secret: OPENAI_API_KEY",
        "password = var.database_password",
    ],
)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    """A masked digest, date or path would make evidence useless."""
    assert MASK.text(text) == text


def test_equal_values_have_equal_masks_under_one_key() -> None:
    """So that two lines can be told to speak of the same value, and nobody can guess it."""
    address = CANARIES["address"]

    assert MASK.text(address) == MASK.text(address)
    assert MASK.text(address) != Mask(key=b"o" * 32).text(address)
    assert MASK.text(address) != MASK.text("another" + address)


@given(st.text(max_size=200))
def test_masking_is_done_after_once(text: str) -> None:
    """What is masked holds nothing more to mask."""
    masked = MASK.text(text)

    assert MASK.text(masked) == masked
