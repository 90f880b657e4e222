"""The pages in a real browser: nothing is fetched, nothing fails, everybody can read them."""

import base64
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tenken.messages.speech import Speech
from tenken.readiness.inspection import Report
from tenken.readiness.report.html import brief, fleet, page
from tenken.readiness.report.json_report import document
from tests.live.chromium import Browser, found, started
from tests.readiness.report.build import NOW, full_report, report
from tests.readiness.report.hostile import hostile_report
from tests.readiness.report.planted import BOTH_LANGUAGES, EN, JA

pytestmark = pytest.mark.live
in_both = pytest.mark.parametrize("speech", BOTH_LANGUAGES, ids=["en", "ja"])
in_both_schemes = pytest.mark.parametrize("scheme", ["light", "dark"])
AA = 4.5

# The lowest contrast of any text that is shown with what is painted behind it.
LOWEST_CONTRAST = """
(() => {
  const parse = (colour) => {
    const parts = colour.match(/[\\d.]+/g).map(Number);
    return {rgb: parts.slice(0, 3), alpha: parts.length > 3 ? parts[3] : 1};
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const over = (top, below, alpha) =>
    top.map((part, at) => part * alpha + below[at] * (1 - alpha));
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const painted = parse(getComputedStyle(at).backgroundColor);
      if (painted.alpha === 1) return painted.rgb;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let worst = {ratio: 99, text: ""};
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility() || element.closest("script")) continue;
    if (element.closest(".hidden, .skip")) continue;
    const style = getComputedStyle(element);
    const ground = behind(element);
    const alpha = parse(style.color).alpha * Number(style.opacity);
    const [a, b] = [light(over(parse(style.color).rgb, ground, alpha)), light(ground)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst.ratio) worst = {ratio, text: node.data.slice(0, 40), of: element.className};
  }
  return worst;
})()
"""


def _fleet(made: Report, speech: Speech) -> str:
    return fleet.render([document(made, speech)] * 3, speech, now=NOW)


PAGES = {"page": page.render, "brief": brief.render, "fleet": _fleet}


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
def browser(chromium: Browser) -> Browser:
    """Give a page of its own to every test."""
    chromium.fresh()
    return chromium


def _show(browser: Browser, folder: Path, markup: str) -> str:
    file = folder / "report.html"
    file.write_text(markup, "utf-8")
    browser.open(file.as_uri())
    return file.as_uri()


@in_both
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_fetched_and_nothing_fails(
    name: str, speech: Speech, browser: Browser, tmp_path: Path
) -> None:
    """One request, for the file itself; no error, no warning of the policy, no exception."""
    address = _show(browser, tmp_path, PAGES[name](full_report(), speech))
    requests = [event["request"]["url"] for event in browser.named("Network.requestWillBeSent")]

    assert [url for url in requests if not url.startswith("data:")] == [address]
    assert browser.named("Log.entryAdded") == []
    assert browser.named("Runtime.exceptionThrown") == []
    assert browser.named("Runtime.consoleAPICalled") == []


@in_both
def test_hostile_text_does_nothing(speech: Speech, browser: Browser, tmp_path: Path) -> None:
    """No dialog, no request, no script beside ours."""
    _show(browser, tmp_path, page.render(hostile_report(), speech))

    assert browser.named("Page.javascriptDialogOpening") == []
    assert len(browser.named("Network.requestWillBeSent")) <= 2
    assert browser.value("document.scripts.length") == 1
    assert browser.value("document.images.length") == 0


def test_the_policy_holds(browser: Browser, tmp_path: Path) -> None:
    """Even a script that got into the page would not run."""
    _show(browser, tmp_path, page.render(report(), EN))
    browser.value(
        "document.body.append(Object.assign(document.createElement('script'),"
        " {textContent: 'window.ran = true'}))"
    )

    assert browser.value("window.ran") is None


@pytest.mark.parametrize("width", [320, 390, 768])
@pytest.mark.parametrize(("name", "speech"), [(name, one) for name in PAGES for one in (EN, JA)])
def test_a_phone_never_scrolls_sideways(  # noqa: PLR0917 - two of the five are fixtures
    name: str, speech: Speech, width: int, browser: Browser, tmp_path: Path
) -> None:
    """Tables scroll within themselves; the page does not."""
    browser.call(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=800,
        deviceScaleFactor=1,
        mobile=False,
    )
    _show(browser, tmp_path, PAGES[name](full_report(), speech))
    browser.value("document.querySelectorAll('details').forEach((one) => { one.open = true })")

    assert browser.value("document.documentElement.scrollWidth") <= width


