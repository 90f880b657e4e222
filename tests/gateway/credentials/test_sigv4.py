"""Requests are signed as Amazon's own library signs them, whatever is in them."""

from datetime import UTC, datetime
from urllib.parse import quote

import botocore.auth
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given, settings
from hypothesis import strategies as st

from tenken.gateway.credentials.lease import Called
from tenken.gateway.credentials.sigv4 import Signer

HOST = "bedrock-runtime.eu-west-1.amazonaws.com"
JSON = "application/json"
AT = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)
texts = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)
names = st.text(st.characters(codec="utf-8", exclude_characters="."), min_size=1, max_size=30)


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: AT)


def theirs(path: str, body: bytes, credentials: Credentials, *, region: str) -> str:
    """The signature by botocore."""
    request = AWSRequest(
        method="POST", url=f"https://{HOST}{path}", data=body, headers={"content-type": JSON}
    )
    SigV4Auth(credentials, "bedrock", region).add_auth(request)
    return str(request.headers["Authorization"])


def ours(path: str, body: bytes, signer: Signer, *, region: str) -> dict[str, str]:
    """The same by the gateway."""
    called = Called(
        method=b"POST",
        host=HOST.encode(),
        path=path.encode(),
        headers=((b"content-type", JSON.encode()),),
        body=body,
        region=region,
        at_us=round(AT.timestamp()) * 1_000_000,
    )
    lines = signer.lines(called).decode().split("\r\n")
    assert lines.pop() == ""
    return dict(line.split(": ", 1) for line in lines)


@settings(max_examples=60)
@given(
    model=names,
    body=st.binary(max_size=200),
    keys=st.tuples(texts, st.one_of(st.just(""), texts)),
    query=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["", "1", "x"])), max_size=3),
)
def test_a_signature_is_the_same_as_the_librarys(
    model: str, body: bytes, keys: tuple[str, str], query: list[tuple[str, str]]
) -> None:
    """Over path, query, body and keys of any kind."""
    secret, token = keys
    path = f"/model/{quote(model, safe='')}/converse"
    path += "?" + "&".join(f"{name}={value}" for name, value in query) if query else ""
    signer = Signer(access="AKID", secret=secret, token=token)

    got = ours(path, body, signer, region="eu-west-1")
    expected = theirs(path, body, Credentials("AKID", secret, token or None), region="eu-west-1")

    assert got["authorization"] == expected
    assert got.get("x-amz-security-token", "") == token
    assert got["x-amz-date"] == "20261123T010203Z"


def test_one_signer_serves_regions_and_days() -> None:
    """What is kept of one is not used for another."""
    signer = Signer(access="AKID", secret="s", token="t")
    keys = Credentials("AKID", "s", "t")

    for region in ("eu-west-1", "ap-northeast-1", "eu-west-1"):
        got = ours("/", b"{}", signer, region=region)
        assert got["authorization"] == theirs("/", b"{}", keys, region=region)
    assert repr(signer) == "Signer()"
