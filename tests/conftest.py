"""What holds for every test: no network, no home of a person, no luck that cannot be repeated."""

import ipaddress
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

LOOPBACK_NAMES = {None, "", "localhost", b"localhost"}
NETWORK_EVENTS = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"}
KEPT = ("PATH", "PYTHONPATH", "TMPDIR", "COVERAGE_PROCESS_START", "CI", "SSL_CERT_FILE")
REFUSE_PROXY = "http://127.0.0.1:9"  # the discard port: nobody listens

settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.register_profile("fuzz", deadline=None, max_examples=20_000)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") == "true" else "dev")
)


# Neither function is seen by coverage: the interpreter does not trace audit hooks.
def _stays_here(host: object) -> bool:  # pragma: no cover
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        pass
    try:  # the spellings that the C library takes for an address, such as 127.1
        return ipaddress.ip_address(socket.inet_aton(str(host))).is_loopback
    except OSError:
        return False


def _refuse_the_network(event: str, arguments: tuple[object, ...]) -> None:  # pragma: no cover
    """Fail the test that reaches beyond loopback, whatever library it does so with."""
    if event not in NETWORK_EVENTS:
        return
    target = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
    if isinstance(target, tuple):
        target = target[0]
    elif event != "socket.getaddrinfo":
        return  # a Unix socket, or an address given earlier
    if not _stays_here(target):
        pytest.fail(f"A test may not reach {target!r}: only loopback exists here.")


# An audit hook also sees sockets that C code in the standard library opens; it cannot be removed.
sys.addaudithook(_refuse_the_network)


@pytest.fixture(scope="session", autouse=True)
def _same_everywhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Run all tests, and the fixtures that outlive one, in an environment of our own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in set(os.environ) - set(KEPT):
            if not name.startswith(("PYTEST_", "COV_")):
                patch.delenv(name)
        for name, value in _environment(tmp_path_factory.mktemp("home")).items():
            patch.setenv(name, value)
        yield


@pytest.fixture(autouse=True)
def isolated(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give every test a home, and so a state directory, of its own."""
    home = tmp_path_factory.mktemp("home")
    for name, value in _environment(home).items():
        monkeypatch.setenv(name, value)
    return home


def _environment(home: Path) -> dict[str, str]:
    folders = {
        f"XDG_{kind}_HOME": str(home / kind.lower())
        for kind in ("CACHE", "CONFIG", "DATA", "STATE")
    }
    git = {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Hana Sato",
        "GIT_AUTHOR_EMAIL": "hana@example.com",
        "GIT_COMMITTER_NAME": "Hana Sato",
        "GIT_COMMITTER_EMAIL": "hana@example.com",
    }
    # A process that a test starts is beyond the audit hook; a proxy that refuses holds most.
    proxies = {"http_proxy": REFUSE_PROXY, "https_proxy": REFUSE_PROXY}
    terminal = {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "TZ": "UTC", "COLUMNS": "100"}
    local = {"HOME": str(home), "no_proxy": "127.0.0.1,localhost,::1"}
    return {**folders, **git, **proxies, **terminal, **local}


ONCE = (
    "shape/", "docs/", "fuzz/", "console/", "drills/prove/", "gateway/clients/",
    "cli/test_cheats.py", "cli/test_diff_and_fleet.py", "cli/test_grounds.py",
    "cli/observing/", "cli/plugging/", "cli/test_prove.py", "cli/test_sign.py", "keeper/sinks/",
    "keeper/generating/", "keeper/spikes/",
    "keeper/test_drain.py",
    "cli/alerting/", "keeper/alerts/", "keeper/watching/", "store/watch/",
    "gateway/prompting/test_served.py", "prompts/test_hostile.py", "readiness/observed/",
    "readiness/test_bad_input.py", "readiness/test_judge_properties.py", "store/rollups/",
    "store/test_browsing.py",
    "readiness/adversary/", "readiness/report/test_hostile.py", "test_pattern.py",
    "guardrails/injection/", "guardrails/pii/test_properties.py", "guardrails/secrets/",
    "guardrails/stream/", "readiness/collectors/pipeline/test_any_input.py", "store/feedback/",
    "store/test_counters.py", "keeper/test_collect.py", "keeper/test_keeping.py",
    "keeper/test_parking.py",
)  # fmt: skip
"""Tests that take long together and ask nothing of a Python's version: one version runs them."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs once, before anything is chosen by its marks."""
    here = Path(__file__).parent
    for item in items:
        if item.path.relative_to(here).as_posix().startswith(ONCE):
            item.add_marker(pytest.mark.slow)
