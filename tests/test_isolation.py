"""The promises of conftest.py are themselves tested."""

import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    "reach",
    [
        pytest.param(lambda: socket.create_connection(("192.0.2.1", 80), timeout=1), id="address"),
        pytest.param(lambda: socket.getaddrinfo("example.com", 443), id="name"),
        pytest.param(
            lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"", ("192.0.2.1", 53)), id="udp"
        ),
    ],
)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_network_is_refused(reach: object) -> None:
    """A test that reaches beyond loopback fails, even where the code swallows every error."""
    assert callable(reach)
    with pytest.raises(pytest.fail.Exception, match="only loopback"):
        reach()


def test_loopback_is_open() -> None:
    """Real servers on loopback can be tested."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
    ):
        assert client.getpeername() == server.getsockname()


def test_home_and_state_are_the_tests_own(isolated: Path) -> None:
    """Nothing of the person at this machine is read or written."""
    assert Path.home() == isolated


@given(st.binary(max_size=10))
def test_properties_may_be_stated(content: bytes) -> None:
    """The fixture for every test does not stand in the way of hypothesis."""
    assert content == bytes(content)
