"""A kind of provider is spoken to in words that exist, at its own address, with its own header."""

import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from tenken.config.load import PlatformText, load_manifest
from tenken.config.manifest import Manifest
from tenken.errors import Malformed, MissingExtra
from tenken.gateway.credentials.aws import AwsIdentity
from tenken.gateway.credentials.azure import AzureIdentity
from tenken.gateway.credentials.federation import AnthropicIdentity, OpenAIIdentity
from tenken.gateway.credentials.files import FileKey
from tenken.gateway.credentials.google import GoogleIdentity, GoogleSubject
from tenken.gateway.credentials.subject import SubjectFile
from tenken.gateway.settings.credentials import credentials
from tenken.gateway.settings.places import OWN_ADDRESSES, SIDES, located, missing
from tenken.messages.speech import Language, Speech
from tenken.wire.pairs import DIALECTS

APPLICATION = """\
application: {name: desk, owner: support}
extends: {platform: platform.yaml, version: "1"}
use_cases: [{id: answer, description: Answers enquiries}]
models: [{id: m, provider: p, model: MODEL}]
"""
PLATFORM = """\
platform: {name: team, version: "1", owner: platform}
providers: [{id: p, PROVIDER}]
"""


def read(provider: str, model: str = "m") -> Manifest:
    """A manifest with one provider and one model of it."""
    standard = PlatformText(file="platform.yaml", text=PLATFORM.replace("PROVIDER", provider))
    text = APPLICATION.replace("MODEL", model)
    return load_manifest(text, file="tenken.yaml", platform=lambda _extends: standard)


def place(provider: str, model: str = "m") -> tuple[str, str]:
    """Side and address, as text."""
    manifest = read(provider, model)
    assert manifest.platform
    [named] = manifest.platform.platform.providers
    [one] = manifest.application.models
    assert missing(one, named) is None
    found = located(one, named)
    scheme = "https" if found.origin.tls else "http"
    query = f"?{found.query}" if found.query else ""
    return (
        found.side,
        f"{scheme}://{found.origin.host}:{found.origin.port}{found.base_path}{query}",
    )


def test_each_kind_has_a_side_in_the_table_of_pairs() -> None:
    """Addresses are of kinds that can be called."""
    assert set(SIDES.values()) <= set(DIALECTS)
    assert set(OWN_ADDRESSES) <= set(SIDES)


ODD_ADDRESSES = (
    "https://api.example.com@169.254.169.254/v1", "https://user:secret@example.com/v1",
    r"https://api.example.com\@example.org/v1", "https://example.com/v1?x=y",
    "https://example.com/v1#x", "https://example.com/v1/../admin", "https://example.com/./v1",
    "https://example.com:99999/v1", "https://example.com:0/v1", "https:///v1", "https://:80/v1",
    "https://example.com/v1%2f..", "https://ex%61mple.com/v1", "https://example.com;x/v1",
    "https://ｅxample.com/v1", "http://[::1/v1",
)  # fmt: skip
ODD_REGIONS = (
    "x.example.org/", "x@example.org", "example.org/#", "a?b", "a.b", "A", "a:80", "..", "a/../b",
)  # fmt: skip
"""An application names the region; credentials of the platform go where it leads."""
AZURE = "kind: azure, base_url: 'https://x.example.com"
VERTEX = "kind: vertex, project: acme-1, region:"
TOKYO = "https://asia-northeast1-aiplatform.googleapis.com:443"
VERTEX_PATH = "/v1/projects/acme-1/locations"


@pytest.mark.parametrize(
    ("provider", "model", "side", "address"),
    [
        ("kind: openai", "m", "openai", "https://api.openai.com:443/v1"),
        (
            "kind: openai, keeps_responses: true", "m",
            "openai-stored", "https://api.openai.com:443/v1",
        ),
        (
            "kind: other, base_url: 'http://127.0.0.1:11434/v1'", "m",
            "compatible", "http://127.0.0.1:11434/v1",
        ),
        (
            "kind: other, base_url: 'http://127.0.0.1:11434/v1', keeps_responses: true", "m",
            "openai-stored", "http://127.0.0.1:11434/v1",
        ),
        ("kind: anthropic", "m", "anthropic", "https://api.anthropic.com:443/v1"),
        (
            "kind: google", "m",
            "gemini", "https://generativelanguage.googleapis.com:443/v1beta",
        ),
        (AZURE + "'", "m", "openai", "https://x.example.com:443/openai/v1"),
        (
            AZURE + "', api_version: '2024-10-21'", "m",
            "azure", "https://x.example.com:443/openai?api-version=2024-10-21",
        ),
        (
            AZURE + "/openai/v1', api_version: preview", "m",
            "openai", "https://x.example.com:443/openai/v1?api-version=preview",
        ),
        (
            f"{VERTEX} asia-northeast1", "gemini-2.5-flash", "gemini",
            f"{TOKYO}/v1/projects/acme-1/locations/asia-northeast1/publishers/google",
        ),
        (
            f"{VERTEX} global", "claude-sonnet-4-5@20250929", "vertex-anthropic",
            f"https://aiplatform.googleapis.com:443{VERTEX_PATH}/global/publishers/anthropic",
        ),
        (
            f"{VERTEX} eu", "gemini-2.5-flash", "gemini",
            f"https://aiplatform.eu.rep.googleapis.com:443{VERTEX_PATH}/eu/publishers/google",
        ),
        (
            "kind: bedrock, region: ap-northeast-1", "m", "bedrock",
            "https://bedrock-runtime.ap-northeast-1.amazonaws.com:443",
        ),
    ],
)  # fmt: skip
def test_a_kind_has_its_address(provider: str, model: str, side: str, address: str) -> None:
    """As the vendors' references and clients have it."""
    assert place(provider, model) == (side, address)


