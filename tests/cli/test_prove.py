"""`tenken prove` gives evidence that `tenken check` counts, and nothing that it should not."""

import json
from pathlib import Path

import pytest

from tenken.cli.main import main
from tenken.drills.prove.registry import DRILLS
from tenken.drills.prove.requests import brief_from
from tenken.evidence import Method
from tenken.readiness.catalogue import shipped
from tenken.readiness.report.item import HELD_BY_PEOPLE
from tests.drills.prove.making import REQUESTS
from tests.drills.prove.small import Behaviour
from tests.drills.prove.test_retries import SHORT, Careful, deaf
from tests.drills.prove.threads import application_of, held_port
from tests.readiness.repositories import git, repository, write

PLATFORM = 'platform: {name: house, version: "1", owner: platform team}\n'


class Place:
    """A repository, what is kept of it, a key, and a platform file that trusts the key."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.repository = repository(folder / "desk", {"README.md": "# Desk\n"})
        self.folder = folder
        write(folder, {"requests.yaml": REQUESTS + SHORT})
        assert main(["prove", "--new-key", str(folder / "drills.pem")]) == 0
        write(folder, {"platform.yaml": PLATFORM + capsys.readouterr().out})

    def prove(self, behaviour: Behaviour, *, key: bool = True, item: str = "3-2-2") -> int:
        """Run the drill."""
        signing = ("--key", str(self.folder / "drills.pem")) if key else ()
        with held_port() as port, application_of(behaviour, port) as url:
            return main(
                ["prove", item, "--app", url, "--repo", str(self.repository), *signing,
                 "--requests", str(self.folder / "requests.yaml"), "--provider-port", str(port),
                 "--state", str(self.folder / "state"), "-q"]
            )  # fmt: skip

    def outcome(self, *, trusting: bool = True, item: str = "3-2-2") -> str:
        """Inspect, and say how the item stands."""
        out = self.folder / "report.json"
        platform = ("--platform", str(self.folder / "platform.yaml")) if trusting else ()
        main(["check", str(self.repository), "-q", "-f", "json", "-o", str(out),
              "--state", str(self.folder / "state"), *platform])  # fmt: skip
        items = json.loads(out.read_text("utf-8"))["items"]
        return str(next(one["outcome"] for one in items if one["id"] == item))


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Place:
    """Give such a place."""
    return Place(tmp_path, capsys)


def test_a_drill_turns_the_item_to_verified(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a key that the platform trusts; the figures are shown and kept."""
    assert place.prove(Careful()) == 0
    assert place.outcome() == "verified"
    assert place.outcome(trusting=False) != "verified"
    assert "Second wait" in capsys.readouterr().out


def test_spoilt_it_falls(place: Place) -> None:
    """A fresh failure beats the earlier pass, on the same commit."""
    place.prove(Careful())
    assert place.prove(Careful(breaks=False)) == 1

    assert place.outcome() == "partial"


def test_another_commit_needs_another_drill(place: Place) -> None:
    """What was proved was proved of what was there."""
    place.prove(Careful())
    write(place.repository, {"README.md": "# Another\n"})
    git(place.repository, "commit", "-qam", "second")

    assert place.outcome() == "stale"


def test_without_a_key_it_counts_as_declared(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the command says so."""
    assert place.prove(Careful(), key=False) == 0
    assert place.outcome() != "verified"
    assert "--new-key" in capsys.readouterr().err


def test_a_drill_without_effect_is_an_error(place: Place) -> None:
    """Exit code 3, and the item is not met by it."""
    assert place.prove(deaf) == 3
    assert place.outcome() == "error"


def test_nothing_is_recorded_of_a_changed_tree(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """The commit would be named for what it does not hold."""
    write(place.repository, {"README.md": "# Changed\n"})

    assert place.prove(deaf) == 3
    assert "differ" in capsys.readouterr().err
    assert not (place.folder / "state" / "evidence.jsonl").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["prove", "3-2-2"], "--app"),
        (["prove", "1-2-1", "--app", "http://127.0.0.1:1"], "3-2-2"),
        (["prove", "3-2-2", "--app", "http://127.0.0.1:1", "--requests", "none.yaml"], "none"),
        (["prove", "3-2-2", "--app", "x", "--key", "env:NOTHING"], "env:NOTHING"),
    ],
)
def test_what_is_missing_is_told(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is started."""
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_a_key_is_never_overwritten(place: Place) -> None:
    """The evidence that it signed would lose its observer."""
    assert main(["prove", "--new-key", str(place.folder / "drills.pem")]) == 2
    assert (place.folder / "drills.pem").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_request_file_that_is_missing_is_told_with_one_that_would_do(
    language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The example is read as any such file is."""
    nowhere = tmp_path / "requests.yaml"
    asked = ["prove", "3-2-2", "--app", "http://127.0.0.1:9", "--requests", str(nowhere)]

    assert main([*asked, "--lang", language]) == 2
    _, example, _ = capsys.readouterr().err.split("`")
    brief = brief_from(example, file="requests.yaml", environment={})
    assert [(one.name, one.path) for one in brief.requests] == [("enquiry", "/v1/enquiries")]


def test_a_loose_request_file_is_told(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """Without `contains` an apology passes for an answer."""
    loose = REQUESTS.replace("    contains: fake provider\n", "")
    write(place.folder, {"requests.yaml": loose})
    place.prove(Careful(), item="6-5-1")

    assert "`contains`" in capsys.readouterr().err


def test_explain_says_how_an_item_is_proved_where_there_is_a_drill() -> None:
    """Every item that a drill decides has one of ours, or is named as held by people."""
    decided = {one.id for one in shipped().items if one.decides is Method.DRILL}

    assert decided - set(DRILLS) == HELD_BY_PEOPLE


@pytest.mark.parametrize(("item", "is_told"), [("3-2-2", True), ("3-3-2", False)])
def test_the_command_of_the_drill_stands_with_what_to_do(
    item: str, is_told: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever reads that a drill would settle it need not look for how."""
    assert main(["explain", item, str(tmp_path), "--lang", "en"]) == 0

    told = f"$ tenken prove {item} --app URL --requests FILE" in capsys.readouterr().out
    assert told is is_told
