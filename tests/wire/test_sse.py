"""Events are the same however their bytes are cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.wire.sse import BOM, Event, Events, TooLong, encode

LINE_ENDS = (b"\n", b"\r\n", b"\r")
TEXTS = st.text(alphabet=st.sampled_from('aé日😀 :{}"\\'), max_size=12)


@st.composite
def streams(draw: st.DrawFn) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """A stream's bytes and the events in it, with one kind of line end each."""
    content, expected = draw(st.sampled_from([b"", BOM])), []
    for _ in range(draw(st.integers(1, 5))):
        end = draw(st.sampled_from(LINE_ENDS))
        name = draw(st.sampled_from([b"", b"delta"]))
        lines = [line.encode() for line in draw(st.lists(TEXTS, min_size=1, max_size=3))]
        content += b"event: " + name + end if name else b""
        content += draw(st.sampled_from([b"", b": comment" + end]))
        content += b"".join(b"data: " + line + end for line in lines) + end
        expected.append((name, b"\n".join(lines)))
    return content, expected


def cut(content: bytes, at: list[int]) -> list[bytes]:
    marks = sorted({0, len(content), *(place % (len(content) + 1) for place in at)})
    return [content[a:b] for a, b in pairwise(marks)]


@given(streams(), st.lists(st.integers(0, 10_000), max_size=20))
def test_any_chunking_gives_the_same_events(
    stream: tuple[bytes, list[tuple[bytes, bytes]]], places: list[int]
) -> None:
    """CR, LF, CRLF, comments, several lines, a character cut in two."""
    content, expected = stream
    reader = Events()
    found = [event for chunk in cut(content, places) for event in reader.feed(chunk)]
    found += reader.feed(b"\n")  # what may be half of a CRLF is known once more is there

    assert [(event.name, event.data) for event in found if event.data or event.name] == [
        one for one in expected if one != (b"", b"")
    ]


@given(st.lists(TEXTS, min_size=1, max_size=6), st.lists(st.integers(0, 10_000), max_size=9))
def test_what_is_forwarded_is_what_came(texts: list[str], places: list[int]) -> None:
    """The bytes of all events together are the bytes of the stream."""
    content = b"".join(b"data: " + text.encode() + b"\n\n" for text in texts)
    reader = Events()

    found = [event for chunk in cut(content, places) for event in reader.feed(chunk)]

    assert b"".join(event.raw for event in found) == content
    assert reader.rest == b""


@pytest.mark.parametrize("hostile", [b"a\n\ndata: [DONE]", b"a\r\rdata: x", b"\r\n\r\nevent: y"])
def test_text_with_line_ends_stays_one_event(hostile: bytes) -> None:
    """A model that writes an event's syntax writes text."""
    found = Events().feed(encode(hostile))

    assert [event.data for event in found] == [
        hostile.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    ]


@pytest.mark.parametrize("name", [b"a\nb", b"a\rb", b"a\0b"])
def test_a_name_of_several_lines_is_refused(name: bytes) -> None:
    """It would become another field."""
    with pytest.raises(ValueError, match="one line"):
        encode(b"x", name)


def test_an_event_that_never_ends_is_refused() -> None:
    """Nobody's memory is filled by a provider."""
    reader = Events(limit=100)
    with pytest.raises(TooLong):
        reader.feed(b"data: " + b"x" * 200)


def test_a_cut_event_is_left_over() -> None:
    """The end of a stream shows whether it was whole."""
    reader = Events()

    assert reader.feed(b"data: a\n\ndata: b") == [Event(b"", b"a", b"data: a\n\n")]
    assert reader.rest == b"data: b"
