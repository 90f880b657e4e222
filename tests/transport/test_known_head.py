"""A head that comes again is compared, not parsed: nobody can tell by what comes out."""

import gc
from itertools import combinations, pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tenken.transport.intake import Intake
from tenken.transport.known_head import LENGTH
from tenken.transport.limits import ServerLimits
from tenken.transport.message import OWN, Request
from tenken.transport.strictness import Refused

LIMITS = ServerLimits(body=100)
HEADS = (
    b"POST /v1/a HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\nX-A: 1\r\n\r\n",
    b"POST /v1/a HTTP/1.1\r\nHost: a\r\ncontent-length:  %d \r\n\r\n",
    b"POST /v1/a HTTP/1.1\r\nHost: a\r\nX-A: 2\r\nCONTENT-LENGTH:%d\r\n\r\n",
    b"POST /v1/b HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
    b"POST /v1/a HTTP/1.1\r\nHost: a\r\nTraceparent: \0\r\nContent-Length: %d\r\n\r\n",
    b"POST /v1/a HTTP/1.1\r\nx-request-id:\0\r\nHost: a\r\nContent-Length:%d\r\nB3:\0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nB3: \0\r\nb3: \0\r\nb3:  \0 \r\nContent-Length: %d\r\n\r\n",
)
VALUES = (
    b"r-1", b"r-2", b"00-a-b-01", b"", b" ", b"a b", b"\t", b"a\tb", b"\xe3\x81\x82",
    b"\x7f", b"a\x01", b"a\r\nX-B: 2", b"a\nb", b"a\r", b"v" * 300, b"a\r\n b", b":", b"a\x0b",
)  # fmt: skip
"""What requests may say of themselves: most of it good, some of it no value."""


def message(head: bytes, body: bytes, values: list[bytes]) -> bytes:
    """Write one, with these values in the places of its own."""
    whole = head % len(body)
    for value in values:
        whole = whole.replace(b"\0", value, 1)
    return whole + body


messages = st.builds(
    message,
    st.sampled_from(HEADS),
    st.binary(max_size=12) | st.just(b"x" * 101) | st.just(b"\r\n\r\n"),
    st.lists(st.sampled_from(VALUES) | st.sampled_from(VALUES[:3]), min_size=3, max_size=3),
)
feeds = st.lists(messages | st.lists(messages, max_size=3).map(b"".join), min_size=1, max_size=6)


def came(sent: list[bytes]) -> list[object]:
    """Feed one intake, and give what came out."""
    intake = Intake(LIMITS, "127.0.0.1")
    for data in sent:
        intake.feed(data, 1.0)
    return [
        (item.status, item.code) if isinstance(item, Refused) else item for item in intake.ready
    ]


def bytewise(data: bytes) -> list[bytes]:
    """Cut so small that no head ever comes whole."""
    return [data[at : at + 1] for at in range(len(data))]


@given(feeds, st.integers(0, 400))
@settings(max_examples=400)
def test_a_known_head_gives_what_the_parser_gives(sent: list[bytes], cut: int) -> None:
    """With bodies of any length, several at once, and an end that is not whole."""
    sent[-1] = sent[-1][: cut or None]

    assert came(sent) == came(bytewise(b"".join(sent)))


@given(feeds, st.booleans())
def test_requests_share_notes_that_are_alike_but_for_their_own(
    sent: list[bytes], in_pieces: bool
) -> None:
    """However they came; and those that follow each other do."""
    intake = Intake(LIMITS, "")
    for data in bytewise(b"".join(sent)) if in_pieces else sent:
        intake.feed(data, 1.0)
    asked = [item for item in intake.ready if isinstance(item, Request)]

    for one, other in pairwise(asked):
        assert (one.notes is other.notes) == (alike(one) == alike(other))
    for one, other in combinations(asked, 2):
        assert one.notes is not other.notes or alike(one) == alike(other)


def alike(request: Request) -> object:
    """What is the same of requests that share their notes."""
    fixed = [
        (name, b"" if name == LENGTH or name in OWN else value) for name, value in request.headers
    ]
    return request.method, request.path, request.query, fixed


