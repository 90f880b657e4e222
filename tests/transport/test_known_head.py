"""A head that comes again is compared, not parsed: nobody can tell by what comes out."""

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.transport.intake import Intake
from tenken.transport.limits import ServerLimits
from tenken.transport.strictness import Refused

LIMITS = ServerLimits(body=100)
HEADS = (
    b"POST /v1/a HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\nX-A: 1\r\n\r\n",
    b"POST /v1/a HTTP/1.1\r\nHost: a\r\ncontent-length:  %d \r\n\r\n",
    b"POST /v1/a HTTP/1.1\r\nHost: a\r\nX-A: 2\r\nCONTENT-LENGTH:%d\r\n\r\n",
    b"POST /v1/b HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
)
messages = st.builds(
    lambda head, body: head % len(body) + body,
    st.sampled_from(HEADS),
    st.binary(max_size=12) | st.just(b"x" * 101) | st.just(b"\r\n\r\n"),
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
def test_a_known_head_gives_what_the_parser_gives(sent: list[bytes], cut: int) -> None:
    """With bodies of any length, several at once, and an end that is not whole."""
    sent[-1] = sent[-1][: cut or None]

    assert came(sent) == came(bytewise(b"".join(sent)))


@pytest.mark.parametrize("digits", [b"+3", b"-3", b"3 3", b"0x3", b"", b"1" * 30, b"\xb2", b"3,3"])
def test_a_length_that_is_none_is_refused_behind_a_known_head(digits: bytes) -> None:
    """What stands in the place of the digits is digits, or the parser's to judge."""
    good = HEADS[0] % 3 + b"abc"
    spoiled = good.replace(b"Length: 3", b"Length: " + digits)

    assert came([good, good, spoiled]) == came(bytewise(good + good + spoiled))


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
