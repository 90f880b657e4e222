"""What is told of a record after its answer."""

import pytest
from msgspec.structs import replace

from tenken.cli.asking.recorded import lines
from tenken.messages.speech import Language, Speech
from tests.journal.making import exchange


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param("", [], id="not asked for"),
        pytest.param(
            "kept:3f9a01", ["Texts      stored, masked, sealed with the key 3f9a01"], id="kept"
        ),
        pytest.param(
            "withheld:stopped",
            ["Texts      not stored: the guard stopped the request"],
            id="withheld",
        ),
    ],
)
def test_a_record_tells_whether_its_texts_are_stored(content: str, told: list[str]) -> None:
    """Never what they say."""
    found = lines(replace(exchange(), content=content), Speech(Language.EN))

    assert [one for one in found if one.startswith("Texts")] == told
