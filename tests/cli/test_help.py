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
        pytest.param(["explain"], "`item` is missing", id="argument"),
        pytest.param(["sign", "4-1-1"], "`--name` is missing", id="option"),
        pytest.param(
            ["sign", "4-1-1", "--name", "A", "--email", "a@example.com", "--days", "soon"],
            "The value of `--days` is not one that it takes",
            id="value",
        ),
        pytest.param(["check", ".", "too", "many"], "cannot be read: ", id="too many"),
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
