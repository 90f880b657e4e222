"""Take the pictures of the report for the documentation anew, from the example application."""

import base64
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.live.chromium import Browser, started  # noqa: E402 - the repository is no package

EXAMPLE = ROOT / "examples" / "shift-desk-before"
FOLDER = ROOT / "docs" / "images"
TENKEN = Path(sys.executable).with_name("tenken")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of a page in a language and a colour scheme."""

    name: str
    language: str
    scheme: str
    width: int
    height: int
    item: str = ""
    """The item to open and show; empty for the first screen."""


PICTURES = (
    Picture(name="report-ja", language="ja", scheme="light", width=1200, height=1100),
    Picture(name="report-en", language="en", scheme="dark", width=1200, height=1100),
    Picture(name="item-ja", language="ja", scheme="light", width=1200, height=1000, item="1-2-1"),
    Picture(name="item-en", language="en", scheme="light", width=1200, height=1000, item="1-2-1"),
    Picture(name="phone-ja", language="ja", scheme="light", width=390, height=1000),
)


def main() -> None:
    """Inspect the example in both languages and take every picture."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        pages = {language: _page(Path(folder), language) for language in ("ja", "en")}
        with started(Path(folder) / "profile") as browser:
            for picture in PICTURES:
                _take(browser, picture, pages[picture.language])


def _page(folder: Path, language: str) -> Path:
    page = folder / f"{language}.html"
    command = [TENKEN, "--lang", language, "check", EXAMPLE, "--html", page, "--state", folder]
    done = subprocess.run(list(map(str, command)), capture_output=True, check=False)
    if not page.exists():
        sys.exit(done.stderr.decode())
    return page


def _take(browser: Browser, picture: Picture, page: Path) -> None:
    browser.fresh()
    size = {"width": picture.width, "height": picture.height}
    browser.call("Emulation.setDeviceMetricsOverride", deviceScaleFactor=1, mobile=False, **size)
    features = [
        {"name": "prefers-color-scheme", "value": picture.scheme},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]
    browser.call("Emulation.setEmulatedMedia", features=features)
    browser.open(page.as_uri() + (f"#item-{picture.item}" if picture.item else ""))
    taken = base64.b64decode(browser.call("Page.captureScreenshot", format="png")["data"])
    (FOLDER / f"{picture.name}.png").write_bytes(taken)
    print(f"wrote docs/images/{picture.name}.png ({len(taken) // 1000} kB)")


if __name__ == "__main__":
    main()
