"""The first minute: short, true, in both languages; nothing stays behind but its report."""

from pathlib import Path

import pytest

from tenken.cli.main import main

EXAMPLE = Path(__file__).parents[2] / "examples/shift-desk-before"
LONGEST = 40


WORDS = {
    "en": ("proved", "configured", "not met", "unknown", "Now your own"),
    "ja": ("実証済み", "設定済み", "未達", "未確認", "次は自分の"),
}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_demo_tells_the_first_minute(
    language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Counts in five words, three lies with file:line, next actions, the report, and your turn."""
    html = tmp_path / "demo.html"

    assert main(["--lang", language, "demo", str(EXAMPLE), "--html", str(html)]) == 0

    shown = capsys.readouterr().out
    lines = shown.splitlines()
    assert len(lines) <= LONGEST
    assert [word for word in WORDS[language] if word not in shown] == []
    lies = [line for line in lines if line.startswith("  ✗ ")]
    assert len(lies) == 3
    assert all(":" in lie.split()[1] for lie in lies)
    assert WORDS[language][-1] in lines[-1]
    assert str(html) in shown
    assert "<html" in html.read_text("utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["demo.html"]


def test_without_the_example_the_demo_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    """An installed tenken has no example at hand."""
    assert main(["--lang", "en", "demo", "nowhere"]) == 2
    assert "tenken check ." in capsys.readouterr().err
