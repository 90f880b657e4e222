"""Matches of the guard judged in the browser: one after the other, and what follows from it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tenken.console.changes.judging import address
from tenken.store.browsing.lines import Key
from tenken.store.people.audit import Audit
from tenken.store.people.roles import Role
from tenken.store.reviews import Item, Reviews, Sought
from tests.console.client import Answer, Client
from tests.console.ground import Ground, csrf, ground
from tests.console.seed import seeded


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Ground]:
    with ground(tmp_path) as one:
        seeded(one)
        yield one


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Give one in which nothing is changed."""
    with ground(tmp_path_factory.mktemp("console")) as one:
        seeded(one)
        yield one


@pytest.fixture(scope="module")
def reader(lasting: Ground) -> Client:
    return lasting.client("ken", Role.OPERATOR)


@pytest.fixture
def client(made: Ground) -> Client:
    return made.client("ken", Role.OPERATOR)


def waiting(made: Ground, risk: str = "", rule: str = "") -> tuple[Item, ...]:
    """Give what nobody has judged."""
    return Reviews(made.engine).items(Sought(risk=risk, rule=rule), most=1000)


def judged(client: Client, one: Item, **fields: str) -> Answer:
    """Send the form as its page has it."""
    given = {"csrf": csrf(client), "id": address(one), "verdict": "true", "why": "Seen", **fields}
    return client.post("/reviews/judge", given)


def test_a_verdict_is_on_record_and_leads_to_the_next(made: Ground, client: Client) -> None:
    """Who, when and why; the next is of the same list, and older."""
    before = waiting(made, risk="pii")
    answer = judged(client, before[0], verdict="false", why="  A  product\tnumber ", risk="pii")
    to = answer.headers["location"]
    found = next(
        one for one in Reviews(made.engine).items(Sought(judged=True), most=9) if one.judgement
    )

    assert answer.status == 303
    assert to.startswith(f"/reviews/{address(before[1])}?")
    assert "risk=pii" in to
    assert "told=judged" in to
    assert "Judged" in client.get(to).text
    assert found.judgement is not None
    assert (found.judgement.is_true, found.judgement.judged_by) == (False, "ken")
    assert found.judgement.why == "A product number"
    assert len(waiting(made, risk="pii")) == len(before) - 1


@pytest.mark.parametrize(
    "fields",
    [{"verdict": ""}, {"verdict": "yes"}, {"why": ""}, {"why": "x" * 401}, {"id": ""},
     {"id": "00"}, {"id": "zz-1"}, {"sample": "x" * 4001}],
)  # fmt: skip
def test_what_does_not_fit_judges_nothing(
    fields: dict[str, str], lasting: Ground, reader: Client
) -> None:
    """Neither without a word nor of nothing."""
    before = waiting(lasting)

    assert judged(reader, before[0], **fields).status == 400
    assert waiting(lasting) == before


def test_the_text_is_shown_once_as_a_row_and_kept_nowhere(made: Ground, client: Client) -> None:
    """Not in the log of changes either."""
    one = waiting(made)[0]
    answer = judged(client, one, verdict="false", sample='call "me" <b>now</b>')
    entry = Audit(made.engine).newest("shift-desk", 1)[0].entry

    assert answer.status == 200
    assert "expect: pass" in answer.text
    assert "&lt;b&gt;now" in answer.text
    assert entry.action == "judge"
    assert "now" not in f"{entry.subject}{entry.detail}"


def test_values_that_are_false_alarms_each_time_become_lines(made: Ground, client: Client) -> None:
    """A rule that was wrong whenever somebody looked; one that was right once is left alone."""
    emails, phones = waiting(made, rule="pii.email"), waiting(made, rule="pii.phone")
    for one in (*emails[:2], *phones[:2]):
        judged(client, one, verdict="false")
    made.later(1)
    judged(client, phones[2])
    page = client.get("/proposals").text

    assert "allow: {rules: [&#34;pii.email&#34;]}" in page
    assert "pii.phone" not in page


def test_a_viewer_reads_and_judges_nothing(lasting: Ground) -> None:
    """The form is not there, and would not help."""
    viewer = lasting.client("mio", Role.VIEWER)
    one = waiting(lasting)[0]

    assert "/reviews/judge" not in viewer.get(f"/reviews/{address(one)}").text
    assert judged(viewer, one).status == 403


@pytest.mark.parametrize(
    "thing", ["0", "00-1", "7b7d-1", f"{Key(1, 'a', 'b').written()}-1", "x" * 3000,
              f"{Key(1, 'a', 'b').written()}-99999999999", f"{Key(10**30, 'a', 'b').written()}-1",
              f"{Key(1, chr(0), 'b').written()}-1"],
)  # fmt: skip
def test_an_address_of_nothing_is_no_fault(thing: str, reader: Client) -> None:
    """Whatever stands in it."""
    assert reader.get(f"/reviews/{thing}").status == 404
    assert reader.get(f"/traffic/{thing.partition('-')[0]}").status == 404


def test_a_keyboard_alone_is_enough(lasting: Ground, reader: Client) -> None:
    """The first field is where one writes; both verdicts are buttons of one form."""
    page = reader.get(f"/reviews/{address(waiting(lasting)[0])}").text
    buttons = re.findall(r'<button name="verdict" value="(\w+)">', page)

    assert buttons == ["true", "false"]
    assert len(re.findall(r'<input name="why"[^>]* autofocus', page)) == 1
