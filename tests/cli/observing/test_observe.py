"""`tenken observe` gives evidence that `tenken check` counts, and nothing that it should not."""

import json
import socket
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from tenken.cli.main import main
from tests.cli.observing.application import Application, running
from tests.readiness.observed.making import log_lines
from tests.readiness.repositories import git, repository, write

PLATFORM = 'platform: {name: house, version: "1", owner: platform team}\n'
NOTHING: Mapping[str, object] = MappingProxyType({})
MANIFEST = "application: {name: desk, owner: desk, tier: C}\n"


class Place:
    """A repository, what is kept of it, a key, and a platform file that trusts the key."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        files = {"README.md": "# Desk\n", "tenken.yaml": MANIFEST}
        self.repository = repository(folder / "desk", files)
        self.folder = folder
        assert main(["prove", "--new-key", str(folder / "observer.pem")]) == 0
        write(folder, {"platform.yaml": PLATFORM + capsys.readouterr().out})

    def observe(self, *options: str, key: bool = True) -> int:
        """Observe, and put it on record."""
        signing = ("--key", str(self.folder / "observer.pem")) if key else ()
        state = ("--state", str(self.folder / "state"), "-q")
        return main(["observe", str(self.repository), *options, *signing, *state])

    def outcome(self, item: str) -> str:
        """Inspect, and say how an item stands."""
        return self.outcomes()[item]

    def outcomes(self) -> dict[str, str]:
        """Inspect, and say how every item stands."""
        return {str(one["id"]): str(one["outcome"]) for one in self._items()}

    def parts(self, item: str) -> dict[str, str]:
        """Inspect, and say how the parts of an item stand."""
        subs = next(one["subs"] for one in self._items() if one["id"] == item)
        return {str(one["id"]): str(one["outcome"]) for one in subs}

    def _items(self) -> list[dict[str, Any]]:
        out = self.folder / "report.json"
        main(["check", str(self.repository), "-q", "-f", "json", "-o", str(out),
              "--state", str(self.folder / "state"),
              "--platform", str(self.folder / "platform.yaml")])  # fmt: skip
        found: list[dict[str, Any]] = json.loads(out.read_text("utf-8"))["items"]
        return found

    def logs(
        self, *, hours: int = 0, broken: int = 0, changed: Mapping[str, object] = NOTHING
    ) -> str:
        """A sample of the log, written until so many hours ago."""
        now = datetime.now(UTC)  # noqa: TID251 - the command looks at the real clock
        lines = log_lines(1100, now=now - timedelta(hours=hours), **changed)
        write(self.folder, {"log.jsonl": "\n".join([*lines, *["printed"] * broken])})
        return str(self.folder / "log.jsonl")


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Place:
    """Give such a place."""
    return Place(tmp_path, capsys)


def test_what_is_seen_turns_the_item_to_verified(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a key that the platform trusts; the figures are shown."""
    assert place.observe("--logs", place.logs()) == 0
    assert place.outcome("5-1-1") == "verified"
    assert "n = 1100" in capsys.readouterr().out


def test_a_printed_line_beside_the_logger_is_a_failure(place: Place) -> None:
    """The formatter alone is not the log."""
    assert place.observe("--logs", place.logs(broken=20)) == 1
    assert place.outcome("5-1-1") == "failed"


def test_spoilt_it_falls(place: Place) -> None:
    """A fresh failure beats the earlier pass."""
    place.observe("--logs", place.logs(hours=1))
    place.observe("--logs", place.logs(broken=20))

    assert place.outcome("5-1-1") == "failed"


def test_an_old_export_is_old_evidence(place: Place) -> None:
    """It is as old as its newest line, whenever somebody looks at it."""
    assert place.observe("--logs", place.logs(hours=30)) == 0
    assert place.outcome("5-1-1") == "stale"


@pytest.mark.parametrize(
    "changed", [{"service": "another"}, {"revision": "f" * 40}], ids=["service", "commit"]
)
def test_what_another_wrote_proves_nothing(place: Place, changed: dict[str, object]) -> None:
    """Whoever signs it."""
    assert place.observe("--logs", place.logs(changed=changed)) == 3
    assert place.outcome("5-1-1") == "unknown"


