"""`tenken gateway` and `tenken keys`, as a person runs them, over a provider on loopback."""

import errno
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import re2
from msgspec import Struct

from tenken.cli.main import main
from tenken.journal.exchange import Exchange, Outcome
from tenken.journal.reader import Placed, Position, frames, prove, record_of
from tests.cli.test_fake_provider import serving as providing

TENKEN = Path(sys.executable).with_name("tenken")
SERVING = re2.compile(r"http://([0-9.]+):([0-9]+)/v1")
PLATFORM = """
platform: {{name: team, version: "1", owner: platform}}
providers:
  - {{id: down, kind: other, base_url: "http://127.0.0.1:9/v1"}}
  - id: up
    kind: other
    base_url: "{url}"
    credentials: {{kind: env, name: UP_KEY}}
"""
DESK = """
application: {name: desk, owner: team}
extends: {platform: platform.yaml, version: "1"}
use_cases: [{id: answer, description: Answers enquiries}]
models:
  - {id: first, provider: down, model: gpt-4o}
  - {id: second, provider: up, model: gpt-4o-mini}
routes: [{name: desk, use_case: answer, targets: [first, second]}]
callers: [{id: app, routes: [desk]}]
gateway: {port: 0, private_upstreams: true}
"""


class Running(Struct):
    """A gateway that serves."""

    process: "subprocess.Popen[str]"
    host: str
    port: int
    heard: list[str] = []
    """Every line it has said so far."""

    def ask(self, key: str, *, model: str = "desk") -> int:
        """Ask once; gives the status."""
        connection = HTTPConnection(self.host, self.port, timeout=20)
        body = json.dumps({"model": model, "messages": [{"role": "user", "content": "hello"}]})
        headers = {"content-type": "application/json", "authorization": f"Bearer {key}"}
        connection.request("POST", "/v1/chat/completions", body, headers)
        status = connection.getresponse().status
        connection.close()
        return status

    def said(self, part: str) -> str:
        """Wait for a line that holds this."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.heard.append(line)
            if part in line:
                return line
        raise AssertionError(f"ended without saying {part!r}")


@contextmanager
def gateway(folder: Path, *, theirs: str = "k") -> Iterator[Running]:
    """Run `tenken gateway` in a folder until the block ends; the provider's key is given."""
    with subprocess.Popen(
        [str(TENKEN), "--lang", "en", "gateway", str(folder)],
        stderr=subprocess.PIPE, text=True, env={"UP_KEY": theirs, "PATH": ""},
    ) as process:  # fmt: skip
        running = Running(process, "", 0)
        try:
            found = SERVING.search(running.said("Serving"))
            assert found is not None
            running.host, running.port = found[1], int(found[2])
            yield running
        finally:
            process.kill()


