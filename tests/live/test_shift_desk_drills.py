"""The example application under faults, untouched and behind the gateway, as from outside."""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tenken.cli.demonstrating.running import application, gateway
from tenken.cli.demonstrating.settings import relocated
from tenken.cli.demonstrating.stage import KEY, URL
from tenken.cli.main import main
from tests.drills.prove.threads import held_port
from tests.shape.source import ROOT

pytestmark = [pytest.mark.live, pytest.mark.slow]
DESK = ROOT / "examples" / "shift-desk-before"
BEHIND = ROOT / "examples" / "shift-desk"
REQUESTS = """\
requests:
  - name: enquiry
    path: /v1/enquiries
    body: {name: 山田, role: worker, text: "給与はいつ振り込まれますか ${mark}"}
    contains: 翌営業日
  - {name: health, method: GET, path: /healthz, public: true}
provider:
  answer: 翌営業日に振り込まれます。
  answers: {gpt-4.1-mini: '{"category": "wage", "urgency": "normal"}'}
tolerances:
  {repeat: 3, outage_requests: 3, quiet_requests: 3, recover_within_s: 5, failover_requests: 2,
   rpm: 5, timeout_s: 3, answer_within_s: 10}
allowed_models: [gpt-4o, gpt-4o-mini]
"""
# What a careful reader finds in its files (its README says that all of this is in place), as a
# provider and a caller see it. The retries that work are the client library's own: `_chat`
# swallows the error before the decorator around it could see one.
FOUND = {
    "3-2-2": ["holds", "holds", "fails"],
    "3-2-3": ["fails"],
    "2-1-2": ["fails"],
    "7-2-1": ["fails", "partly", "fails"],
    "7-2-2": ["fails"],
    "7-3-2": ["fails", "fails"],
    "7-4-2": ["fails"],
    "6-5-1": ["unknown"],
    "1-4-1": ["fails"],
}

OTHERWISE = {
    # On a busy machine its client waits, as told, until the provider has taken all of the burst.
    "2-1-2": ["partly"],
    # Attacks are drawn anew each time: its list of words stops some draws oftener than others.
    "7-2-1": ["partly", "partly", "fails"],
}


@contextmanager
def desk(provider_port: int) -> Iterator[str]:
    """Serve the application as its README says."""
    environment = {
        "OPENAI_BASE_URL": f"http://127.0.0.1:{provider_port}/v1",
        "OPENAI_API_KEY": "any",
        "REQUESTS_PER_MINUTE": "100000",
        "PYTHONDONTWRITEBYTECODE": "1",
        "no_proxy": "127.0.0.1",
    }
    # It is asked through a socket that listens before it begins: who comes too early waits.
    with socket.create_server(("127.0.0.1", 0), backlog=128) as door:
        port, fd = door.getsockname()[1], door.fileno()
        command = [sys.executable, "-m", "uvicorn", "app.main:app", "--fd", str(fd)]
        with subprocess.Popen(
            command,
            cwd=DESK,
            env=environment,
            pass_fds=(fd,),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            door.close()
            try:
                yield f"http://127.0.0.1:{port}"
            finally:
                process.kill()


@pytest.fixture
def port() -> Iterator[int]:
    with held_port() as found:
        yield found


@pytest.mark.parametrize("item", FOUND)
def test_what_the_provider_saw(
    item: str,
    port: int,
    tmp_path: Path,
    *,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Per item what holds and what does not; a drill without effect would be an error.

    Run as by hand: in CI the happy path would hold, since it is then automated.
    """
    monkeypatch.delenv("CI", raising=False)
    requests = tmp_path / "requests.yaml"
    requests.write_text(REQUESTS, "utf-8")
    folder = tmp_path / "desk"
    folder.mkdir()
    with desk(port) as url:
        main(
            ["prove", item, "--app", url, "--requests", str(requests), "--repo", str(folder),
             "--provider-port", str(port), "--state", str(tmp_path / "state"), "-q"]
        )  # fmt: skip
    lines = (tmp_path / "state" / "evidence.jsonl").read_text("utf-8").splitlines()
    answers = [json.loads(line)["predicate"]["answer"]["holding"] for line in lines]

    assert answers in (FOUND[item], OTHERWISE.get(item))
    assert ("x-stainless-retry-count" in capsys.readouterr().out) is (item == "3-2-2")


# The guard stops attacks. Its prompts are the application's own, with the user's text among the
# instructions, and its answers are free text, which nothing holds against a form.
PROVED_BEHIND = {"3-2-3": ["holds"], "7-2-1": ["holds", "partly", "fails"]}


@pytest.mark.parametrize("item", PROVED_BEHIND)
def test_behind_the_gateway(
    item: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], port: int
) -> None:
    """`tenken prove` on the application whose gateway has two providers: the drill is both."""
    at = f"http://127.0.0.1:{port}/v1"
    folder = tmp_path / "desk"
    names = relocated(BEHIND, folder, {"openai": at, "azure": at})
    assert main(["keys", "add", "desk", "--path", str(folder)]) == 0
    key = capsys.readouterr().out.strip()

    async def proved() -> int:
        secrets = {name: f"key-{number}" for number, name in enumerate(names)}
        async with (
            gateway(folder, secrets) as base,
            application(BEHIND, {URL: base, KEY: key, "REQUESTS_PER_MINUTE": "100000"}) as url,
        ):
            return await asyncio.to_thread(
                main,
                ["prove", item, "--app", url, "--requests", str(BEHIND / "requests.yaml"),
                 "--repo", str(folder), "--provider-port", str(port), "-q",
                 "--state", str(tmp_path / "state")],
            )  # fmt: skip

    assert asyncio.run(proved()) == (set(PROVED_BEHIND[item]) != {"holds"})
    lines = (tmp_path / "state" / "evidence.jsonl").read_text("utf-8").splitlines()
    answers = [json.loads(line)["predicate"]["answer"]["holding"] for line in lines]
    assert answers == PROVED_BEHIND[item]
