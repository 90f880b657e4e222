"""How long a call waits for its first byte: a whole answer is no slow stream."""

import pytest

from tenken.policy.deadline import Timeouts, first_byte_s, narrowed


@pytest.mark.parametrize(
    ("said", "stream", "left", "first"),
    [
        (None, True, 600, 30),
        (None, False, 600, 300),
        (None, False, 20, 10),
        (5, True, 600, 5),
        (5, False, 600, 5),
    ],
)
def test_half_of_the_time_is_kept_for_another_target(
    said: float | None, left: float, first: float, *, stream: bool
) -> None:
    """Unless the route says how long; then that holds on every route and for both."""
    assert first_byte_s(Timeouts(ttft_s=said), stream=stream, left_s=left) == first


@pytest.mark.parametrize(
    ("said", "stream", "left", "first"),
    [
        (None, False, 600, 599.75),
        (None, False, 0.4, 0.2),
        (None, True, 600, 30),
        (5, False, 600, 5),
    ],
)
def test_the_last_target_is_given_all_of_it(
    said: float | None, left: float, first: float, *, stream: bool
) -> None:
    """But for what it takes to say that it has not answered."""
    found = first_byte_s(Timeouts(ttft_s=said), stream=stream, left_s=left, last=True)

    assert found == first


@pytest.mark.parametrize(("read", "first"), [(None, 30), (20, 20), (40, 30)])
def test_a_client_that_waits_shorter_for_a_stream_is_heard(
    read: float | None, first: float
) -> None:
    """And one that waits longer changes nothing."""
    timeouts = narrowed(Timeouts(), read_timeout_s=read)

    assert first_byte_s(timeouts, stream=True, left_s=600) == first
