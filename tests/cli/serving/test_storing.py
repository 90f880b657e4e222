"""Where the store is, as a variable says it."""

import pytest

from tenken.cli.serving.storing import store_url
from tenken.errors import UsageError


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("postgresql://u:p%40ss@db/ledger", "postgresql://u:p%40ss@db/ledger"),
        pytest.param("postgres://u@db/ledger", "postgresql://u@db/ledger", id="as of old"),
        ("sqlite:///x.db", "sqlite:///x.db"),
    ],
)
def test_an_address_is_taken_as_it_is_said(said: str, taken: str) -> None:
    """But for a name of the scheme that only some know."""
    assert store_url("", "STORE", {"STORE": said}) == taken


@pytest.mark.parametrize(
    "said", ["hello", "mysql://u:secret@db/x", "postgresql://u:secret@db:port/x", "://"]
)
def test_what_is_no_address_of_a_store_is_refused_at_once(said: str) -> None:
    """By the variable's name: what it holds may be a password, and is not repeated."""
    with pytest.raises(UsageError) as refused:
        store_url("", "STORE", {"STORE": said})

    assert refused.value.sentence.id == "serving.bad_store_url"
    assert refused.value.__cause__ is None
    assert "secret" not in repr(refused.value.sentence)


def test_without_a_variable_it_is_a_file() -> None:
    """The one beside the journals."""
    assert store_url("/state/store.db", "", {}) == "sqlite:////state/store.db"