@pytest.mark.parametrize(
    ("provider", "lacks"),
    [
        ("kind: other", "gateway.no_address"),
        ("kind: azure", "gateway.no_address"),
        ("kind: bedrock", "gateway.no_region"),
        ("kind: vertex, project: acme-1", "gateway.no_region"),
        ("kind: vertex, region: global", "gateway.no_project"),
        ("kind: anthropic, keeps_responses: true", "gateway.keeps_no_responses"),
        (
            AZURE + "', api_version: '2024-10-21', keeps_responses: true",
            "gateway.keeps_no_responses",
        ),
        *((f"kind: other, base_url: '{url}'", "gateway.odd_address") for url in ODD_ADDRESSES),
        *((f"{VERTEX} '{region}'", "gateway.odd_region") for region in ODD_REGIONS),
        *((f"kind: bedrock, region: '{region}'", "gateway.odd_region") for region in ODD_REGIONS),
    ],
)
def test_what_an_address_needs_is_told(provider: str, lacks: str) -> None:
    """Before anything is served."""
    manifest = read(provider)
    assert manifest.platform
    sentence = missing(manifest.application.models[0], manifest.platform.platform.providers[0])

    assert sentence is not None
    assert sentence.id == lacks


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("openai", b"authorization: Bearer k\r\n"),
        ("other", b"authorization: Bearer k\r\n"),
        ("azure", b"api-key: k\r\n"),
        ("anthropic", b"x-api-key: k\r\n"),
        ("google", b"x-goog-api-key: k\r\n"),
        ("bedrock", b"authorization: Bearer k\r\n"),
    ],
)
def test_a_key_is_carried_as_its_provider_wants_it(kind: str, lines: bytes) -> None:
    """In the one header that is looked at there, and told as what it is."""
    manifest = read(f"kind: {kind}, credentials: {{kind: env, name: KEY}}")

    named = credentials(manifest, {"KEY": "k"})

    assert named.fixed == {"p": lines}
    assert named.static == ("p (KEY)",)
    assert named.told is not None
    assert "KEY" in Speech(Language.EN)(named.told)
    assert repr(named) == "Named(p)"


def test_a_short_lived_credential_is_the_default_where_there_is_one() -> None:
    """Azure, Bedrock and Vertex AI take the process's own identity."""
    bedrock = credentials(read("kind: bedrock, region: eu-west-1"), {})
    vertex = credentials(
        read(f"{VERTEX} global, credentials: {{kind: workload_identity, name: a@x.example.com}}"),
        {},
    )

    assert credentials(read("kind: azure"), {}).sources == {"p": AzureIdentity()}
    assert bedrock.sources == {"p": AwsIdentity(region="eu-west-1")}
    assert vertex.sources == {"p": GoogleIdentity(account="a@x.example.com")}
    assert vertex.told is None
    assert credentials(read("kind: other"), {}).fixed == {"p": b""}


AT_OPENAI = "kind: openai, credentials: {kind: workload_identity"
AT_ANTHROPIC = "kind: anthropic, credentials: {kind: workload_identity"
FILE = "{rule: r, token_file: t}"


