"""What is compared instead of read gives what reading it would have given."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.wire.alike import LESSONS, Skim, alike
from tenken.wire.dialect import Piece, Unreadable
from tenken.wire.dialects.anthropic_messages import AnthropicMessages
from tenken.wire.dialects.openai_chat import OpenAIChat
from tenken.wire.dialects.openai_responses import OpenAIResponses
from tenken.wire.sse import Event, Events
from tests.wire.test_openai_chat import asked, request, text_event

MARK = b'"content":"'
ENDS = st.sampled_from([b"\n\n", b"\r\n\r\n"])
TEXTS = st.sampled_from(["a", "b c", " ", "", "日", "\n", '"', "\\", "é", "x" * 9])


def told(text: str) -> bytes:
    """An event that only its text tells apart."""
    return text_event(text, ascii_only=False)


def never(event: bytes) -> bool:
    """Find no text in what has to be read."""
    del event
    return False


@st.composite
def streams(draw: st.DrawFn) -> list[bytes]:
    """Events: texts that are ordinary or not, and now and then something else."""
    end = draw(ENDS)
    others = st.sampled_from([b": comment\n\n", text_event("a", ascii_only=True, finish="stop")])
    one = st.one_of(TEXTS.map(told), TEXTS.map(told), others)
    return [event[:-2] + end for event in draw(st.lists(one, min_size=1, max_size=12))]


@given(streams(), st.lists(st.integers(0, 10_000), max_size=8), st.booleans())
def test_any_chunking_gives_the_same_events(
    events: list[bytes], places: list[int], plainly: bool
) -> None:
    """Read, compared or handed on unread: the same bytes, and the same that are text."""
    content = b"".join(events)
    marks = sorted({0, len(content), *(place % (len(content) + 1) for place in places)})
    reading = OpenAIChat().reading(asked(request(stream=True)))
    forwards, finishes, texts = [], [], 0
    for begin, end in pairwise(marks):
        chunk = content[begin:end]
        plain = reading.plain()
        if plainly and plain is not None and plain(chunk):
            forwards.append(chunk)
            texts += len(chunk)
            continue
        for piece in reading.feed(chunk):
            forwards.append(piece.forward)
            finishes.append(piece.finish)
            texts += len(piece.forward) if piece.content else 0

    whole = OpenAIChat().reading(asked(request(stream=True))).feed(content)
    assert b"".join(forwards) == b"".join([piece.forward for piece in whole]) == content
    assert sum(map(bool, finishes)) == sum([bool(piece.finish) for piece in whole])
    assert texts == sum([len(piece.forward) for piece in whole if piece.content])


@pytest.mark.parametrize(
    "chunk",
    [
        told("a")[:-1],
        told("a") + told("b")[:9],
        told("a") + told(""),
        told("") + told(""),
        told("a").replace(b'"c"', b'"d"'),
        told("a").replace(b'"a"', b'"\xff"'),
        told("x").replace(b'"x"', b'"\xe6"') + told("x").replace(b'"x"', b'"\x97\xa5"'),
        told("a") + b"\n",
        told("a\n"),
        told("a").replace(b'"a"', b'"a\n\nb"'),
        told("a").replace(b'"a"', b'"a\ndata: b"'),
        b"",
    ],
)
def test_what_differs_in_more_is_not_plain(chunk: bytes) -> None:
    """Or is not whole; half a character is none, whatever the next text begins with."""
    skim = Skim(MARK)
    (event,) = Events().feed(told("word"))
    skim.learn(event.raw)

    plain = skim.plain(never)
    assert plain is not None
    assert plain(told("other") + told(" ") + told("日"))
    assert not plain(chunk)


def test_nothing_is_plain_while_an_event_is_not_whole() -> None:
    """It would be told before its beginning."""
    skim = Skim(MARK)
    (event,) = Events().feed(told("word"))
    skim.learn(event.raw)

    assert list(skim.feed(told("a")[:20])) == []
    assert skim.plain(never) is None
    assert list(skim.feed(told("a")[20:])) == [told("a")]
    assert skim.plain(never) is not None


def test_a_run_ends_where_something_has_to_be_read() -> None:
    """And goes on behind it."""
    skim = Skim(MARK)
    (event,) = Events().feed(told("word"))
    skim.learn(event.raw)
    odd = text_event("a", ascii_only=True, id_="other")
    parts = [told("a") + told("b"), told('"'), told("c"), odd, told("d")]

    found = list(skim.feed(b"".join(parts)))

    raw = [one.raw if isinstance(one, Event) else one for one in found]
    assert b"".join(raw) == b"".join(parts)
    assert [one.raw for one in found if isinstance(one, Event)] == [told('"'), odd]


@pytest.mark.parametrize(
    "event",
    [
        told('"'),
        told("a").replace(b"content", b"refusal"),
        told("a") * 2,
        told("a")[:-1] + b"\r\n",
        told("a").replace(b"\n\n", b"\r\r"),
        b'data: {"content":"a',
    ],
)
def test_of_some_events_nothing_is_learned(event: bytes) -> None:
    """Where the text begins or ends is not to be seen, or where the event does."""
    assert alike(event, MARK) is None


def delta(text: str, index: int = 0) -> bytes:
    """A piece of text as Messages has it."""
    said = {
        "type": "content_block_delta",
        "index": index,
        "delta": {"type": "text_delta", "text": text},
    }
    written = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    return b"event: content_block_delta\ndata: %b\n\n" % written


@given(st.lists(TEXTS, min_size=1, max_size=9))
def test_messages_are_compared_too(texts: list[str]) -> None:
    """One event, or all of them at once."""
    events = [delta(text) for text in texts]
    each, once = [AnthropicMessages().reading(asked(request(stream=True))) for _ in range(2)]
    each.feed(delta("word"))
    once.feed(delta("word"))
    plain = each.plain()
    assert plain is not None
    for event in events:
        assert plain(event)
        (piece,) = each.feed(event)
        assert (piece.forward, piece.content) == (event, True)

    pieces = once.feed(b"".join(events))
    assert b"".join([piece.forward for piece in pieces]) == b"".join(events)
    assert plain(delta("a", index=1))
    assert not plain(delta("a").replace(b'"a"', b'"\x01"'))
    assert not plain(delta("a").replace(b"content_block_delta", b"message_delta"))
    with pytest.raises(Unreadable):
        once.feed(delta("a").replace(b'"a"', b'"\x01"'))


def test_what_is_read_is_learned_a_few_times() -> None:
    """Of events that differ in something else each time nothing is learned for ever."""
    skim, read = Skim(MARK), []

    def reads(event: bytes) -> bool:
        read.append(event)
        return True

    plain = skim.plain(reads)
    assert plain is not None
    assert all(plain(told(text)) for text in "abc")
    assert read == [told("a")]
    others = [text_event("a", ascii_only=True, id_=f"c{n}") for n in range(2 * LESSONS)]
    assert all(plain(event) for event in others)
    assert read == [told("a"), *others]
    assert plain(others[LESSONS - 2])
    assert len(read) == len(others) + 1


ODD = {
    "obfuscation": (text_event("a", ascii_only=True)[:-3] + b',"obfuscation":"xy"}\n\n', True),
    "an escape": (told("\n"), True),
    "a named one": (b"event: chunk\n" + told("a"), True),
    "no text": (told(""), False),
    "an end": (text_event("a", ascii_only=True, finish="stop"), False),
    "tokens": (told("a")[:-3] + b',"usage":{"prompt_tokens":1}}\n\n', False),
    "no tokens": (told("a")[:-3] + b',"usage":null}\n\n', True),
    "an error": (told("a")[:-3] + b',"error":{"message":"m"}}\n\n', False),
    "the end of all": (b"data: [DONE]\n\n", False),
    "two": (told("\n") + told("\n"), False),
    "two lines": (told("\n")[:-1] + b"data: \n\n", False),
    "not whole": (told("\n")[:-1], False),
    "a comment": (b": comment\n\n", False),
    "bytes that are no text": (told("a").replace(b'"a"', b'"\xff"'), False),
}


@pytest.mark.parametrize("name", ODD)
def test_one_that_differs_is_read(name: str) -> None:
    """As it would be where it is not handed on at once."""
    event, plainly = ODD[name]
    reading = OpenAIChat().reading(asked(request(stream=True)))
    reading.feed(text_event("", ascii_only=True))
    plain = reading.plain()
    assert plain is not None

    assert plain(event) is plainly
    if plainly:
        (piece,) = reading.feed(event)
        assert piece == Piece(forward=event, content=True)


def response(kind: str, **more: object) -> bytes:
    """An event of Responses."""
    said = json.dumps({"type": kind, "sequence_number": 4, **more})
    return b"event: %b\ndata: %b\n\n" % (kind.encode(), said.encode())


def test_events_of_responses_are_read_one_by_one() -> None:
    """Each tells where it stands."""
    reading = OpenAIResponses().reading(asked(request(stream=True)))
    text = response("response.output_text.delta", delta="a", item_id="m")
    assert reading.feed(text[:9]) == []
    assert reading.plain() is None
    assert [piece.content for piece in reading.feed(text[9:])] == [True]
    plain = reading.plain()
    assert plain is not None

    assert plain(text)
    assert not plain(text * 2)
    assert not plain(response("response.output_text.done", text="a"))
    assert not plain(response("error", message="m"))
    assert not plain(b"data: no\n\n")
