"""A request file is read strictly, and all that is wrong with it is told at once."""

import pytest

from tenken.drills.prove.requests import brief_from
from tenken.errors import Malformed

GOOD = """\
requests:
  - name: ask
    path: /ask
    headers: {Authorization: "Bearer ${TOKEN}"}
    body: {text: "給与 ${mark}", n: 2}
  - {name: health, method: GET, path: /healthz, public: true}
tolerances: {rpm: 60}
"""


def test_a_request_is_made_ready() -> None:
    """Its header filled, its body JSON, its mark still to come."""
    brief = brief_from(GOOD, file="requests.yaml", environment={"TOKEN": "t0"})
    ask, health = brief.requests

    assert (ask.route, ask.headers) == ("POST /ask", (("authorization", "Bearer t0"),))
    assert ask.body == '{"text":"給与 ${mark}","n":2}'
    assert (health.body, brief.asking_the_model) == ("", (ask,))
    assert (brief.tolerances.rpm, brief.tolerances.repeat) == (60, 6)


BAD = """\
requests:
  - {name: a, path: /a, headers: {x-key: "${GONE}", y: "${BROKEN}"}}
  - {name: a, path: /b}
access: {wrong: [{kind: expired, value: "${ALSO_GONE}"}]}
unlisted: [nobody]
"""


def test_all_problems_are_told_at_once() -> None:
    """Each with its key and line."""
    with pytest.raises(Malformed) as told:
        brief_from(BAD, file="requests.yaml", environment={"BROKEN": "a\r\nb: c"})

    assert [(one.key, one.place.line, one.sentence.id) for one in told.value.problems] == [
        ("requests.0.headers.x-key", 2, "prove.no_variable"),
        ("requests.0.headers.y", 2, "prove.not_printable"),
        ("access.wrong.0.value", 4, "prove.no_variable"),
        ("requests.1.name", 3, "prove.name_twice"),
        ("unlisted.0", 5, "prove.no_such_request"),
    ]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("requests: []\n", "requests"),
        ("requests: [{name: a, path: b}]\n", "requests[0].path"),
        ("requests: [{name: a, path: '/a b'}]\n", "requests[0].path"),
        ("requests: [{name: a, path: /a, headers: {'a:b': c}}]\n", "requests[0].headers"),
        ("requests: [{name: a, path: /a, pubic: true}]\n", "requests[0].pubic"),
        ("requests: [{name: a, path: /a, statuses: [99]}]\n", "requests[0].statuses[0]"),
        ("requests: [{name: a, path: /a, public: true}]\n", "requests"),
        ("requests: [{name: a, path: /a}]\ntolerances: {growth: 1}\n", "tolerances.growth"),
    ],
)
def test_what_is_wrong_is_told(text: str, key: str) -> None:
    """With the path of the key."""
    with pytest.raises(Malformed) as told:
        brief_from(text, file="requests.yaml", environment={})

    assert [problem.key for problem in told.value.problems] == [key]
