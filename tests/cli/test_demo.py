"""The first minute: short, true, in both languages; nothing stays behind but its report."""

from pathlib import Path

import pytest

from tenken.cli.demonstrating import demo
from tenken.cli.main import main

EXAMPLES = Path(__file__).parents[2] / "examples"
EXAMPLE, BEHIND = EXAMPLES / "shift-desk-before", EXAMPLES / "shift-desk"
LONGEST = 40
"""Lines that say something."""


WORDS = {
    "en": ("proved", "configured", "not met", "unknown", "make demo"),
    "ja": ("実証済み", "設定済み", "未達", "未確認", "make demo"),
}


def shown_by(language: str, html: Path) -> list[str]:
    """The command line, in one language."""
    return [
        "--lang", language, "demo", str(EXAMPLE), "--behind", str(BEHIND), "--html", str(html)
    ]  # fmt: skip


def children() -> set[str]:
    """Give the processes that this one has started and that have not ended."""
    found = Path("/proc/self/task").glob("*/children")
    return {number for file in found for number in file.read_text().split()}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_inspection_comes_first_and_needs_nothing(
    language: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Counts in five words, three lies with file:line, the report; then what is missing."""
    monkeypatch.setattr(demo, "NEEDED", ("nowhere_to_be_found",))
    html = tmp_path / "demo.html"

    assert main(shown_by(language, html)) == 2

    told = capsys.readouterr()
    lies = [line for line in told.out.splitlines() if line.startswith("  ✗ ")]
    assert [word for word in WORDS[language] if word not in told.out + told.err] == []
    assert len(lies) == 3
    assert all(":" in lie.split()[1] for lie in lies)
    assert "nowhere_to_be_found" in told.err
    assert str(html) in told.out
    assert "<html" in html.read_text("utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["demo.html"]


@pytest.mark.live
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_what_a_gateway_changes_is_proved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not met as it is, proved behind the gateway, past a dead provider; no process is left."""
    earlier = children()

    assert main(shown_by("en", tmp_path / "demo.html")) == 0

    shown = capsys.readouterr().out
    lines = shown.splitlines()
    assert len([line for line in lines if line.strip()]) <= LONGEST
    assert "scripted by us" in shown
    assert "exercised: 3-2-2 Not met, 3-2-3 Not met" in shown
    assert "gpt-4o-openai: no connection → gpt-4o-azure: answered" in shown
    assert [line.split()[0] for line in lines if "OPENAI_" in line] == ["-", "+"]
    words = [" ".join(line.split()) for line in lines if " → " in line and "3-2-" in line]
    assert [word.rpartition(" 3-2-")[0] for word in words] == [
        "✓ Proved → ✓ Proved", "✓ Proved → ✓ Proved", "✗ Not met → ✓ Proved",
        "✗ Not met → ✓ Proved",
    ]  # fmt: skip
    assert "[氏名_1]" in shown
    assert "pii.name mask 1, pii.phone mask 1, injection.direct block 1" in shown
    assert "LET SOMETHING THROUGH" not in shown
    assert [line.split()[1] for line in lines if "[PAGE]" in line or "[OVER]" in line] == [
        "[PAGE]", "end",
    ]  # fmt: skip
    assert "WAS NOT TOLD" not in shown
    assert "5-1-1, 5-3-1" in shown
    assert main(["--lang", "en", "incident", "--path", str(tmp_path / "demo")]) == 0
    assert " closed " in capsys.readouterr().out
    assert "make console   Now your own" in lines[-1]
    assert children() <= earlier


def test_without_the_example_the_demo_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    """An installed tenken has no example at hand."""
    assert main(["--lang", "en", "demo", "nowhere"]) == 2
    assert "tenken check ." in capsys.readouterr().err
