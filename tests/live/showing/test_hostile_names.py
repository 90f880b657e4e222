"""Two hundred names that strangers might give, on every page that shows them, in a real browser.

Nothing of them runs, nothing is fetched for them, and nothing breaks the policy of the page: with
inline scripts forbidden, one that was written into a page would stand in the log.
"""

from collections.abc import Iterator
from itertools import product

import pytest
from msgspec.structs import replace

from tenken.journal.exchange import Exchange, Identity, Match
from tenken.journal.reader import Position
from tenken.store.ledger import Batch, Ledger
from tests.console.ground import Ground, ground
from tests.journal.making import exchange
from tests.live.chromium import Browser
from tests.live.showing.test_console_in_browser import (
    LOG_IN,
    Shown,
    chromium,
    listening,
)

__all__ = ["chromium"]  # a fixture
pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(600)]
ENDS = ("", '">', "'>", "</title>", "</script>", "</td></table>", "--></style>", "`}}")
"""What ends the place that a name might stand in."""
TRIES = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>",
    "<svg><script href=//example.com/x></script>", "<body onload=alert(1)>",
    "<iframe src=javascript:alert(1)>", "<iframe srcdoc='<script>alert(1)</script>'>",
    "<a href=javascript:alert(1) autofocus>x</a>", "<input onfocus=alert(1) autofocus>",
    "<details open ontoggle=alert(1)>", "<link rel=stylesheet href=//example.com/x.css>",
    "<meta http-equiv=refresh content=0;url=//example.com>", "<base href=//example.com/>",
    "<object data=//example.com/x>", "<embed src=//example.com/x>",
    "<video poster=//example.com/x>", "<style>@import '//example.com/x'</style>",
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    "<form action=//example.com><button>x</button></form>",
    "![x](https://example.com/x.png)", "[x](javascript:alert(1))",
    "{{constructor.constructor('alert(1)')()}}", "${alert(1)}", "javascript:alert(1)",
    "<div hx-get=//example.com hx-trigger=load>x</div>",
)  # fmt: skip
NAMES = tuple(f"{end}{tried}" for end, tried in product(ENDS, TRIES))
LISTS = ("/", "/traffic?window=90d", "/guardrails?window=90d", "/cost?window=90d",
         "/reliability?window=90d", "/reviews")  # fmt: skip
LINKS = "[...document.querySelectorAll('#table-exchanges tbody a')].map((one) => one.href)"
OLDER = "(document.querySelector('#exchanges a.more') || {}).href"
EACH = 4
"""Of the pages of single requests one for so many: what they show stands on the lists, too."""
ADDED = """
document.querySelectorAll(
  'img, iframe, object, embed, video, base, link[href*=example], script:not([src^="/assets/"]),'
  + 'a[href^="javascript"], [onerror], [onload], [onfocus], [ontoggle], [hx-get*=example]'
).length
"""


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    with ground(tmp_path_factory.mktemp("hostile")) as made:
        made.user("hana")
        _brought(made)
        with listening(made) as one:
            yield one


def _brought(made: Ground) -> None:
    at = Position(segment=1, offset=1, sequence=1, previous=b"x" * 16)
    several = tuple(_named(number, name, made.now) for number, name in enumerate(NAMES))
    Ledger(made.engine).apply(
        Batch(journal="w0", boot="b", after=Position(), position=at, exchanges=several)
    )


def _named(number: int, name: str, now: int) -> Exchange:
    plain = exchange(number)
    return replace(
        plain, at=now - 1_000_000 - number, id=f"{name}{number}", code=name, finish=name,
        identity=Identity(caller=name, use_case=name, route=name, release=name, session=name),
        attempts=tuple(
            replace(one, model=name, target=name, provider=name, upstream_id=name, reason=name)
            for one in plain.attempts
        ),
        matches=(Match(rule=name, risk=name, action=name, stage=name, severity=name),),
    )  # fmt: skip


def test_nothing_that_a_stranger_names_runs(chromium: Browser, shown: Shown) -> None:
    """On lists, and on the page of each request."""
    assert len(NAMES) == 200
    chromium.fresh()
    chromium.call("Network.clearBrowserCookies")
    chromium.open(f"{shown.base}/login")
    chromium.value(LOG_IN)
    chromium.wait_for("location.pathname === '/' && document.readyState === 'complete'")
    found: dict[str, None] = {}
    added = {}
    page: str | None = f"{shown.base}/traffic?window=24h"
    while page and len(found) <= len(NAMES):
        chromium.open(page)
        found |= dict.fromkeys(chromium.value(LINKS))
        if chromium.value(ADDED):
            added[page] = chromium.value("document.body.innerText")[:200]
        page = chromium.value(OLDER)
    for address in (*(shown.base + path for path in LISTS), *[*found][::EACH]):
        chromium.open(address)
        if chromium.value(ADDED):
            added[address] = chromium.value("document.body.innerText")[:200]
    asked = {event["request"]["url"] for event in chromium.named("Network.requestWillBeSent")}

    assert len(found) == len(NAMES)
    assert added == {}
    assert [url for url in asked if not url.startswith((shown.base, "data:"))] == []
    assert [one["entry"]["text"] for one in chromium.named("Log.entryAdded")] == []
    assert chromium.named("Runtime.exceptionThrown") == []
    assert chromium.named("Page.javascriptDialogOpening") == []