def made(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Make a key for the caller."""
    assert main(["keys", "add", "app", "--path", str(folder)]) == 0
    return capsys.readouterr().out.strip()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Path]:
    """An application with its platform, over a provider that answers."""
    with ExitStack() as stack:
        plan = tmp_path / "plan.json"
        plan.write_text('{"then": {"kind": "none"}}')
        _, url = stack.enter_context(providing("--plan", str(plan)))
        assert urlsplit(url).port
        (tmp_path / "platform.yaml").write_text(PLATFORM.format(url=url))
        (tmp_path / "tenken.yaml").write_text(DESK)
        yield tmp_path


def test_requests_are_answered_recorded_and_keys_revoked(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Past a dead provider; until the key is revoked; the journal is whole in the end."""
    key = made(desk, capsys)
    with gateway(desk) as running:
        statuses = [running.ask(key), running.ask("tk-wrong"), running.ask(key, model="other")]
        assert main(["keys", "revoke", key.rpartition("-")[0], "--path", str(desk)]) == 0
        running.said("are served now")
        statuses.append(running.ask(key))
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(20) == 0

    assert statuses == [200, 401, 404, 401]
    journal = desk / ".tenken" / "journal" / "0"
    records = [
        record_of(one.frame)
        for one in frames(journal, after=Position())
        if isinstance(one, Placed)
    ]
    exchanges = [one for one in records if isinstance(one, Exchange)]
    assert [one.status for one in exchanges] == statuses
    assert exchanges[0].outcome is Outcome.ANSWERED
    assert [attempt.target for attempt in exchanges[0].attempts] == ["first", "second"]
    assert prove(journal).whole


def test_a_bad_version_is_told_and_the_old_one_serves(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody is refused for a mistake in a file."""
    key = made(desk, capsys)
    with gateway(desk) as running:
        (desk / "tenken.yaml").write_text(DESK.replace("targets: [first", "targets: [frist"))
        told = running.said("is served as before")
        status = running.ask(key)

    assert "problems" in told
    assert status == 200


ISSUERS = "issuers: [{issuer: i, audience: a, jwks: 'http://192.0.2.1/keys'}]"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("provider: up", "provider: upp"), "upp"),
        (("callers: [{id: app, routes: [desk]}]", ""), "no caller"),
        (("routes: [desk]}]", "routes: [dsek]}]"), "dsek"),
        (("id: second,", "id: first,"), "twice"),
        (
            ("targets: [first, second]", "targets: [first, second], weights: {first: 0}"),
            "weights",
        ),
        (("targets: [first, second]", "targets: [first], weights: {second: 1}"), "second"),
        (("targets: [first, second]", "targets: [first], hedge: {}"), "second target"),
        (("targets: [first, second]", "targets: [first], larger_context: [thrid]"), "thrid"),
        (("id: app, ", "id: app, identities: [{issuer: nobody, value: x}], "), "nobody"),
        (("private_upstreams: true", ISSUERS), "without tls"),
        (("gateway: {", "gateway: {idempotency: {keep: disk}, "), "idempotency.keep"),
    ],
)
def test_settings_that_cannot_be_served_are_refused(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    change: tuple[str, str],
    said: str,
) -> None:
    """Exit code 2, the file and the name."""
    monkeypatch.setenv("UP_KEY", "k")
    (tmp_path / "platform.yaml").write_text(PLATFORM.format(url="http://127.0.0.1:9/v1"))
    (tmp_path / "tenken.yaml").write_text(DESK.replace(*change))

    assert main(["--lang", "en", "gateway", str(tmp_path)]) == 2
    assert said in capsys.readouterr().err.lower()


def test_a_state_that_cannot_be_written_is_told_with_its_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, a read-only one, a folder in the way: no fault of ours."""
    monkeypatch.setenv("UP_KEY", "k")
    (tmp_path / "platform.yaml").write_text(PLATFORM.format(url="http://127.0.0.1:9/v1"))
    (tmp_path / "tenken.yaml").write_text(DESK)
    made(tmp_path, capsys)
    (tmp_path / ".tenken/repeats.db").mkdir()

    assert main(["--lang", "en", "gateway", str(tmp_path)]) == 2
    assert f"tenken: Cannot write {tmp_path}/.tenken/repeats.db: " in capsys.readouterr().err


def test_a_disk_that_is_full_is_told_with_the_file_it_has_no_room_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The counters are mapped: a page that has no room would end the process by a signal."""

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setenv("UP_KEY", "k")
    monkeypatch.setattr("os.posix_fallocate", full)
    (tmp_path / "platform.yaml").write_text(PLATFORM.format(url="http://127.0.0.1:9/v1"))
    (tmp_path / "tenken.yaml").write_text(DESK)
    made(tmp_path, capsys)

    assert main(["--lang", "en", "gateway", str(tmp_path)]) == 2
    told = f"Cannot write {tmp_path}/.tenken/counters/counters: the disk is full"
    assert told in capsys.readouterr().err


def test_every_mistake_is_told_at_once_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key misspelt, a price below nothing, shares of nothing, a model twice: one run, all."""
    monkeypatch.setenv("UP_KEY", "k")
    wrong = (
        DESK.replace("owner: team}", "owner: team, teir: A}")
        .replace("model: gpt-4o}", "model: gpt-4o, prices: {input: -1, output: 1}}")
        .replace("id: second,", "id: first,")
        .replace("targets: [first, second]", "targets: [], weights: {first: -1}")
        .replace("port: 0,", "port: 99999,")
    )
    (tmp_path / "platform.yaml").write_text(PLATFORM.format(url="http://127.0.0.1:9/v1"))
    (tmp_path / "tenken.yaml").write_text(wrong)

    assert main(["--lang", "en", "gateway", str(tmp_path)]) == 2
    told = re2.findall(r"tenken\.yaml:(\d+): ([\w.\[\]]+):", capsys.readouterr().err)
    lines = {number for number, _ in told}
    assert {key for _, key in told} >= {
        "application.teir", "models[0].prices.input", "routes[0].targets",
        "routes[0].weights.first", "gateway.port",
    }  # fmt: skip
    assert len(lines) >= 4


def test_mistakes_of_every_kind_are_told_in_one_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of form, of names, of floors, of prices, of shares, and what the environment lacks."""
    monkeypatch.delenv("UP_KEY", raising=False)
    platform = PLATFORM.format(url="http://127.0.0.1:9/v1")
    wrong = (
        DESK.replace("owner: team}", "owner: team, teir: A}")
        .replace(
            "model: gpt-4o}",
            "model: own, prices: {input: -1, output: 1, source: x, checked_at: 2026-11-01}}",
        )
        .replace("provider: up,", "provider: upp,")
        .replace("targets: [first, second]", "targets: [first, thrid], weights: {first: 0}")
        .replace("{id: app, routes: [desk]}", "{id: app, routes: [dsek], limits: {rpm: 0}}")
        .replace("port: 0,", "port: 99999, drain_s: soon,")
        .replace('version: "1"}', 'version: "2"}')
    )
    (tmp_path / "platform.yaml").write_text(platform)
    (tmp_path / "tenken.yaml").write_text(wrong)

    assert main(["--lang", "en", "gateway", str(tmp_path)]) == 2
    told = re2.findall(r"(\w+)\.yaml:([1-9]\d*): ([\w.\[\]]+):", capsys.readouterr().err)
    assert {f"{file} {key}" for file, _, key in told} == {
        "platform providers[1].credentials", "tenken application.teir",
        "tenken callers[0].limits.rpm", "tenken callers[0].routes[0]", "tenken extends.version",
        "tenken gateway.drain_s", "tenken gateway.port", "tenken models[0].prices.input",
        "tenken models[1].provider", "tenken routes[0].targets[1]", "tenken routes[0].weights",
    }  # fmt: skip


def test_keys_are_listed_and_never_shown_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file holds a digest; an unknown caller gets none."""
    (tmp_path / "platform.yaml").write_text(PLATFORM.format(url="http://127.0.0.1:9/v1"))
    (tmp_path / "tenken.yaml").write_text(DESK)
    assert main(["keys", "list", "--path", str(tmp_path)]) == 0
    assert "tenken keys add" in capsys.readouterr().err  # an empty list says what comes next
    key = made(tmp_path, capsys)

    assert main(["keys", "list", "--path", str(tmp_path), "--lang", "ja"]) == 0
    listed = capsys.readouterr().out
    assert "有効" in listed
    assert key.rpartition("-")[0] in listed
    assert key not in listed + (tmp_path / ".tenken" / "keys.json").read_text()
    assert main(["keys", "add", "nobody", "--path", str(tmp_path)]) == 2
    assert main(["keys", "revoke", "tk-none", "--path", str(tmp_path)]) == 2
