"""The pages on prompts: their prompts are read, and what they show is what comes out."""

from pathlib import Path

import pytest

from tenken.cli.main import main
from tenken.gateway.prompting.bodies import FORMS
from tenken.pattern import Pattern
from tenken.prompts.prompt import Prompt
from tenken.prompts.reading import CONFIG, INPUT, read_prompt

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("reference/prompts.md", "guides/prompts.md", "ja/prompts.md")
BLOCK = Pattern(r"(?s)```text\n(---\n.*?)```")
SHOWN = Pattern(r"(?s)tenken prompt render reply --var (\w+)=\"(.*?)\"\n```\n\n```text\n(.*?)```")


def text(page: str) -> str:
    return (DOCS / page).read_text("utf-8")


def prompts(page: str) -> list[Prompt]:
    return [read_prompt(one, file="prompts/reply.prompt") for one in BLOCK.findall(text(page))]


@pytest.mark.parametrize("page", PAGES)
def test_prompts_on_a_page_are_good(page: str) -> None:
    """As a gateway reads them."""
    assert [one.model for one in prompts(page)] == ["answer"]


@pytest.mark.parametrize("page", PAGES[1:])
def test_what_is_shown_is_what_comes_out(
    page: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of the command, word for word."""
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "reply.prompt").write_text(BLOCK.findall(text(page))[0], "utf-8")
    ((name, value, shown),) = SHOWN.findall(text(page))

    given = ["--var", f"{name}={value}", "--path", str(tmp_path)]
    assert main(["prompt", "render", "reply", *given]) == 0
    assert capsys.readouterr().out.strip() == shown.strip()


def test_every_setting_and_api_is_on_the_page() -> None:
    """None is known to the code alone."""
    page = text("reference/prompts.md")
    named = (*CONFIG, *(f"input.{name}" for name in INPUT))
    assert [one for one in named if f"`{one}`" not in page] == []
    assert [form.turns for form in FORMS.values() if f"`{form.turns}`" not in page] == []
