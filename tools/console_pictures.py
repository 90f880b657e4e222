"""Take the pictures of the console's pages that the documentation shows, in both languages.

    python tools/console_pictures.py

Serves a console on loopback over a made-up week (tests/console/seed.py) and opens each page in
Chromium. The same data, and so the same pictures but for fonts, on every machine.
"""

import base64
import json
import re
import socket
import subprocess
import sys
import tempfile
import threading
from datetime import datetime, timedelta
from pathlib import Path

import uvicorn
from msgspec.structs import replace

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.console.ground import PASSWORD, Ground, ground, manifest_of  # noqa: E402
from tests.console.seed import seeded  # noqa: E402
from tests.console.test_oidc import OIDC  # noqa: E402
from tests.console.test_signing import arrived  # noqa: E402
from tests.live.chromium import Browser, started  # noqa: E402

from tenken.cli.consoling.signing import read_text_at  # noqa: E402
from tenken.console.app import console  # noqa: E402 - tests are no package that is installed
from tenken.console.doors.names import names  # noqa: E402
from tenken.messages.speech import Language  # noqa: E402

EXAMPLE = ROOT / "examples" / "shift-desk-before"
TENKEN = Path(sys.executable).with_name("tenken")
IMAGES = ROOT / "docs" / "images" / "console"
SHOWN = re.compile(r"images/console/([\w-]+\.webp)")
WIDTH, HEIGHT, SCALE, QUALITY = 1280, 1500, 0.7, 75
PAGES = {
    "login": "/login", "overview": "/", "traffic": "/traffic", "exchange": "",
    "alerts": "/alerts", "alert": "/alerts/a1b2c3d4e5f60718", "incident": "/incidents/i-a1b2c3d4",
    "readiness": "/readiness", "item": "/readiness/5-2-3", "guardrails": "/guardrails?window=7d",
    "reviews": "/reviews", "review": "", "proposals": "/proposals",
    "signing": "/signing", "signing-item": "/signing/5-2-2",
    "cost": "/cost?window=7d", "reliability": "/reliability", "settings": "/settings",
    "people": "/people", "account": "/account",
}  # fmt: skip
RETRIED = """(() => {
  for (const row of document.querySelectorAll("#table-exchanges tbody tr")) {
    if (row.children[6].innerText.trim() === "2") return row.querySelector("a").href;
  }
})()"""


def main() -> None:
    """Write every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with started(Path(tempfile.mkdtemp())) as browser:
        for language in Language:
            _language(browser, language)


def _language(browser: Browser, language: Language) -> None:
    with (
        ground(Path(tempfile.mkdtemp())) as made,
        socket.create_server(("127.0.0.1", 0)) as door,
    ):
        seeded(made, report=language)
        made.reports = (_inspected(language, at=made.desk.wall() - timedelta(hours=1)),)
        made.user("hana")
        made.manifest = manifest_of(OIDC)
        _texts(made)
        port = door.getsockname()[1]
        app = console(replace(made.desk, names=names(None, port)))
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, ws="none"))
        running = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        running.start()
        _pages(browser, f"http://127.0.0.1:{port}", language, made)
        server.should_exit = True
        running.join(timeout=30)


def _inspected(language: Language, *, at: datetime) -> bytes:
    """Give the report of the example application, as if it had been made then."""
    command = [TENKEN, "--lang", language.value, "check", EXAMPLE, "--format", "json"]
    with tempfile.TemporaryDirectory() as folder:
        whole = [str(part) for part in (*command, "--state", folder)]
        said = json.loads(subprocess.run(whole, capture_output=True, check=False).stdout)
    return json.dumps({**said, "made_at": at.isoformat()}).encode()


def _texts(made: Ground) -> None:
    """Let the files of the example be read as they were inspected."""
    for item in json.loads(made.reports[0])["items"]:
        for text in (item["asked"] or {"texts": ()})["texts"]:
            shown = read_text_at(EXAMPLE, text["path"])
            if shown is not None:
                made.texts[text["path"], text["key"]] = shown


def _by_a_provider(browser: Browser, base: str, made: Ground) -> None:
    """Let somebody look whom the identity provider has named."""
    cookie = arrived(made).cookies["tenken"]
    browser.call("Network.setCookie", name="tenken", value=cookie, url=base, httpOnly=True)


def _pages(browser: Browser, base: str, language: Language, made: Ground) -> None:
    browser.fresh()
    browser.call("Network.setExtraHTTPHeaders", headers={"Accept-Language": language.value})
    browser.call(
        "Emulation.setDeviceMetricsOverride", width=WIDTH, height=900, deviceScaleFactor=1,
        mobile=False,
    )  # fmt: skip
    kept: list[dict[str, str]] = []
    shown = _shown()
    for name, path in PAGES.items():
        address = base + path
        if name == "exchange":
            browser.open(f"{base}/traffic?outcome=answered&window=6h")
            address = browser.value(RETRIED)
        if name == "review":
            address = browser.value("document.querySelector('#table-reviews tbody a').href")
        if name == "signing":
            kept = browser.call("Network.getCookies", urls=[base])["cookies"]
            _by_a_provider(browser, base, made)
        browser.open(address)
        if (file := f"{name}-{language.value}.webp") in shown:
            _taken(browser, IMAGES / file)
        if name == "signing-item":
            for one in kept:
                browser.call("Network.setCookie", name=one["name"], value=one["value"], url=base)
        if name == "login":
            browser.value(
                "document.querySelector('[name=name]').value = 'hana';"
                f"document.querySelector('[name=password]').value = '{PASSWORD}';"
                "document.querySelector('form.fields button').click()"
            )
            browser.wait_for("location.pathname === '/' && document.readyState === 'complete'")


def _shown() -> frozenset[str]:
    """Give the pictures that a page of the documentation shows: no other is kept."""
    pages = (ROOT / "docs").rglob("*.md")
    texts = (page.read_text("utf-8") for page in pages)
    return frozenset(name for text in texts for name in SHOWN.findall(text))


def _taken(browser: Browser, path: Path) -> None:
    height = browser.call("Page.getLayoutMetrics")["cssContentSize"]["height"]
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": min(height, HEIGHT), "scale": SCALE}
    taken = browser.call(
        "Page.captureScreenshot",
        format="webp",
        quality=QUALITY,
        captureBeyondViewport=True,
        clip=clip,
    )
    path.write_bytes(base64.b64decode(taken["data"]))


if __name__ == "__main__":
    main()
