"""Stored texts in the browser: for those who may, escaped, and each look on record."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import delete

from tenken.journal.exchange import Exchange, Identity
from tenken.journal.sealing import CHANCE_BYTES, Ring, TextKey
from tenken.journal.texts import Said, Texts
from tenken.store.browsing.lines import Key
from tenken.store.ledger import Ledger
from tenken.store.people.audit import Audit
from tenken.store.people.roles import Role
from tenken.store.tables import TEXTS
from tenken.store.texts.texts import whose_of
from tests.console.ground import START, Ground, ground
from tests.journal.making import exchange

KEY, OTHER = TextKey(b"k" * 32), TextKey(b"o" * 32)
TEXTS_OF = Texts(
    request=(Said("system", "You sort enquiries"), Said("user", "<b>[氏名_1]</b> の予約")),
    answer=(Said("assistant", "<script>alert(1)</script> はい"),),
    cut=("answer",),
)
HIDDEN = ("[氏名_1]", "alert(1)", "You sort")


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Ground]:
    with ground(tmp_path) as one:
        one.ring = Ring([KEY])
        yield one


def stored(made: Ground, *, content: str = f"kept:{KEY.id}") -> str:
    """Store an exchange with its texts; gives the address of its page."""
    plain = replace(exchange(1), at=START, identity=Identity(caller="desk", use_case="answer"))
    texts = KEY.seal(TEXTS_OF, whose=whose_of(plain), chance=b"x" * CHANCE_BYTES)
    kept = content.startswith("kept")
    Ledger(made.engine).record([replace(plain, content=content, texts=texts if kept else None)])
    return address(plain)


def address(one: Exchange) -> str:
    return f"/traffic/{Key(one.at, one.id, one.span).written()}"


def noted(made: Ground) -> list[tuple[str, str, str]]:
    """Give the looks that are on record."""
    rows = Audit(made.engine).newest("shift-desk", 50)
    return [
        (one.entry.actor, one.entry.subject, one.outcome)
        for one in rows
        if one.entry.action == "texts_read"
    ]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMIN])
def test_those_who_may_read_what_was_said(made: Ground, role: Role) -> None:
    """With who said it; nothing of it is markup, and the look is on record."""
    path = stored(made)
    client = made.client("ken", role)

    page = client.get(path).text
    assert f'href="{path}/texts"' in page
    assert not any(one in page for one in HIDDEN)
    assert noted(made) == []

    text = client.get(f"{path}/texts").text
    assert all(one in text for one in HIDDEN)
    assert "<script>alert" not in text
    assert "<b>[" not in text
    assert noted(made) == [("ken", exchange(1).id, "done")]


def test_a_viewer_reads_none_of_it(made: Ground) -> None:
    """Nor does a machine's token; the page says that it is there."""
    path = stored(made)
    client = made.client("mia", Role.VIEWER)

    assert "operators and administrators" in client.get(path).text
    refused = client.get(f"{path}/texts")
    assert refused.status == 403
    assert client.get(f"/api/v1{path}/texts").status == 403
    assert not any(one in refused.text for one in HIDDEN)
    assert noted(made) == []


def test_the_api_gives_the_same(made: Ground) -> None:
    """As JSON, and that look is on record, too."""
    path = stored(made)
    client = made.client("ken", Role.OPERATOR)

    found = json.loads(client.get(f"/api/v1{path}/texts").text)

    said = {
        part["name"]: [one["text"] for one in part["body"] if one["form"] == "quote"]
        for part in found["parts"]
    }
    assert said["request"] == ["You sort enquiries", "<b>[氏名_1]</b> の予約"]
    assert said["answer"] == ["<script>alert(1)</script> はい"]
    assert len(noted(made)) == 1


@pytest.mark.parametrize(
    ("ring", "told"),
    [
        pytest.param(Ring([OTHER]), f"sealed with the key {KEY.id}", id="another key"),
        pytest.param(Ring(), "which is not here", id="no key"),
    ],
)
def test_a_lost_key_is_told_in_a_sentence(made: Ground, ring: Ring, told: str) -> None:
    """And the attempt is on record."""
    path = stored(made)
    made.ring = ring

    answer = made.client("ken", Role.OPERATOR).get(f"{path}/texts")

    assert answer.status == 200
    assert told in answer.text
    assert noted(made) == [("ken", exchange(1).id, "failed")]


def test_texts_that_are_gone_are_told_so(made: Ground) -> None:
    """Their exchange stays longer."""
    path = stored(made)
    with made.engine.begin() as connection:
        connection.execute(delete(TEXTS))

    assert "The texts are gone" in made.client("ken", Role.OPERATOR).get(f"{path}/texts").text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param("", "TENKEN_TEXT_KEY", id="not asked for"),
        pytest.param("withheld:unscreened", "could not look", id="not screened"),
        pytest.param("withheld:stopped", "stopped the request", id="stopped"),
    ],
)
def test_a_page_without_texts_says_why(made: Ground, content: str, told: str) -> None:
    """Where nothing asks for them it says what does."""
    path = stored(made, content=content)
    client = made.client("ken", Role.OPERATOR)

    assert told in client.get(path).text
    assert told in client.get(f"{path}/texts").text
    assert noted(made) == []
