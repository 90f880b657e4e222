"""`tenken sign` on a real repository: written by a command, counted once its person commits it."""

import json
import shlex
from pathlib import Path

import pytest

from tenken.cli.main import main
from tests.readiness.repositories import git, repository, write

MANIFEST = """\
application: {name: shift-desk, owner: desk, tier: B}
goals:
  - {id: handled, metric: enquiries handled without a person, unit: percent,
     baseline: 20, target: 60, due: 2027-03-31, owner: Hana Sato}
"""
HANA = ("--name", "Hana Sato", "--email", "hana@example.com")
STATEMENT = ("--statement", "This is the goal that we fund")
FILE = "signoffs/0-1-1-product_owner.yaml"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Give a repository with a goal, written by somebody else than Hana."""
    folder = repository(tmp_path / "desk", {"README.md": "# Desk\n"})
    write(folder, {"tenken.yaml": MANIFEST})
    commit(folder, "Ken Ito", "ken@example.com")
    return folder


def commit(folder: Path, name: str, email: str) -> None:
    """Commit everything as a person."""
    git(folder, "add", "-A")
    git(
        folder,
        "-c",
        "core.hooksPath=/dev/null",
        "commit",
        "-qm",
        "x",
        f"--author={name} <{email}>",
    )


def judged(folder: Path, *options: str) -> dict[str, object]:
    """Inspect, and give the report's entry of 0-1-1."""
    out = folder.parent / "report.json"
    main(["check", str(folder), "-q", "-f", "json", "-o", str(out), *options])
    items = json.loads(out.read_text("utf-8"))["items"]
    entry: dict[str, object] = next(item for item in items if item["id"] == "0-1-1")
    return entry


def signed(folder: Path, *options: str) -> int:
    """Sign 0-1-1 as Hana."""
    return main(["sign", "0-1-1", str(folder), *HANA, *STATEMENT, *options])


