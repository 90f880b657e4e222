"""What holds where nobody has said anything: closed, on this machine, and nothing kept."""

import pytest

from tenken.cli.consoling.running import allowed
from tenken.config.operating.console import ConsoleSettings
from tenken.console.doors.names import is_loopback, names
from tenken.errors import UsageError
from tests.config.declaring import load

BARE = "application: {name: desk, owner: desk team}\n"


def test_what_nobody_set_is_closed() -> None:
    """Two doors on loopback, no page of metrics, nobody who may call, no text stored or sent."""
    app = load(BARE).application
    gateway, telemetry = app.gateway, app.telemetry

    assert is_loopback(gateway.host)
    assert is_loopback(app.console.host)
    assert (gateway.metrics.port, gateway.metrics.token, telemetry.metrics.port) == (None,) * 3
    assert (app.callers, gateway.issuers, gateway.pass_through) == ((), (), ())
    assert not gateway.private_upstreams
    assert (gateway.texts.store, gateway.texts.key) == ((), None)
    assert (gateway.feedback.tokens, gateway.feedback.origins) == (False, ())
    assert (telemetry.traces, telemetry.logs, telemetry.events, telemetry.feedback) == ((),) * 4
    assert app.console.oidc is None
    assert names(None, 8090).hosts == {"localhost:8090", "127.0.0.1:8090", "[::1]:8090"}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])  # noqa: S104 - refused is the point
@pytest.mark.parametrize("url", [None, "http://console.example.com"])
def test_a_console_sends_no_password_in_the_clear(host: str, url: str | None) -> None:
    """Beyond this machine it needs an address with TLS, and says so before it listens."""
    with pytest.raises(UsageError) as refused:
        allowed(ConsoleSettings(url=url), host)

    assert refused.value.sentence.id == "console.needs_tls"
