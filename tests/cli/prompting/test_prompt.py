"""`tenken prompt` as a person runs it."""

from pathlib import Path

import pytest

from tenken.cli.main import main
from tenken.prompts.reading import digest_of
from tests.prompts.making import text

REPLY = text(
    '{{role "user"}}\n{{question}}{{#if count}} x{{count}}{{/if}}\n',
    "{question: string, 'count?': integer}",
)
DIGEST = digest_of(REPLY)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in a folder with one prompt."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "reply.prompt").write_text(REPLY, "utf-8")
    return tmp_path


def test_versions_are_listed_with_their_labels(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `labels.yaml` names them."""
    (folder / "prompts" / "labels.yaml").write_text(f"reply: {{production: {DIGEST}}}", "utf-8")

    assert main(["prompt", "list", "--lang", "en"]) == 0
    row = capsys.readouterr().out.split()
    assert row == ["reply", DIGEST, "production", "desk", "prompts/reply.prompt"]


def test_a_prompt_says_what_it_would_say(capsys: pytest.CaptureFixture[str]) -> None:
    """A text as it stands, a number as a number."""
    given = ["--var", "question={{a}}=b", "--var", "count=2"]

    assert main(["prompt", "render", "reply", *given]) == 0
    out, err = capsys.readouterr()
    assert out == "[user]\n{{a}}=b x2\n"
    assert err == f"reply@{DIGEST}\n"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["reply"], "`--var.question` is missing"),
        (["reply", "--var", "question"], "not as question"),
        (["reply", "--var", "question=a", "--var", "count=b"], "no JSON"),
        (["reply@canary", "--var", "question=a"], "no version canary"),
        (["rply"], "nearest is reply"),
    ],
)
def test_what_does_not_fit_is_told(
    given: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """In words."""
    assert main(["prompt", "render", *given, "--lang", "en"]) == 2
    assert said in capsys.readouterr().err


def test_files_are_checked_with_the_application_s(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A prompt for a route that is not there is found before it is served."""
    assert main(["prompt", "check", "--lang", "en"]) == 0
    assert "has no label" in capsys.readouterr().err
    (folder / "tenken.yaml").write_text("routes: [{name: other}]\n", "utf-8")

    assert main(["prompt", "check", "--lang", "en"]) == 2
    assert "neither a route nor a model" in capsys.readouterr().err


def test_a_bad_file_is_told_with_its_lines(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the reader's language."""
    bad = REPLY.replace("{{question}}", "{{questio}}")
    (folder / "prompts" / "reply.prompt").write_text(bad, "utf-8")

    assert main(["prompt", "check", "--lang", "ja"]) == 2
    assert "prompts/reply.prompt:7: `questio`" in capsys.readouterr().err


def test_a_folder_without_prompts_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With where they were looked for."""
    assert main(["prompt", "list", "--path", str(tmp_path / "elsewhere"), "--lang", "en"]) == 2
    assert "elsewhere/prompts" in capsys.readouterr().err