def test_a_sign_off_counts_once_its_person_has_committed_it(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Written, it waits; committed by Hana, the item is proved; edited, it is stale."""
    assert judged(desk)["word"] == "needs_sign_off"
    assert signed(desk) == 0
    assert "tenken.yaml#goals" in capsys.readouterr().err
    assert git(desk, "status", "--short") == "?? signoffs/"
    assert judged(desk)["word"] == "needs_sign_off"

    commit(desk, "Hana Sato", "hana@example.com")
    assert judged(desk)["outcome"] == "verified"

    write(desk, {"tenken.yaml": MANIFEST.replace("target: 60", "target: 25")})
    assert judged(desk)["outcome"] == "stale"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_command_of_a_report_signs_once_its_blanks_are_filled(
    desk: Path, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pasted as it is printed, it is refused by name and nothing is written."""
    out = desk.parent / "report.json"
    main(["--lang", language, "check", str(desk), "-q", "-f", "json", "-o", str(out)])
    actions = json.loads(out.read_text("utf-8"))["actions"]
    (command,) = (one["command"] for one in actions if one["items"] == ["0-1-1"])
    _, *words = shlex.split(command)
    capsys.readouterr()

    assert main([*words, str(desk)]) == 2
    assert "--name" in capsys.readouterr().err
    assert not (desk / "signoffs").exists()

    blanks = [at for at, word in enumerate(words) if word.startswith("<")]
    for at, said in zip(blanks, (HANA[1], HANA[3], STATEMENT[1]), strict=True):
        words[at] = said
    assert main([*words, str(desk)]) == 0


@pytest.mark.parametrize("option", ["--email", "--statement", "--not-needed", "--sub"])
def test_a_blank_that_was_left_is_refused(
    desk: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whichever it is."""
    assert main(["sign", "3-2-3", str(desk), *HANA, *STATEMENT, option, "<as printed>"]) == 2
    assert option in capsys.readouterr().err


def test_a_sign_off_in_another_s_name_does_not_count(desk: Path) -> None:
    """Ken may write Hana's name; that Hana committed it he cannot write."""
    signed(desk)
    commit(desk, "Ken Ito", "ken@example.com")

    assert judged(desk)["outcome"] == "configured"


def test_an_approval_on_the_forge_counts(desk: Path) -> None:
    """Where the forge says that Hana approved it."""
    signed(desk)
    commit(desk, "Ken Ito", "ken@example.com")
    approvals = desk.parent / "approvals.json"
    approval = {"file": FILE, "approver": "hana@example.com", "at": "2999-01-01T00:00:00Z"}
    approvals.write_text(json.dumps([approval]), "utf-8")

    assert judged(desk, "--approvals", str(approvals))["outcome"] == "verified"


def test_in_tier_a_nobody_signs_their_own_text(desk: Path) -> None:
    """The author of the goals is not the one who agrees to them."""
    write(desk, {"tenken.yaml": MANIFEST.replace("baseline: 20", "baseline: 21")})
    commit(desk, "Hana Sato", "hana@example.com")
    signed(desk)
    commit(desk, "Hana Sato", "hana@example.com")

    assert judged(desk)["outcome"] == "verified"
    assert judged(desk, "--tier", "A")["outcome"] == "configured"


def test_a_valid_signature_is_not_replaced_by_accident(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only where somebody insists."""
    signed(desk)
    commit(desk, "Hana Sato", "hana@example.com")
    before = (desk / FILE).read_text("utf-8")

    assert signed(desk, "--days", "10") == 2
    assert "--force" in capsys.readouterr().err
    assert (desk / FILE).read_text("utf-8") == before
    assert signed(desk, "--days", "10", "--force") == 0
    assert (desk / FILE).read_text("utf-8") != before


@pytest.mark.parametrize(
    ("item", "options"),
    [
        ("9-9-9", STATEMENT),
        ("1-1-1", STATEMENT),
        ("0-1-1", ("--role", "architect", *STATEMENT)),
        ("0-1-1", ("--days", "181", *STATEMENT)),
        ("0-1-1", ("--sub", "a", *STATEMENT)),
        ("0-1-1", ("--not-needed", "No time")),
        ("0-1-1", ()),
        ("0-2-1", STATEMENT),
        ("0-1-1", ("--text", "nowhere.md", *STATEMENT)),
    ],
)
def test_what_could_never_count_is_not_written(
    desk: Path, item: str, options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """The reason is told in one line, and nothing is written."""
    assert main(["sign", item, str(desk), *HANA, *options]) == 2
    assert capsys.readouterr().err.startswith("tenken: ")
    assert not (desk / "signoffs").exists()


def test_not_needed_is_signed_with_its_reason(desk: Path) -> None:
    """Where the item foresees it."""
    options = ("--not-needed", "One provider is prescribed until spring")

    assert main(["sign", "3-2-3", str(desk), *HANA, *options]) == 0
    text = (desk / "signoffs/3-2-3-architect.yaml").read_text("utf-8")
    assert "exempts: true" in text
    assert "prescribed until spring" in text


@pytest.mark.parametrize("link", ["signoffs", FILE])
def test_nothing_is_written_through_a_link(
    desk: Path, link: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A repository cannot have a file elsewhere overwritten."""
    outside = desk.parent / "outside"
    outside.mkdir()
    victim = outside / "victim"
    victim.write_text("precious")
    (desk / link).parent.mkdir(exist_ok=True)
    (desk / link).symlink_to(outside if link == "signoffs" else victim)

    assert signed(desk) == 2
    assert capsys.readouterr().err != ""
    assert victim.read_text() == "precious"
    assert list(outside.iterdir()) == [victim]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_it_speaks_both_languages(
    desk: Path, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every line has its text, and every field is filled."""
    assert main(["--lang", language, "sign", "0-1-1", str(desk), *HANA, *STATEMENT]) == 0
    told = capsys.readouterr().err

    assert "signoff." not in told
    assert "{" not in told
    assert "hana@example.com" in told