def test_a_head_with_a_value_of_its_own_is_not_parsed_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor with two, nor with a body of another length."""
    intake = Intake(LIMITS, "")
    intake.feed(message(HEADS[5], b"abc", [b"r-1", b"0"]), 1.0)
    first = intake.ready.popleft()
    monkeypatch.setattr(intake, "_parser", None)
    intake.feed(message(HEADS[5], b"abcdefghijkl", [b"r-twelve", b"1"]), 2.0)
    second = intake.ready.popleft()

    assert isinstance(first, Request)
    assert isinstance(second, Request)
    assert second.named[b"x-request-id"] == b"r-twelve"
    assert dict(second.headers)[b"b3"] == b"1"
    assert (second.body, second.received_at) == (b"abcdefghijkl", 2.0)
    assert second.notes is first.notes


@given(st.integers(1, 60), st.integers(0, 60), st.sampled_from([0, 20, 50]))
@example(size=31, room=20, lines=50)
def test_a_head_that_grows_over_the_limit_is_refused_all_the_same(
    size: int, room: int, lines: int
) -> None:
    """As it is where it is parsed, by the same byte; a line counts four bytes more."""
    head = HEADS[5].replace(b"Host: a\r\n", b"Host: a\r\n" + b"q:1\r\n" * lines)
    first, second = (message(head, b"abc", [b"v" * n, b"0"]) for n in (1, size))
    limits = ServerLimits(body=100, head=len(first) + room)

    def last(*sent: bytes) -> object:
        intake = Intake(limits, "")
        for one in sent:
            intake.feed(one, 1.0)
        return getattr(intake.ready[-1], "code", "let in")

    assert last(first) == "let in"
    assert last(first, second) == last(second)


@pytest.mark.parametrize("digits", [b"+3", b"-3", b"3 3", b"0x3", b"", b"1" * 30, b"\xb2", b"3,3"])
def test_a_length_that_is_none_is_refused_behind_a_known_head(digits: bytes) -> None:
    """What stands in the place of the digits is digits, or the parser's to judge."""
    good = HEADS[0] % 3 + b"abc"
    spoiled = good.replace(b"Length: 3", b"Length: " + digits)

    assert came([good, good, spoiled]) == came(bytewise(good + good + spoiled))


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("head", HEADS[4:])
def test_a_value_that_is_none_is_refused_behind_a_known_head(head: bytes, value: bytes) -> None:
    """And one that is odd is read as the parser reads it."""
    good = message(head, b"abc", [b"r-1"] * 3)
    sent = [good, *(message(head, b"abc", [b"r-1"] * at + [value] * 2) for at in range(2))]

    for odd in sent[1:]:
        assert came([good, odd]) == came(bytewise(good + odd))
        assert came([good, odd, good]) == came(bytewise(good + odd + good))


def test_a_body_over_the_limit_is_refused_behind_a_known_head() -> None:
    """Its head is the same but for the length."""
    good, large = HEADS[0] % 3 + b"abc", HEADS[0] % 101 + b"x" * 101

    assert came([good, good, large])[2] == (413, "request_too_large")


def test_a_known_head_keeps_no_body() -> None:
    """Ten thousand connections that rest hold no requests."""
    intake = Intake(LIMITS, "")
    body = b"a body that is long enough to be found"
    intake.feed(HEADS[0] % len(body) + body, 1.0)
    intake.ready.clear()

    assert not [one for one in gc.get_referents(intake) if body in repr(one).encode()]


def test_a_known_head_of_many_lines_is_not_taken_apart() -> None:
    """Whoever changes heads all the time would have us do that in vain."""
    few, many = b"x-request-id: \0\r\n" * 60, b"x-request-id: \0\r\n" * 100
    for lines, taken_apart in ((few, True), (many, False)):
        head = HEADS[0].replace(b"X-A: 1\r\n", lines)
        one, other = (message(head, b"abc", [value] * 100) for value in (b"a", b"bc"))
        intake = Intake(LIMITS, "")
        intake.feed(one, 1.0)
        known = intake._head
        assert known is not None
        assert (known.read(other, 1.0, most=100) is not None) is taken_apart
        assert known.read(one, 1.0, most=100) is not None
        assert came([one, other, one]) == came(bytewise(one + other + one))