@pytest.mark.parametrize(
    ("provider", "why"),
    [
        ("kind: google, credentials: {kind: workload_identity}", "gateway.no_identity_there"),
        ("kind: openai, credentials: {kind: workload_identity}", "gateway.federation_incomplete"),
        (
            f"kind: azure, credentials: {{kind: workload_identity, federation: {FILE}}}",
            "gateway.no_federation_there",
        ),
        (f"{AT_OPENAI}, name: sa, federation: {FILE}}}", "gateway.credential_file"),
        ("kind: openai, credentials: {kind: vault, name: x}", "gateway.no_such_credential"),
        ("kind: openai, credentials: {kind: env, name: ABSENT}", "gateway.credential_absent"),
        ("kind: openai, credentials: {kind: env, name: BROKEN}", "gateway.credential_broken"),
        ("kind: openai, credentials: {kind: file, name: /no/such}", "gateway.credential_file"),
    ],
)
def test_a_credential_that_cannot_be_had_is_told_before_anything_is_served(
    provider: str, why: str
) -> None:
    """With the provider's place in the file."""
    with pytest.raises(Malformed) as told:
        credentials(read(provider), {"BROKEN": "a\r\nb: c"})

    [problem] = told.value.problems
    assert problem.sentence.id == why
    assert problem.key == "providers[0].credentials"


@pytest.mark.parametrize(
    ("provider", "missing"),
    [
        ("kind: openai, credentials: {kind: workload_identity}", "name, federation"),
        (f"{AT_OPENAI}, federation: {FILE}}}", "name"),
        (
            f"{AT_OPENAI}, name: sa, federation: {{rule: idp}}}}",
            "federation.token_file | federation.audience",
        ),
        (
            f"{AT_OPENAI}, name: sa, federation: {{rule: r, token_file: t, audience: a}}}}",
            "federation.token_file | federation.audience",
        ),
        (f"{AT_ANTHROPIC}, name: svac, federation: {FILE}}}", "federation.organization"),
    ],
)
def test_a_federation_says_what_it_lacks(provider: str, missing: str) -> None:
    """All of it at once."""
    with pytest.raises(Malformed) as told:
        credentials(read(provider), {})

    [problem] = told.value.problems
    assert problem.sentence.fields["missing"] == missing


def test_openai_and_anthropic_take_a_token_of_our_own(tmp_path: Path) -> None:
    """From a file, or from Google; nothing of it is static."""
    path = tmp_path / "token"
    path.write_text("ours")
    held = SubjectFile(path=path)
    ours = f"{AT_OPENAI}, name: sa, federation: {{rule: idp, token_file: {path}}}}}"
    theirs = (
        f"{AT_ANTHROPIC}, name: svac, federation: "
        f"{{rule: fdrl, organization: o, workspace: w, token_file: {path}}}}}"
    )
    at_google = (
        f"{AT_OPENAI}, name: sa, federation: {{rule: idp, audience: 'https://a.example.com'}}}}"
    )

    first = credentials(read(ours), {})
    assert first.sources == {"p": OpenAIIdentity(account="sa", provider="idp", subject=held)}
    assert first.told is None
    identity = AnthropicIdentity(
        account="svac", rule="fdrl", organization="o", workspace="w", subject=held
    )
    assert credentials(read(theirs), {}).sources == {"p": identity}
    near = credentials(read(f"base_url: 'https://eu.example.com/v1', {theirs}"), {})
    assert near.sources == {"p": replace(identity, base_url="https://eu.example.com/v1")}
    assert credentials(read(at_google), {}).sources == {
        "p": OpenAIIdentity(
            account="sa",
            provider="idp",
            subject=GoogleSubject(audience="https://a.example.com"),
        )
    }


def test_a_credential_without_a_name_is_refused_with_its_file() -> None:
    """All but the workload's own identity have one."""
    with pytest.raises(Malformed) as told:
        read("kind: openai, credentials: {kind: env}")

    assert [one.sentence.id for one in told.value.problems] == ["config.unnamed_credential"]


def test_a_vendor_library_that_is_not_installed_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is not loaded before a provider needs it."""
    monkeypatch.delitem(sys.modules, "tenken.gateway.credentials.azure")
    monkeypatch.setitem(sys.modules, "azure.identity", None)

    with pytest.raises(MissingExtra) as told:
        credentials(read("kind: azure"), {})

    assert "tenken[azure]" in Speech(Language.EN)(told.value.sentence)


def test_a_key_in_a_file_is_read_from_there(tmp_path: Path) -> None:
    """And again when it was replaced: a mounted secret changes in its place."""
    path = tmp_path / "key"
    path.write_text("first\n")
    named = credentials(read(f"kind: anthropic, credentials: {{kind: file, name: {path}}}"), {})
    source = named.sources["p"]
    assert isinstance(source, FileKey)

    first = source.fetch()
    path.write_text("second\n")
    second = source.fetch()

    assert (first.lines, second.lines) == (b"x-api-key: first\r\n", b"x-api-key: second\r\n")
    assert first.static == str(path)
    assert "first" not in repr(first)
