"""What a path may be."""

from posixpath import normpath
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.transport.strictness import Refused, read_target


@given(st.from_regex(rb"/[a-z.%/\\;2ef50#?]{0,12}", fullmatch=True))
def test_a_path_that_is_taken_has_one_meaning(url: bytes) -> None:
    """Decoding, folding and cutting it as other programs do leaves it where it is."""
    try:
        target = read_target(url)
    except Refused:
        return
    path = target.path
    decoded = unquote_to_bytes(path)

    assert decoded.count(b"/") == path.count("/")
    assert b"\0" not in decoded
    assert b"\\" not in decoded
    assert normpath(decoded.rstrip(b"/") or b"/") == (decoded.rstrip(b"/") or b"/")
    assert unquote_to_bytes(decoded).count(b"/") == path.count("/")


@pytest.mark.parametrize("path", ["/", "/v1/chat/completions", "/v1/models/gpt-4.1", "/a/b/"])
def test_paths_of_apis_are_taken(path: str) -> None:
    """As they are, with and without something asked."""
    assert read_target(path.encode()).path == path
    assert read_target(f"{path}?a=b?c".encode()).query == "a=b?c"
