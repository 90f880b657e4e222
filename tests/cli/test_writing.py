"""What a person asked to have written is written there, and nowhere else."""

from pathlib import Path

import pytest

from tenken.cli.main import main
from tenken.cli.writing import write_text
from tenken.errors import UsageError
from tests.readiness.repositories import repository


@pytest.mark.parametrize("option", ["--html", "--out", "--write-baseline"])
def test_a_repository_leads_no_report_out_of_itself(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`report.html` of a stranger is a link to a file of whoever inspects."""
    own = tmp_path / "profile"
    own.write_text("mine\n")
    folder = repository(tmp_path / "r", {"main.py": "x = 1\n"})
    (folder / "report.html").symlink_to(own)
    (folder / "other.html").symlink_to(tmp_path / "nothing-yet")

    for name in ("report.html", "other.html"):
        arguments = ["check", str(folder), "-q", "-f", "json", option, str(folder / name)]
        assert main([*arguments, "--lang", "en"]) == 2
        assert f"{name} is a link" in capsys.readouterr().err

    assert own.read_text() == "mine\n"
    assert not (tmp_path / "nothing-yet").exists()


def test_a_link_that_appears_in_between_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is opened as it was looked at."""
    link = tmp_path / "out.txt"
    link.symlink_to(tmp_path / "elsewhere")
    monkeypatch.setattr(Path, "is_symlink", lambda _: False)

    with pytest.raises(UsageError):
        write_text(link, "x")

    assert list(tmp_path.iterdir()) == [link]


def test_the_standard_output_may_be_named(capfd: pytest.CaptureFixture[str]) -> None:
    """It is a link as well."""
    write_text(Path("/dev/stdout"), "said\n")

    assert capfd.readouterr().out == "said\n"


@pytest.mark.parametrize(
    ("path", "said"),
    [("nowhere.json", "ファイルまたはフォルダーがない"), (".", "フォルダーである")],
)
def test_why_a_file_cannot_be_read_is_in_the_reader_s_language(
    path: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not in the words of the system's library."""
    named = str(tmp_path / path)

    assert main(["diff", named, named, "--lang", "ja"]) == 2
    assert capsys.readouterr().err.strip() == f"tenken: {named} を読めない: {said}".replace(
        f"{tmp_path}/. ", f"{tmp_path} "
    )
