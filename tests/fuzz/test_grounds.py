"""Whatever a sign-off, a waiver, a baseline or approvals hold: read, or refused in a sentence."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.config.values import is_placeholder
from tenken.errors import Malformed
from tenken.place import Place
from tenken.readiness.catalogue import shipped
from tenken.readiness.gating.baseline import parse
from tenken.readiness.gating.waiver import read_waivers
from tenken.readiness.signing.approvals import read_approvals
from tenken.readiness.signing.signoff import SignedText, SignOff, read_signoffs, written
from tests.readiness.trees import FakeTree

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CATALOGUE = shipped()
FILE = "signoffs/x.yaml"
PIECES = [
    "item: 0-1-1\n", "role: product_owner\n", "name: Hana\n", "email: a@b\n", "statement: yes\n",
    "signed: []\n", "signed:\n", "  - {path: a, sha256: b}\n", "signed_at: 2026-11-22T00:00:00Z\n",
    "expires_on: 2026-12-31\n", "exempts: true\n", "reason: none given\n", "subs: [a]\n",
    "- item: 3-3-1\n", "  reason: it will be done\n", "  owner: Hana\n", "  expires_on: ", "&a ",
    "*a", "<<: ", "{", "}", "[", "]", "~", "!!x ", "2026-02-30", "9" * 50, "\x00", "\u2028",
]  # fmt: skip
READERS: dict[str, Callable[[str], object]] = {
    "sign-off": lambda text: read_signoffs(FakeTree({FILE: text}), CATALOGUE),
    "waivers": lambda text: read_waivers(FakeTree({"waivers.yaml": text}), CATALOGUE, NOW),
    "baseline": lambda text: parse(text.encode("utf-8", "replace"), file="baseline.json"),
    "approvals": lambda text: read_approvals(text.encode("utf-8", "replace"), file="a.json"),
}
TEXTS = st.text(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


@pytest.mark.parametrize("name", READERS)
@given(text=TEXTS)
def test_garbage_is_refused_in_a_sentence(name: str, text: str) -> None:
    """Never an exception of another kind."""
    with suppress(Malformed):
        READERS[name](text)


LINES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60).filter(
    lambda text: not is_placeholder(text)
)


@given(
    name=LINES,
    statement=LINES,
    path=LINES,
    reason=LINES,
    key=st.sampled_from(["", "goals", "decisions.call_style"]),
    exempts=st.booleans(),
)
def test_a_sign_off_that_is_written_is_read(
    *, name: str, statement: str, path: str, reason: str, key: str, exempts: bool
) -> None:
    """Whatever is in its texts, nothing breaks out of its place."""
    signoff = SignOff(
        item="0-1-1",
        role="product_owner",
        name=name,
        email="hana@example.com",
        statement=statement,
        signed=(SignedText(path=path, sha256="0" * 64, key=key),),
        signed_at=NOW,
        expires_on=datetime(2027, 1, 1, tzinfo=UTC).date(),
        exempts=exempts,
        reason=reason if exempts else "",
        place=Place(FILE),
    )

    assert read_signoffs(FakeTree({FILE: written(signoff)}), CATALOGUE) == (signoff,)
