"""Whatever is asked of the console, it answers: no error of its own, and errors in one shape.

In `make test` each property is tried a bounded number of times; `make fuzz` tries for longer.
"""

import json
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.console.routes import CHANGES, PAGES, ChangeRoute, PageRoute
from tests.console.client import Answer, Client
from tests.console.ground import Ground, csrf, ground
from tests.console.seed import seeded

NAMES = sorted({name for one in PAGES for name in one.asks} | {"table", "form", "before", "to"})
FIELDS = (
    "id", "name", "subject", "change", "for", "reason", "key", "text", "kind", "owner", "due",
    "role", "title", "action", "number", "why", "right", "item", "statement", "days", "sees",
    "old", "password", "user", "alert", "pattern", "severity",
)  # fmt: skip
VALUES = (
    "", "0", "-1", "1e999", "9" * 40, "7d", "json", "csv", "exchanges", "req-1", "route/reply",
    "rpm=60", "off", "targets=a,b", "1h", "../../etc/passwd", "%00", "\x00", "\u202e", "{{7*7}}",
    "' OR 1=1 --", "<script>", "2026-02-30", "[]", "true", "i-a1b2c3d4", "a1b2c3d4e5f60718",
)  # fmt: skip
MADE = tuple(one for one in CHANGES if one.name != "password")
"""A new password ends the session of the one who asks."""
said = st.sampled_from(VALUES) | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
asked = st.dictionaries(st.sampled_from(NAMES) | said, said, max_size=4)
forms = st.dictionaries(st.sampled_from(FIELDS) | said, said, max_size=8)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ground(tmp_path_factory.mktemp("console")) as one:
        seeded(one)
        yield one


@pytest.fixture(scope="module")
def client(made: Ground) -> Client:
    return made.client("hana")


def is_an_answer(answer: Answer) -> bool:
    """Tell whether it is no fault of ours."""
    return 200 <= answer.status < 500


@given(route=st.sampled_from(PAGES), id_=said, query=asked)
def test_a_page_and_its_json_answer_to_anything(
    client: Client, route: PageRoute, id_: str, query: dict[str, str]
) -> None:
    """What is wrong is told by a status, in the API as an object that names it."""
    path = route.path.replace("{id}", quote(id_, safe="") or "x")
    below = f"/api/v1{'/overview' if path == '/' else path}?{urlencode(query)}"

    page, data = client.get(f"{path}?{urlencode(query)}"), client.get(below)

    assert is_an_answer(page)
    assert is_an_answer(data)
    if data.status >= 400:
        assert json.loads(data.body)["error"]["code"]


@given(route=st.sampled_from(MADE), fields=forms)
def test_a_form_answers_to_anything(
    client: Client, route: ChangeRoute, fields: dict[str, str]
) -> None:
    """Whoever sends it may: it is done, or refused with what is wrong."""
    answer = client.post(route.path, {**fields, "csrf": csrf(client)})

    assert is_an_answer(answer)
