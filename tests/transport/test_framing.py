"""Messages that two programs in a row could read differently are refused, each with its status.

Every row is sent over a real connection. Behind each refused message stands a second request, as
an attacker would put it: it must never be answered.
"""

import pytest

from tests.transport.wires import exchange, on_both_loops, serving

SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: example.com\r\n\r\n"
HOST = b"Host: example.com\r\n"
CHUNKED = b"POST /x HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
EMPTY = b"0\r\n\r\n"


def get(*lines: bytes, line: bytes = b"GET /x HTTP/1.1", host: bytes = HOST) -> bytes:
    """Write a request without a body."""
    return line + b"\r\n" + host + b"".join(each + b"\r\n" for each in lines) + b"\r\n"


def sized(length: bytes, *lines: bytes, body: bytes = b"abcd") -> bytes:
    """Write a request with this length."""
    more = b"".join(each + b"\r\n" for each in lines)
    return (
        b"POST /x HTTP/1.1\r\n" + HOST + more + b"Content-Length: " + length + b"\r\n\r\n" + body
    )


REFUSED = {
    # where the body ends
    "length and chunks": (400, sized(b"4", b"Transfer-Encoding: chunked", body=EMPTY)),
    "chunks and length": (
        400,
        CHUNKED[:-2] + b"Content-Length: 4\r\n\r\n" + EMPTY,
    ),
    "two lengths": (400, sized(b"4", b"Content-Length: 4")),
    "two different lengths": (400, sized(b"4", b"Content-Length: 5")),
    "a list of lengths": (400, sized(b"4, 4")),
    "a length with a sign": (400, sized(b"+4")),
    "a negative length": (400, sized(b"-4")),
    "a length in hexadecimal": (400, sized(b"0x4")),
    "a length beyond 64 bits": (400, sized(b"99999999999999999999")),
    "an empty length": (400, sized(b"")),
    "a length with a blank inside": (400, sized(b"4 5")),
    "another encoding before chunks": (
        501,
        get(b"Transfer-Encoding: gzip, chunked", line=b"POST /x HTTP/1.1") + EMPTY,
    ),
    "an unknown encoding": (501, get(b"Transfer-Encoding: xchunked", line=b"POST /x HTTP/1.1")),
    "chunks twice": (
        400,
        get(*[b"Transfer-Encoding: chunked"] * 2, line=b"POST /x HTTP/1.1") + EMPTY,
    ),
    "identity and a length": (400, sized(b"4", b"Transfer-Encoding: identity")),
    "an encoding behind a vertical tab": (
        400,
        get(b"Transfer-Encoding:\x0bchunked", line=b"POST /x HTTP/1.1") + EMPTY,
    ),
    "a blank before the colon": (
        400,
        get(b"Transfer-Encoding : chunked", line=b"POST /x HTTP/1.1") + EMPTY,
    ),
    "chunks in HTTP/1.0": (
        400,
        get(b"Transfer-Encoding: chunked", line=b"POST /x HTTP/1.0") + EMPTY,
    ),
    "a chunk size with a prefix": (400, CHUNKED + b"0x4\r\nabcd\r\n" + EMPTY),
    "a chunk size with a blank": (400, CHUNKED + b"4 \r\nabcd\r\n" + EMPTY),
    "a chunk size beyond 64 bits": (400, CHUNKED + b"f" * 17 + b"\r\nabcd\r\n" + EMPTY),
    "a chunk longer than its size": (400, CHUNKED + b"3\r\nabcd\r\n" + EMPTY),
    "chunks ended by line feeds": (400, CHUNKED + b"4\nabcd\n0\n\n"),
    "a chunk extension ended by a line feed": (400, CHUNKED + b"4;\nabcd\r\n" + EMPTY),
    "a trailer": (400, CHUNKED + b"4\r\nabcd\r\n0\r\nHost: other.example\r\n\r\n"),
    # where a line ends
    "a folded header": (400, get(b"X-A: a\r\n b")),
    "a folded first header": (400, get(host=b" Host: example.com\r\n")),
    "line feeds alone": (400, b"GET /x HTTP/1.1\nHost: example.com\n\n"),
    "one line feed alone": (400, get(b"X-A: a\nX-B: b")),
    "a carriage return alone": (400, get(b"X-A: a\rX-B: b")),
    "a line feed instead of the empty line": (400, get()[:-2] + b"\n"),
    "NUL in a value": (400, get(b"X-A: a\0b")),
    "a control character in a value": (400, get(b"X-A: a\x01b")),
    "a control character in a name": (400, get(b"X\x01: a")),
    "an empty name": (400, get(b": a")),
    "a line without a colon": (400, get(b"abc")),
    # what is asked, and of whom
    "no host": (400, get(host=b"")),
    "two hosts": (400, get(b"Host: other.example")),
    "two equal hosts": (400, get(b"hOST: example.com")),
    "an empty host": (400, get(host=b"Host:\r\n")),
    "a host with a path": (400, get(host=b"Host: example.com/x\r\n")),
    "a host with a user": (400, get(host=b"Host: a@example.com\r\n")),
    "two hosts in one": (400, get(host=b"Host: example.com, other.example\r\n")),
    "no version": (505, get(line=b"GET /x")),
    "HTTP/2 without agreement": (505, get(line=b"GET /x HTTP/2.0")),
    "a version that does not exist": (400, get(line=b"GET /x HTTP/1.2")),
    "something behind the version": (400, get(line=b"GET /x HTTP/1.1x")),
    "a blank in the path": (400, get(line=b"GET /x y HTTP/1.1")),
    "a tab behind the method": (400, get(line=b"GET\t/x HTTP/1.1")),
    "a method in lower case": (400, get(line=b"get /x HTTP/1.1")),
    "a method that we have not": (501, get(line=b"PURGE /x HTTP/1.1")),
    "a tunnel": (501, get(line=b"CONNECT example.com:443 HTTP/1.1")),
    "another protocol": (501, get(line=b"DESCRIBE /x RTSP/1.0")),
    "an absolute target": (400, get(line=b"GET http://other.example/x HTTP/1.1")),
    "a target that is a star": (400, get(line=b"OPTIONS * HTTP/1.1")),
    "bytes beyond ASCII": (400, get(line=b"GET /\xff HTTP/1.1")),
    "a parent folder": (400, get(line=b"GET /v1/../admin HTTP/1.1")),
    "an escaped dot": (400, get(line=b"GET /v1/%2E%2e/admin HTTP/1.1")),
    "an escaped slash": (400, get(line=b"GET /v1%2fadmin HTTP/1.1")),
    "an escaped backslash": (400, get(line=b"GET /v1%5cadmin HTTP/1.1")),
    "an escaped NUL": (400, get(line=b"GET /v1%00 HTTP/1.1")),
    "an escape twice": (400, get(line=b"GET /v1%252f HTTP/1.1")),
    "two slashes": (400, get(line=b"GET //admin HTTP/1.1")),
    "a path parameter": (400, get(line=b"GET /v1;x=/admin HTTP/1.1")),
    "a backslash": (400, get(line=b"GET /v1\\admin HTTP/1.1")),
    "a fragment": (400, get(line=b"GET /v1#x HTTP/1.1")),
    "the same folder": (400, get(line=b"GET /./v1 HTTP/1.1")),
    # what changes the protocol
    "an upgrade": (400, get(b"Connection: Upgrade", b"Upgrade: h2c")),
    "an upgrade with a body": (400, sized(b"4", b"Connection: Upgrade", b"Upgrade: h2c")),
    "an expectation that we have not": (417, sized(b"4", b"Expect: 200-ok")),
    "the preface of HTTP/2": (400, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "TLS": (400, b"\x16\x03\x01\x02\x00\x01"),
    # what is too much
    "a long request line": (414, get(line=b"GET /" + b"x" * 9000 + b" HTTP/1.1")),
    "a long head": (431, get(*[b"X-A: " + b"x" * 8000] * 9)),
    "many headers": (431, get(*[b"X-A: a"] * 200)),
    "a flood of headers": (431, get(*[b"X-A: a"] * 20_000)),
    "a body above the cap": (413, sized(b"%d" % (36 * 2**20 + 1))),
    "a compressed body": (415, sized(b"4", b"Content-Encoding: gzip")),
    "a body compressed in another way": (415, sized(b"4", b"Content-Encoding: br")),
    "noise between the chunks": (400, CHUNKED + b"4;" + b"x" * 80_000),
}

TAKEN = {
    "a plain request": (get(), b"GET /x?", b""),
    "a query": (get(line=b"GET /x?a=%2e%2e&b=//;c HTTP/1.1"), b"GET /x?a=%2e%2e&b=//;c", b""),
    "an escape that means itself": (get(line=b"GET /%E7%82%B9 HTTP/1.1"), b"GET /%E7%82%B9?", b""),
    "a version number in the path": (get(line=b"GET /v1.5/a.b HTTP/1.1"), b"GET /v1.5/a.b?", b""),
    "a body with a length": (sized(b"4"), b"POST /x?", b"abcd"),
    "a length with zeros before": (sized(b"004"), b"POST /x?", b"abcd"),
    "an empty body": (sized(b"0", body=b""), b"POST /x?", b""),
    "chunks": (CHUNKED + b"2\r\nab\r\n2\r\ncd\r\n" + EMPTY, b"POST /x?", b"abcd"),
    "a chunk extension": (CHUNKED + b"4;a=b\r\nabcd\r\n" + EMPTY, b"POST /x?", b"abcd"),
    "chunks in capitals": (
        get(b"TRANSFER-ENCODING: Chunked", line=b"POST /x HTTP/1.1") + b"4\r\nabcd\r\n" + EMPTY,
        b"POST /x?",
        b"abcd",
    ),
    "blanks around a value": (get(host=b"Host: \t example.com \t\r\n"), b"GET /x?", b""),
    "an address as host": (get(host=b"Host: [::1]:8080\r\n"), b"GET /x?", b""),
    "an empty line before": (b"\r\n" + get(), b"GET /x?", b""),
    "HTTP/1.0": (get(line=b"GET /x HTTP/1.0"), b"GET /x?", b""),
    "identity as encoding of the content": (
        sized(b"4", b"Content-Encoding: identity"),
        b"POST /x?",
        b"abcd",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
@on_both_loops
async def test_a_message_with_two_meanings_is_refused(name: str) -> None:
    """One refusal, then the end: what stands behind is never read as a request."""
    status, data = REFUSED[name]

    async with serving() as server:
        answer = await exchange(server, data + SMUGGLED)

    assert answer.startswith(b"HTTP/1.1 %d " % status), answer[:200]
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"connection: close\r\n" in answer
    assert b"smuggled" not in answer


@pytest.mark.parametrize("name", TAKEN)
@on_both_loops
async def test_a_message_with_one_meaning_is_taken(name: str) -> None:
    """Strictness does not stand in the way of what clients send."""
    data, target, body = TAKEN[name]
    last = get(b"Connection: close", line=b"GET /last HTTP/1.1")

    async with serving() as server:
        answer = await exchange(server, data + last)

    head, _, rest = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\nx-target: %b\r\n" % target)
    assert rest.startswith(body)
    if name != "HTTP/1.0":  # there the first request is the last one
        assert rest[len(body) :].startswith(b"HTTP/1.1 200 OK\r\nx-target: GET /last?")
