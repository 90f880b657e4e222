"""Marks where secrets and texts are; a gateway is made to fail in every way, and then looked at.

Everything that it wrote is read: what it said, its journal, whatever else is in its folder.
"""

import json
import signal
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from tests.cli.serving.test_gateway import DESK, PLATFORM, Running, gateway, made
from tests.cli.test_fake_provider import serving as providing

THEIRS = "sk-canary-7f3a9c-of-the-provider"
WRONG = "tk-canary-5b1d-of-nobody"
ASKED = "canary-e4c2-of-what-was-asked"
SAID = "canary-91d0-of-what-was-said"
SESSION = "canary-33aa-of-a-session"
COOKIE = "canary-cc07-of-a-cookie"
SCRIPT = [
    {"kind": "text", "text": SAID},
    *({"kind": "status", "status": status} for status in (400, 401, 403, 404, 429, 500, 503)),
    {"kind": "no_json"}, {"kind": "wrong_json"}, {"kind": "wrong_type"}, {"kind": "reset"},
    {"kind": "cut", "after": 2}, {"kind": "malformed_event", "after": 2},
    {"kind": "error_event", "after": 2}, {"kind": "ends_early"}, {"kind": "huge_event"},
]  # fmt: skip
BODY = {"model": "desk", "messages": [{"role": "user", "content": ASKED}], "user": SESSION}
BROKEN = (b"{", b'{"model":"desk","messages":"' + ASKED.encode() + b'"}', b"\xff" + ASKED.encode())


def asked(run: Running, key: str, body: object, *headers: tuple[str, str]) -> bytes:
    """Ask; gives all that came back, however it ended."""
    connection = HTTPConnection(run.host, run.port, timeout=30)
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    own = {"content-type": "application/json", "authorization": f"Bearer {key}"}
    connection.request("POST", "/v1/chat/completions", content, {**own, **dict(headers)})
    try:
        response = connection.getresponse()
        return str(response.headers).encode() + response.read()
    except HTTPException as broken:
        return repr(broken).encode()
    finally:
        connection.close()


def test_nothing_that_was_planted_is_written_anywhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither keys nor texts; and callers are told none of the provider's."""
    with ExitStack() as stack:
        plan = tmp_path / "plan.json"
        plan.write_text(json.dumps({"script": SCRIPT * 4}))
        _, url = stack.enter_context(providing("--plan", str(plan)))
        plan.unlink()
        (tmp_path / "platform.yaml").write_text(PLATFORM.format(url=url))
        (tmp_path / "tenken.yaml").write_text(DESK)
        key = made(tmp_path, capsys)
        with gateway(tmp_path, theirs=THEIRS) as run:
            told = [asked(run, key, {**BODY, "stream": at % 2 == 1}) for at in range(40)]
            told += [asked(run, WRONG, BODY, ("cookie", COOKIE), ("x-none", THEIRS))]
            told += [asked(run, key, body, ("cookie", COOKIE)) for body in BROKEN]
            text = DESK.replace("callers:", f"secret: {THEIRS}\ncallers:")
            (tmp_path / "tenken.yaml").write_text(text)
            run.said("is served as before")
            (tmp_path / "tenken.yaml").write_text(DESK)
            run.process.send_signal(signal.SIGTERM)
            assert run.process.wait(30) == 0
            assert run.process.stderr is not None
            said = "".join(run.heard) + run.process.stderr.read()

    files = [one for one in (tmp_path / ".tenken").rglob("*") if one.is_file()]
    kept = b"".join(one.read_bytes() for one in files) + said.encode()
    planted = {THEIRS, WRONG, ASKED, SAID, SESSION, COOKIE, key}
    assert len(kept) > 10_000
    assert any(SAID.encode() in one for one in told)
    assert {one for one in planted if one.encode() in kept} == set()
    assert {one for one in (THEIRS, WRONG, key, COOKIE) if one.encode() in b"".join(told)} == set()
