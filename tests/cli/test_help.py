"""Help and usage errors speak the reader's language, Typer's own words included."""

import pytest

from tenken.cli.main import main


def test_help_is_japanese_throughout(capsys: pytest.CaptureFixture[str]) -> None:
    """No heading, default or option of Typer's own stays English."""
    assert main(["sign", "--help", "--lang", "ja"]) == 0

    shown = capsys.readouterr().out
    for word in (
        "使い方: tenken sign",
        "引数:",
        "オプション:",
        "[必須]",
        "[既定: .]",
        "このヘルプ",
    ):
        assert word in shown
    for word in ("Usage", "Options", "Arguments", "required", "Show this"):
        assert word not in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["explain"], "`ITEM` is missing", id="argument"),
        pytest.param(["sign", "4-1-1"], "`--name` is missing", id="option"),
        pytest.param(
            ["sign", "4-1-1", "--name", "A", "--email", "a@example.com", "--days", "soon"],
            "`--days` takes a number, 0 or more",
            id="value",
        ),
        pytest.param(
            ["prove", "3-2-2", "--provider-port", "99999"],
            "`--provider-port` takes a number from 0 to 65535",
            id="out of bounds",
        ),
        pytest.param(
            ["check", ".", "too", "many"], "One argument too many: too many", id="too many"
        ),
        pytest.param(["check", ".", "."], "One argument too many: .;", id="a dot too many"),
    ],
)
def test_a_usage_error_names_the_option_and_the_help(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is wrong, and the help of the very command."""
    assert main([*arguments, "--lang", "en"]) == 2

    told = capsys.readouterr().err
    assert said in told
    assert f"See: tenken {arguments[0]} --help" in told


def test_what_lacks_its_value_is_told_in_japanese(capsys: pytest.CaptureFixture[str]) -> None:
    """No sentence of Typer's own stands in it."""
    assert main(["items", "--compare", "gke", "--lang", "ja"]) == 2
    assert "`--compare` の後に必要な値がない" in capsys.readouterr().err


def test_a_usage_names_what_belongs_there(capsys: pytest.CaptureFixture[str]) -> None:
    """In capitals as the help lists it, without braces; what may be left out in brackets."""
    assert main(["overlay", "--help", "--lang", "en"]) == 0

    told = capsys.readouterr().out
    assert told.startswith("Usage: tenken overlay [OPTIONS] ACTION [SUBJECT] [CHANGE]\n")
    assert "  ACTION   What to do" in told
