"""A token speaks of one answer, for a while, and nobody else can make one."""

from hypothesis import given
from hypothesis import strategies as st

from tenken.gateway.hearing.token import FeedbackTokens, Spoken

HOUR_US = 3_600_000_000
TOKENS = FeedbackTokens(b"k" * 32, hours=2)
TOKEN = TOKENS.token(request="req-1", caller="app", at=0)


def test_it_speaks_of_its_answer_until_its_time_is_over() -> None:
    assert TOKENS.spoken(TOKEN, now=2 * HOUR_US - 1) == Spoken("req-1", "app", 120)
    assert TOKENS.spoken(TOKEN, now=2 * HOUR_US) is None


def test_another_key_made_another_token() -> None:
    assert FeedbackTokens(b"o" * 32, hours=2).spoken(TOKEN, now=0) is None


@given(st.integers(0, len(TOKEN) - 1), st.integers(0, 255))
def test_a_changed_byte_makes_it_nobodys(at: int, byte: int) -> None:
    changed = bytes([*TOKEN[:at], byte, *TOKEN[at + 1 :]])

    assert changed == TOKEN or TOKENS.spoken(changed, now=0) is None


@given(st.binary(max_size=80))
def test_noise_is_none(noise: bytes) -> None:
    assert TOKENS.spoken(noise, now=0) is None


def test_it_goes_into_a_header_and_an_address() -> None:
    assert TOKEN.decode().replace(".", "").replace("-", "").replace("_", "").isalnum()