def test_another_commit_is_observed_anew(place: Place) -> None:
    """Where the records say which one runs."""
    head = git(place.repository, "rev-parse", "HEAD").strip()
    place.observe("--logs", place.logs(changed={"revision": head}))
    assert place.outcome("5-1-1") == "verified"

    write(place.repository, {"README.md": "# Another\n"})
    git(place.repository, "commit", "-qam", "second")

    assert place.outcome("5-1-1") == "stale"


def test_without_a_key_it_counts_as_declared(place: Place) -> None:
    """And is no proof."""
    assert place.observe("--logs", place.logs(), key=False) == 0
    assert place.outcome("5-1-1") != "verified"


REQUESTS = """\
requests:
  - {name: enquiry, path: /ask, body: {text: "${mark}"}, contains: You said}
"""


@pytest.mark.parametrize("masks", [True, False])
def test_requests_are_followed_through_a_running_application(place: Place, *, masks: bool) -> None:
    """In its answer, its log and its spans; and what they store is looked at."""
    application = Application(place.folder, masks=masks)
    write(place.folder, {"requests.yaml": REQUESTS})
    with running(application) as url:
        code = place.observe(
            "--app", url, "--requests", str(place.folder / "requests.yaml"),
            "--logs", str(application.log), "--traces", str(application.spans),
        )  # fmt: skip
    outcomes = place.outcomes()

    assert code == (0 if masks else 1)
    assert [outcomes[item] for item in ("5-1-2", "5-1-3", "7-2-2")] == ["verified"] * 3
    assert place.parts("5-3-2")["a"] == ("verified" if masks else "failed")


def test_something_has_to_be_named(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is looked at by itself."""
    assert place.observe() == 2
    assert "--logs" in capsys.readouterr().err


def test_runs_that_lead_back_and_repeat_are_put_on_record(place: Place) -> None:
    """Looked up in the repository's own history; one that leads nowhere takes it back."""
    now = datetime.now(UTC)  # noqa: TID251 - the command looks at the real clock
    rows = "\n".join(json.dumps({"input": f"q{n}", "expected": f"a{n}"}) for n in range(5))
    files = {"prompts/answer.prompt": "Answer from the text.\n", "evals/golden.jsonl": rows}
    write(place.repository, files)
    git(place.repository, "add", "-A")
    git(place.repository, "commit", "-qm", "evaluated")
    prompt, data = (sha256(text.encode()).hexdigest() for text in files.values())
    runs = [
        {"run_id": f"r{number}", "at": (now - timedelta(hours=number)).isoformat(),
         "prompt_sha256": prompt, "model": "m-1", "dataset_sha256": data,
         "parameters": {"temperature": 0}, "metrics": {"faithfulness": 0.9}}
        for number in range(1, 5)
    ]  # fmt: skip
    write(place.folder, {"runs.jsonl": "\n".join(map(json.dumps, runs))})
    assert place.observe("--runs", str(place.folder / "runs.jsonl")) == 0
    assert place.outcome("6-4-3") == "verified"

    runs[0]["dataset_sha256"] = sha256(b"never committed").hexdigest()
    write(place.folder, {"runs.jsonl": "\n".join(map(json.dumps, runs))})
    assert place.observe("--runs", str(place.folder / "runs.jsonl")) == 1
    assert place.outcome("6-4-3") == "failed"


@pytest.mark.parametrize("server", ["prometheus", "datadog"])
def test_a_server_that_cannot_be_asked_is_told(
    server: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That nobody answered is no finding about what it holds."""
    monkeypatch.setenv("DD_API_KEY", "k")
    monkeypatch.setenv("DD_APP_KEY", "k")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = f"http://127.0.0.1:{taken.getsockname()[1]}"
    place = Place(tmp_path, capsys)

    assert place.observe(f"--{server}", free) == 2
    assert f"{free} cannot be asked (no answer)" in capsys.readouterr().err
