"""What the classifier counts is every run of letters, however long the text is."""

from zlib import crc32

import pytest

from tenken.guardrails.injection.features import BUCKETS, FIRST, LETTERS, features


@pytest.mark.parametrize("length", [0, 1, 4, 7, FIRST + 9])
def test_runs_of_letters_are_counted(length: int) -> None:
    """Also those of a text longer than the places that are made beforehand."""
    text = "".join(chr(ord("ぁ") + at * at % 83) for at in range(length))
    runs = {text[at : at + size] for size in LETTERS for at in range(max(0, len(text) - size + 1))}

    found = features(text, [], [])

    assert found == {crc32(run.encode("utf-16-le")) % BUCKETS for run in runs}
