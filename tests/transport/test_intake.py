"""The reading half of a connection, without a connection: bytes in, requests out."""

import gzip
from itertools import pairwise

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.transport.intake import BETWEEN, BODY, HEAD, Intake
from tenken.transport.limits import ServerLimits
from tenken.transport.message import Request
from tenken.transport.strictness import Refused

HOST = b"Host: example.com\r\n"
names = st.from_regex(r"X-[A-Za-z0-9]{1,12}", fullmatch=True).map(str.encode)
values = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=20).map(
    str.encode
)
headers = st.lists(st.tuples(names, values), max_size=8)
bodies = st.lists(st.binary(min_size=1, max_size=40), max_size=5)


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """Write one request as a client may."""
    path = draw(st.from_regex(rb"(/[a-z0-9_-]{1,8}){1,3}", fullmatch=True))
    lines = b"".join(b"%b: %b\r\n" % header for header in draw(headers))
    parts = draw(bodies)
    head = b"POST %b HTTP/1.1\r\n" % path + HOST + lines
    if draw(st.booleans()):
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
        return head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"
    body = b"".join(parts)
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def read(pieces: list[bytes], limits: ServerLimits | None = None) -> list[object]:
    """Feed the pieces, and tell what came out in a form that can be compared."""
    intake = Intake(limits or ServerLimits(), "127.0.0.1")
    for piece in pieces:
        intake.feed(piece, 1.0)
    return [
        (item.status, item.code) if isinstance(item, Refused) else item for item in intake.ready
    ]


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """Cut bytes at these places."""
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[a:b] for a, b in pairwise(edges)]


@given(st.lists(messages(), min_size=1, max_size=3), st.lists(st.integers(0, 2000), max_size=12))
def test_the_same_bytes_give_the_same_requests(sent: list[bytes], places: list[int]) -> None:
    """However the network cuts them, also one by one."""
    data = b"".join(sent)
    whole = read([data])

    assert len(whole) == len(sent)
    assert read(cut(data, places)) == whole
    assert read([data[i : i + 1] for i in range(len(data))]) == whole


@given(messages(), st.integers(0, 500), st.binary(min_size=1, max_size=3), st.data())
def test_spoiled_bytes_give_the_same_answer_however_cut(
    message: bytes, place: int, noise: bytes, data: st.DataObject
) -> None:
    """A refusal does not depend on how the network cuts a message either."""
    at = place % len(message)
    spoiled = message[:at] + noise + message[at:]
    places = data.draw(st.lists(st.integers(0, 2000), max_size=6))

    assert read(cut(spoiled, places)) == read([spoiled])


class Oracle:
    """Another reading of the same bytes, with none of our rules."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.urls: list[bytes] = []

    def on_url(self, url: bytes) -> None:
        """Note the target."""
        self.urls.append(url)
        self.bodies.append(b"")

    def on_body(self, body: bytes) -> None:
        """Note the body."""
        self.bodies[-1] += body


@given(messages())
def test_what_is_taken_is_what_was_sent(message: bytes) -> None:
    """Our rules refuse; they never change a target or a body."""
    oracle = Oracle()
    httptools.HttpRequestParser(oracle).feed_data(message)
    (request,) = read([message])

    assert isinstance(request, Request)
    assert [request.path.encode()] == oracle.urls
    assert [request.body] == oracle.bodies


def test_names_are_in_lower_case_and_values_are_bare() -> None:
    """A reader of headers need not think of either."""
    (request,) = read([b"GET /x HTTP/1.1\r\nHOST: example.com\r\nX-A: \t b \t\r\nX-A:\r\n\r\n"])

    assert isinstance(request, Request)
    assert request.headers == ((b"host", b"example.com"), (b"x-a", b"b"), (b"x-a", b""))
    assert request.received_at == 1.0
    assert request.peer == "127.0.0.1"


@pytest.mark.parametrize("cuts", [[], [70], list(range(0, 4000, 7))], ids=["whole", "two", "many"])
def test_a_body_in_chunks_has_the_same_cap(cuts: list[int]) -> None:
    """A client that announces no length is stopped at the cap."""
    chunk = b"64\r\n" + b"x" * 100 + b"\r\n"
    data = b"POST /x HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 30

    assert read(cut(data, cuts), ServerLimits(body=2999)) == [(413, "request_too_large")]
    assert read(cut(data, cuts), ServerLimits(body=3000)) == []


@pytest.mark.parametrize(("more", "said"), [(0, []), (1, [(413, "request_too_large")])])
def test_a_body_as_large_as_the_cap_is_waited_for(more: int, said: list[object]) -> None:
    """36 MiB where nothing else is said; one byte more is refused by its length alone."""
    length = ServerLimits().body + more
    head = b"POST /x HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % length

    assert ServerLimits().body == 36 << 20
    assert read([head]) == said


def test_compressed_bodies_are_decoded_where_that_is_wanted() -> None:
    """The cap holds for what comes out, so that a bomb does not go off."""
    wanted = ServerLimits(gzip=True, body=1000)

    assert [r.body for r in read([packed(b"x" * 1000)], wanted) if isinstance(r, Request)] == [
        b"x" * 1000
    ]
    assert read([packed(b"x" * 1001)], wanted) == [(413, "request_too_large")]
    assert read([packed(bytes(10**7))], wanted) == [(413, "request_too_large")]
    assert read([packed(b"x")], ServerLimits()) == [(415, "unsupported_content_encoding")]


PACKED = gzip.compress(b"abc", mtime=0)


@pytest.mark.parametrize("packed", [PACKED[:-4], PACKED + b"x", b"plain"])
def test_broken_compression_is_refused(packed: bytes) -> None:
    """Neither a torn end nor anything behind the end is passed over."""
    assert read([_gzip_post(packed)], ServerLimits(gzip=True)) == [(400, "invalid_gzip")]


def packed(body: bytes) -> bytes:
    """Write a request with a compressed body."""
    return _gzip_post(gzip.compress(body))


def _gzip_post(body: bytes) -> bytes:
    length = b"Content-Length: %d\r\n\r\n" % len(body)
    return b"POST /x HTTP/1.1\r\n" + HOST + b"Content-Encoding: gzip\r\n" + length + body


def test_where_a_message_stands_is_known() -> None:
    """Each part of a message has its own time."""
    intake = Intake(ServerLimits(), "")
    steps = []
    for piece in (b"PO", b"ST /x HTTP/1.1\r\n", HOST, b"Content-Length: 2\r\n\r\n", b"a", b"b"):
        intake.feed(piece, 1.0)
        steps.append(intake.reading)

    assert steps == [HEAD, HEAD, HEAD, BODY, BODY, BETWEEN]
    assert intake.untouched


def test_a_head_has_the_same_limit_however_it_comes() -> None:
    """Just below is taken and just above is refused, whole and in pieces."""
    line = b"GET /x HTTP/1.1\r\n"
    limits = ServerLimits(head=1000)
    for length, taken in ((900, True), (1100, False)):
        data = line + HOST + b"X-A: " + b"x" * length + b"\r\n\r\n"
        for size in (1, 100, 5000):
            out = read([data[i : i + size] for i in range(0, len(data), size)], limits)
            assert isinstance(out[0], Request) is taken
