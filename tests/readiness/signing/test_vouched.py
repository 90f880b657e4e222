"""Sign-offs of a browser: what has to stand behind them, and what makes them worth nothing."""

import json
from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from tenken.config.load import load_manifest
from tenken.readiness.evidence.envelope import TrustedKey
from tenken.readiness.evidence.keys import PrivateKey
from tenken.readiness.signing.court import Signatures, settle
from tenken.readiness.signing.signoff import SignedText, SignOff, Vouched
from tenken.readiness.signing.texts import Text, digest_of
from tenken.readiness.signing.vouched import Handed, read, sealed
from tests.readiness.signing.signed import MANIFEST, Story
from tests.readiness.trees import FakeTree

KEY, OTHER = PrivateKey(b"k" * 32), PrivateKey(b"o" * 32)
TRUSTED = (TrustedKey(name="console", public=KEY.public),)
SERVICE = f"sha256:{'5' * 64}"
ISSUER = "https://login.example.com"
TODAY = date(2026, 11, 22)
GOALS = digest_of(
    Text("tenken.yaml", "goals"), FakeTree({}), load_manifest(MANIFEST, file="tenken.yaml")
)
SIGNED = SignOff(
    item="0-1-1", role="product_owner", name="Hana Sato", email="hana@example.com",
    statement="This is the goal we fund.",
    signed=(SignedText(path="tenken.yaml", key="goals", sha256=GOALS or ""),),
    signed_at=datetime(2026, 11, 1, 9, tzinfo=UTC), expires_on=date(2027, 4, 1),
)  # fmt: skip


def line(one: SignOff = SIGNED, *, issuer: str = ISSUER, key: PrivateKey | None = KEY) -> str:
    """Seal one as the console does."""
    return sealed(one, name="s1", issuer=issuer, service=SERVICE, key=key)


def handed(text: str, *, trusted: tuple[TrustedKey, ...] = TRUSTED) -> Handed:
    """Read it as an inspection does."""
    return read(
        text.encode(), file="http://127.0.0.1:8090", service=SERVICE, trusted=trusted, today=TODAY
    )


def settled(text: str, story: Story | None = None, **trust: tuple[TrustedKey, ...]) -> Signatures:
    """Hold it against the court; no commit speaks for it."""
    found = handed(text, **trust)
    assert found.problems == ()
    told = story or Story(committed_by="", written_by="")
    return settle(found.signoffs, told.court(FakeTree({"tenken.yaml": told.manifest})))


def because(signatures: Signatures) -> str:
    """Give why it does not count."""
    assert signatures.signed == {}
    (void,) = signatures.void["0-1-1"]
    return void.because.id


def test_one_that_a_provider_and_a_trusted_key_stand_behind_counts() -> None:
    """It is the same as a file that its signer has committed."""
    (signed,) = settled(line()).signed.values()

    assert (signed.name, signed.role) == ("Hana Sato", "product_owner")
    assert handed(line()).signoffs[0].vouched == Vouched(observer="console", issuer=ISSUER)


@pytest.mark.parametrize(
    ("text", "trusted"),
    [
        (line(key=None), TRUSTED),
        (line(key=OTHER), TRUSTED),
        (line(), ()),
        (line(), (TrustedKey(name="console", public=KEY.public, expires_on=date(2026, 11, 21)),)),
    ],
    ids=["bare", "another key", "nobody trusted", "a key that has run out"],
)
def test_without_a_trusted_key_nothing_says_that_it_was_them(
    text: str, trusted: tuple[TrustedKey, ...]
) -> None:
    """Anybody can write such a line."""
    assert because(settled(text, trusted=trusted)) == "signoff.not_vouched"


@pytest.mark.parametrize(
    "text", [line(issuer=""), line(replace(SIGNED, email=""))], ids=["password", "no address"]
)
def test_a_password_is_no_identity(text: str) -> None:
    """The console saw somebody who knew it, no more; nor is an unverified address."""
    assert because(settled(text)) == "signoff.password_only"


SPOILT = {
    "signoff.wrong_role": replace(SIGNED, role="architect"),
    "signoff.too_long": replace(SIGNED, expires_on=date(2027, 9, 1)),
    "signoff.from_the_future": replace(SIGNED, signed_at=datetime(2026, 11, 23, tzinfo=UTC)),
    "signoff.signs_nothing": replace(SIGNED, signed=()),
    "signoff.edited": replace(
        SIGNED, signed=(SignedText(path="tenken.yaml", key="goals", sha256="0" * 64),)
    ),
    "signoff.expired": replace(SIGNED, expires_on=date(2026, 11, 20)),
}


@pytest.mark.parametrize("reason", SPOILT)
def test_all_else_holds_as_for_a_file(reason: str) -> None:
    """The role, the time, the texts."""
    assert because(settled(line(SPOILT[reason]))) == reason


@pytest.mark.parametrize(
    "author", ["H <hana@example.com>", "H <HANA@example.com>", "Hana Sato <h.sato@example.net>"]
)
def test_in_tier_a_nobody_signs_their_own_text(author: str) -> None:
    """By the address or, as people commit by another one, by the name."""
    told = Story(tier="A", written_by=author)

    assert because(settled(line(), told)) == "signoff.own_text"
    assert settled(line(), replace(told, tier="B")).void == {}
    assert settled(line(), replace(told, written_by="Ken <ken@example.com>")).void == {}


def _altered(**changed: object) -> str:
    bare = json.loads(line(key=None))
    return json.dumps({**bare, **changed})


@pytest.mark.parametrize(
    "text",
    [
        "no JSON", "{}", "[" * 5_000, _altered(predicateType="urn:tenken:evidence:v1"),
        _altered(subject=[]), _altered(more=1), "x" * 300_000,
        _altered(subject=[{"name": "service", "digest": {"sha256": "6" * 64}}]),
        '{"payloadType": "x", "payload": "%", "signatures": []}',
    ],
)  # fmt: skip
def test_what_is_none_is_a_problem(text: str) -> None:
    """Another service's, too; and one bad line leaves the others."""
    found = handed(f"{text}\n{line()}")

    assert len(found.signoffs) == len(found.problems) == 1
    assert found.problems[0].sentence.id == "signoff.bad_line"


def test_a_file_cannot_say_that_it_is_vouched_for() -> None:
    """Who stands behind a sign-off is never read from the repository."""
    text = Story().signoff + "vouched: {observer: console, issuer: x}\n"
    with pytest.raises(Exception, match=r"config|vouched|signoff"):
        replace(Story(), signoff=text).told()
