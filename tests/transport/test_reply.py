"""An answer is one head, and nothing that a header holds can end it early."""

import asyncio

import pytest

from tenken.transport.message import Headers, every, first
from tenken.transport.reply import Reply, encode_head


@pytest.mark.parametrize("spoiled", [b"a\r\nb: c", b"a\nb", b"a\rb", b"a\0b"])
@pytest.mark.parametrize("place", ["name", "value"])
def test_a_header_cannot_hold_another_line(spoiled: bytes, place: str) -> None:
    """Text of a model or a client that became a header stays one header."""
    header = (spoiled, b"v") if place == "name" else (b"x-a", spoiled)

    with pytest.raises(ValueError, match="line break"):
        encode_head(200, (header,), b"", close=False)


def test_a_head_is_written_as_given() -> None:
    """Also with a status that has no phrase."""
    headers: Headers = ((b"x-a", b"1"), (b"x-a", b"2"))

    assert encode_head(200, headers, b"content-length: 0\r\n", close=True) == (
        b"HTTP/1.1 200 OK\r\nx-a: 1\r\nx-a: 2\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    )
    assert encode_head(529, (), b"", close=False) == b"HTTP/1.1 529 \r\n\r\n"


def test_headers_are_asked_by_name() -> None:
    """The first, or all of them."""
    headers: Headers = ((b"x-a", b"1"), (b"x-b", b"2"), (b"x-a", b"3"))

    assert (first(headers, b"x-a"), first(headers, b"x-c")) == (b"1", None)
    assert (every(headers, b"x-a"), every(headers, b"x-c")) == ((b"1", b"3"), ())


class Nowhere:
    """A way back that keeps what was sent."""

    def __init__(self) -> None:
        self.gone = False
        self.sent: list[bytes] = []

    def send(self, data: bytes) -> None:
        """Keep it."""
        self.sent.append(data)

    behind = False

    async def drained(self) -> None:
        """Never be behind."""

    def cut(self) -> None:
        """Be gone."""
        self.gone = True


def a_reply() -> Reply:
    """Give a reply that goes nowhere."""
    return Reply(Nowhere(), method="GET", close=False, old=False)


def test_one_request_has_one_answer() -> None:
    """A second one would be read as the answer to the next request."""
    reply = a_reply()
    reply.send(200, (), b"")

    with pytest.raises(RuntimeError):
        reply.send(200, (), b"")
    with pytest.raises(RuntimeError):
        reply.start(200, ())
    with pytest.raises(RuntimeError):
        reply.end()


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_that_cannot_be_written_leaves_room_for_one(*, stream: bool) -> None:
    """Else the client would wait for ever, or be sent a part without a head."""
    line = Nowhere()
    reply = Reply(line, method="GET", close=False, old=False)
    spoiled = ((b"x-a", b"a\r\nb: c"),)

    def answers() -> None:
        if stream:
            reply.start(200, spoiled)
        else:
            reply.send(200, spoiled, b"")

    with pytest.raises(ValueError, match="line break"):
        answers()
    assert (reply.started, line.sent) == (False, [])
    reply.send(500, (), b"told")
    assert b"".join(line.sent).endswith(b"told")


def test_parts_belong_between_start_and_end() -> None:
    """A part before the head or behind the end would break the framing."""
    reply = a_reply()
    with pytest.raises(RuntimeError):
        asyncio.run(reply.write(b"early"))
    reply.start(200, ())
    reply.end()
    with pytest.raises(RuntimeError):
        asyncio.run(reply.write(b"late"))


def test_a_reply_can_be_cut() -> None:
    """The client sees that there is no answer, or only a part of one."""
    reply = a_reply()
    reply.cut()

    assert reply.gone
    assert reply.ended


def test_a_part_is_passed_on_where_nobody_waits() -> None:
    """Never before the head, nor to a client that is behind, nor more than a piece."""
    line = Nowhere()
    reply = Reply(line, method="GET", close=False, old=False)
    assert reply.passing() is None
    reply.start(200, ())
    line.sent.clear()
    pass_on = reply.passing()
    assert pass_on is not None

    assert pass_on(b"abc")
    assert not pass_on(b"x" * 100_000)
    line.behind = True
    assert not pass_on(b"abc")
    line.behind = False
    reply.end()
    assert reply.passing() is None
    assert line.sent == [b"3\r\nabc\r\n", b"0\r\n\r\n"]


def test_a_part_without_chunks_is_written() -> None:
    """An old client has none, and who asks for the head alone gets no part."""
    for method, old in (("GET", True), ("HEAD", False)):
        reply = Reply(Nowhere(), method=method, close=False, old=old)
        reply.start(200, ())
        assert reply.passing() is None