@in_both_schemes
@pytest.mark.parametrize("name", PAGES)
def test_every_text_can_be_read(name: str, scheme: str, browser: Browser, tmp_path: Path) -> None:
    """Contrast of at least 4.5 to 1 for every text, light and dark, with all parts open."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.call("Emulation.setEmulatedMedia", features=features)
    _show(browser, tmp_path, PAGES[name](report(), JA))
    browser.value("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    worst = browser.value(LOWEST_CONTRAST)

    assert worst["ratio"] >= AA, worst


def test_search_and_filter(browser: Browser, tmp_path: Path) -> None:
    """A reader finds an item by a word, by its outcome, and from the first screen."""
    _show(browser, tmp_path, page.render(report(), EN))
    shown = "document.querySelectorAll('.item:not([hidden])').length"

    browser.value("search.value = 'fallback'; search.dispatchEvent(new Event('input'))")
    assert browser.value(shown) == 1
    browser.value("search.value = ''; search.dispatchEvent(new Event('input'))")
    browser.value("show.value = 'outcome:failed'; show.dispatchEvent(new Event('change'))")
    assert browser.value(shown) == 2
    assert browser.value("document.querySelectorAll('.section:not([hidden])').length") == 1
    browser.value("document.querySelector('.tile.proved').click()")
    assert browser.value(shown) == 2
    assert browser.value("document.getElementById('shown').textContent").endswith("2 / 12")


def test_a_link_opens_its_item(browser: Browser, tmp_path: Path) -> None:
    """From a finding to the item that it concerns, even one that is filtered out."""
    _show(browser, tmp_path, page.render(report(), EN))
    browser.value("show.value = 'outcome:verified'; show.dispatchEvent(new Event('change'))")
    browser.value("document.querySelector('.concerns a').click()")
    browser.wait_for("document.getElementById('item-1-2-1').open")

    assert browser.value("document.getElementById('item-1-2-1').hidden") is False


def test_open_all_and_close_all(browser: Browser, tmp_path: Path) -> None:
    """One button for those who read everything, or print it."""
    _show(browser, tmp_path, page.render(report(), EN))
    opened = "document.querySelectorAll('.item[open]').length"

    browser.value("document.getElementById('open-all').click()")
    assert browser.value(opened) == 12
    browser.value("document.getElementById('open-all').click()")
    assert browser.value(opened) == 0


def test_without_script_everything_is_there(browser: Browser, tmp_path: Path) -> None:
    """Tools that would do nothing stay away; every item still opens."""
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    markup = page.render(report(), EN)
    (tmp_path / "report.html").write_text(markup, "utf-8")
    browser.call("Page.navigate", url=(tmp_path / "report.html").as_uri())
    browser.wait_for("document.readyState === 'complete'")

    assert browser.value("document.querySelector('.tools').checkVisibility()") is False
    browser.value("document.querySelector('#item-1-1-1 summary').click()")
    assert browser.value("document.getElementById('item-1-1-1').open") is True


def test_a_keyboard_sees_where_it_is(browser: Browser, tmp_path: Path) -> None:
    """The first stop skips the navigation, and the focus can be seen."""
    _show(browser, tmp_path, page.render(report(), EN))
    for kind in ("rawKeyDown", "keyUp"):
        browser.call("Input.dispatchKeyEvent", type=kind, key="Tab", windowsVirtualKeyCode=9)

    assert browser.value("document.activeElement.className") == "skip"
    assert browser.value("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert browser.value("document.activeElement.getBoundingClientRect().top") >= 0


@in_both
def test_it_prints(speech: Speech, browser: Browser, tmp_path: Path) -> None:
    """The report goes on paper."""
    _show(browser, tmp_path, page.render(full_report(), speech))
    printed = base64.b64decode(browser.call("Page.printToPDF", preferCSSPageSize=True)["data"])

    assert printed.startswith(b"%PDF")
    assert 2 <= printed.count(b"/Type /Page\n") <= 12
