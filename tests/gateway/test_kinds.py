"""A kind of provider that can be called is spoken to in words that exist, with its own header."""

import pytest

from tenken.config.platform import Credential, Platform, PlatformIdentity, Provider
from tenken.gateway.settings.credentials import static_keys
from tenken.gateway.settings.resolve import OWN_ADDRESSES, SIDES
from tenken.wire.pairs import DIALECTS

PLATFORM = PlatformIdentity(name="x", version="1", owner="team")


def test_each_kind_has_a_side_in_the_table_of_pairs() -> None:
    """Addresses are of kinds that can be called."""
    assert set(SIDES.values()) <= set(DIALECTS)
    assert set(OWN_ADDRESSES) <= set(SIDES)


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        ("openai", (b"authorization", b"Bearer k")),
        ("other", (b"authorization", b"Bearer k")),
        ("azure", (b"api-key", b"k")),
        ("anthropic", (b"x-api-key", b"k")),
        ("google", (b"x-goog-api-key", b"k")),
    ],
)
def test_a_key_is_carried_as_its_provider_wants_it(kind: str, header: tuple[bytes, bytes]) -> None:
    """In the one header that is looked at there."""
    reference = Credential(kind="env", name="KEY")
    provider = Provider(id="p", kind=kind, credentials=reference)  # type: ignore[arg-type]

    keys = static_keys(Platform(platform=PLATFORM, providers=(provider,)), {"KEY": "k"})

    assert keys.headers("p") == (header,)
