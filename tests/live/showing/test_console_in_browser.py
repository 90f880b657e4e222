"""The console in a real browser: nothing is fetched elsewhere, nothing fails, all can read it."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from msgspec import Struct
from msgspec.structs import replace
from tools.node_clients import modules

from tenken.console.app import console
from tenken.console.doors.names import names
from tenken.console.routes import PAGES
from tenken.journal.exchange import Identity
from tenken.journal.reader import Position
from tenken.store.ledger import Batch, Ledger
from tests.console.ground import PASSWORD, Ground, ground, manifest_of
from tests.console.provider import ISSUER, SECRET, FakeProvider
from tests.console.seed import seeded
from tests.console.test_oidc import OIDC
from tests.console.test_pages import THINGS
from tests.journal.making import exchange
from tests.live.chromium import Browser, found, started
from tests.live.test_report_in_browser import AA, LOWEST_CONTRAST

pytestmark = pytest.mark.live
PATHS = [
    THINGS.get(one.path, one.path)
    for one in PAGES
    if not one.path.startswith(("/traffic/{", "/reviews/{"))
]
WRONG = """
axe.run(document, {resultTypes: ["violations"]}).then((run) => run.violations.flatMap(
  (rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 120)}`)))
"""
HOSTILE = '"><img src=//example.com/x onerror=alert(1)><script>alert(1)</script>'
LOG_IN = f"""
document.querySelector('[name=name]').value = 'hana';
document.querySelector('[name=password]').value = '{PASSWORD}';
document.querySelector('form.fields button').click()
"""


class Shown(Struct, frozen=True):
    """A console that listens."""

    made: Ground
    base: str


@contextmanager
def listening(made: Ground) -> Iterator[Shown]:
    """Let a console listen, until the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        app = console(replace(made.desk, names=names(None, port)))
        server = uvicorn.Server(
            uvicorn.Config(app, lifespan="off", log_config=None, ws="none", loop="asyncio")
        )
        running = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        running.start()
        try:
            yield Shown(made, f"http://127.0.0.1:{port}")
        finally:
            server.should_exit = True
            running.join(timeout=30)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    with ground(tmp_path_factory.mktemp("console")) as made:
        seeded(made)
        made.user("hana")
        _brought(made, 1, HOSTILE)
        with listening(made) as one:
            yield one


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Start a browser; without one this is skipped at home and fails in CI."""
    if not found():
        missing = "no Chromium: `make system` installs it"
        if os.environ.get("CI") == "true":  # noqa: TID251 - the rim of the live tests
            pytest.fail(missing)
        pytest.skip(missing)
    with started(tmp_path_factory.mktemp("profile")) as one:
        yield one


@pytest.fixture
def browser(chromium: Browser, shown: Shown) -> Browser:
    """Give a page of its own to every test, logged in."""
    chromium.fresh()
    chromium.call("Network.clearBrowserCookies")
    chromium.open(f"{shown.base}/login")
    chromium.value(LOG_IN)
    chromium.wait_for("location.pathname === '/' && document.readyState === 'complete'")
    chromium.events.clear()
    return chromium


def _brought(made: Ground, sequence: int, text: str) -> None:
    """Let a request come whose names were written by a stranger."""
    plain = exchange(sequence)
    one = replace(
        plain, at=made.now - 1_000 + sequence, id=f"hostile-{sequence}", code=text,
        identity=Identity(caller=text, use_case=text, route=text, release=text),
        attempts=tuple(replace(each, model=text, target=text) for each in plain.attempts),
    )  # fmt: skip
    after, at = (
        Position(segment=1, offset=number, sequence=number, previous=b"x" * 16)
        for number in (sequence - 1, sequence)
    )
    Ledger(made.engine).apply(
        Batch(
            journal="hostile", boot="b", after=after if sequence > 1 else Position(), position=at,
            exchanges=(one,),
        )
    )  # fmt: skip


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ja", "dark")])
def test_pages_fail_nowhere_and_can_be_read(
    language: str, scheme: str, browser: Browser, shown: Shown
) -> None:
    """No error, no breach of the policy, no request elsewhere; contrast as WCAG AA asks."""
    browser.call("Network.setExtraHTTPHeaders", headers={"Accept-Language": language})
    media = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.call("Emulation.setEmulatedMedia", features=media)
    faint = {}
    for path in PATHS:
        browser.open(shown.base + path)
        lowest = browser.value(LOWEST_CONTRAST)
        if lowest["ratio"] < AA:
            faint[path] = lowest
    asked = {event["request"]["url"] for event in browser.named("Network.requestWillBeSent")}

    assert faint == {}
    assert [url for url in asked if not url.startswith((shown.base, "data:"))] == []
    assert [one["entry"]["text"] for one in browser.named("Log.entryAdded")] == []
    assert browser.named("Runtime.exceptionThrown") == []
    assert browser.named("Page.javascriptDialogOpening") == []


@pytest.fixture(scope="module")
def axe() -> str:
    """Give axe, as `make node-clients` has fetched it; skipped at home, not in CI."""
    if not (found := modules()):
        missing = "no axe: `make node-clients` fetches it"
        if os.environ.get("CI") == "true":  # noqa: TID251 - the rim of the live tests
            pytest.fail(missing)
        pytest.skip(missing)
    return (found / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_axe_finds_nothing_wrong(language: str, axe: str, browser: Browser, shown: Shown) -> None:
    """Names, landmarks, labels, order of headings and contrast, as Deque's rules have them."""
    browser.call("Network.setExtraHTTPHeaders", headers={"Accept-Language": language})
    wrong = {}
    for path in (*PATHS, "/login"):
        browser.open(shown.base + path)
        browser.call("Runtime.evaluate", expression=axe)
        if told := browser.value(WRONG):
            wrong[path] = told

    assert wrong == {}


def test_no_page_is_wider_than_a_phone(browser: Browser, shown: Shown) -> None:
    """Tables scroll within themselves; the page does not."""
    browser.call(
        "Emulation.setDeviceMetricsOverride", width=375, height=800, deviceScaleFactor=1,
        mobile=True,
    )  # fmt: skip
    wide = {}
    for path in PATHS:
        browser.open(shown.base + path)
        width = browser.value("document.documentElement.scrollWidth")
        if width > 375:
            wide[path] = width
    browser.call("Emulation.clearDeviceMetricsOverride")

    assert wide == {}


def test_new_requests_appear_by_themselves(browser: Browser, shown: Shown) -> None:
    """The live tail asks again, by htmx, without a script of the page's own."""
    browser.open(f"{shown.base}/traffic?live=1")
    assert "hostile-2" not in browser.value("document.body.innerText")
    _brought(shown.made, 2, "new")

    browser.wait_for("document.body.innerText.includes('hostile-2')", tries=1500)
    assert browser.named("Log.entryAdded") == []


def test_a_keyboard_goes_everywhere(browser: Browser, shown: Shown) -> None:
    """The first stop skips the navigation; where one is can be seen."""
    browser.open(f"{shown.base}/alerts")
    for kind in ("keyDown", "keyUp"):
        browser.call(
            "Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9
        )

    assert browser.value("document.activeElement.className") == "skip"
    assert browser.value("document.activeElement.getBoundingClientRect().top >= 0")
    assert browser.value("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_a_change_is_asked_about_before(browser: Browser, shown: Shown) -> None:
    """Whoever says no has changed nothing."""
    browser.open(f"{shown.base}/settings")
    browser.value("window.confirm = (text) => { window.asked = text; return false; }; 1")
    browser.value("document.querySelector('form.act button').click()")

    assert "caller/night-batch" in browser.value("window.asked")
    assert browser.value("location.pathname") == "/settings"


def _pressed(browser: Browser, key: str, code: int, text: str = "") -> None:
    said = {"key": key, "code": key, "windowsVirtualKeyCode": code}
    browser.call("Input.dispatchKeyEvent", type="keyDown", text=text, **said)
    browser.call("Input.dispatchKeyEvent", type="keyUp", **said)


def test_a_match_is_judged_by_the_keyboard_alone(browser: Browser, shown: Shown) -> None:
    """One writes at once, goes on with the tabulator, and the next one is there."""
    browser.open(f"{shown.base}/reviews")
    browser.value("document.querySelector('#table-reviews tbody a').click()")
    browser.wait_for("location.pathname.startsWith('/reviews/')")
    browser.wait_for("document.readyState === 'complete'")
    first = browser.value("location.pathname")
    assert browser.value("document.activeElement.name") == "why"
    browser.call("Input.insertText", text="A product number")
    for _ in range(3):
        _pressed(browser, "Tab", 9)
    assert browser.value("document.activeElement.value") == "false"
    _pressed(browser, "Enter", 13, "\r")

    browser.wait_for(f"location.pathname !== '{first}' && document.readyState === 'complete'")
    assert browser.value("location.pathname.startsWith('/reviews/')")
    assert browser.value("document.querySelector('[role=status]').innerText") == "Judged"


@contextmanager
def provided(made: Ground) -> Iterator[FakeProvider]:
    """Let the provider answer a browser: at another site than the console."""
    provider = FakeProvider(lambda: made.now)

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("location", provider.authorize(self.path))
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        provider.issuer = f"http://localhost:{server.server_address[1]}"
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_provider_at_another_site_lets_somebody_in(chromium: Browser, tmp_path: Path) -> None:
    """There and back, although the session's cookie stays at home on the way."""
    with ground(tmp_path, settings=OIDC) as made, provided(made) as provider:
        made.user("hana")
        made.manifest = manifest_of(OIDC.replace(ISSUER, provider.issuer))
        made.fetch, made.variables["CONSOLE_SECRET"] = provider.fetch, SECRET
        with listening(made) as shown:
            chromium.fresh()
            chromium.call("Network.clearBrowserCookies")
            chromium.open(f"{shown.base}/login?to=/signing")
            chromium.value("document.querySelector('a.button').click()")
            chromium.wait_for("location.pathname === '/signing'", tries=1500)
            chromium.wait_for("document.readyState === 'complete'")
            cookies = chromium.call("Network.getCookies", urls=[shown.base])["cookies"]

            assert chromium.value("document.querySelector('.who').innerText") == "mio@example.com"
            assert [(one["name"], one["sameSite"]) for one in cookies] == [("tenken", "Strict")]
            assert chromium.named("Runtime.exceptionThrown") == []
