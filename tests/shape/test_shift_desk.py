"""The example behind the gateway is the example as found, but for what its README names."""

from difflib import ndiff
from pathlib import Path

from tests.shape.source import ROOT

BEFORE = ROOT / "examples" / "shift-desk-before"
AFTER = ROOT / "examples" / "shift-desk"
ADDED = {"guard/policy.yaml", "platform.yaml", "requests.yaml", "tenken.yaml"}
CHANGED = {
    ".env.example": [
        "- OPENAI_API_KEY=your-key-here",
        "- # OPENAI_BASE_URL=http://127.0.0.1:9000/v1",
        "+ OPENAI_API_KEY=the-key-that-tenken-keys-add-printed",
        "+ OPENAI_BASE_URL=http://127.0.0.1:8100/v1",
    ],
    ".gitignore": ["+ .tenken/"],
    "terraform/cloud_run.tf": [
        '+         name  = "OPENAI_BASE_URL"',
        '+         value = "https://llm-gateway.example.jp/v1"',
        "+       }",
        "+       env {",
    ],
}
"""Where the application runs, the base URL is a setting, and the key the content of its secret."""
CACHES = {"__pycache__", ".pytest_cache", ".ruff_cache", ".tenken", ".venv"}


def files(folder: Path) -> dict[str, str]:
    """Give the text of every file of an application, by its path."""
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not CACHES & {*path.relative_to(folder).parts}
    }


def test_only_two_settings_differ() -> None:
    """No line of code is another one; to change one of the two means to change both."""
    before, after = files(BEFORE), files(AFTER)
    differing = {
        path: [
            line
            for line in ndiff(before[path].splitlines(), after[path].splitlines())
            if line.startswith(("+ ", "- "))
        ]
        for path in before.keys() & after.keys()
        if path != "README.md" and before[path] != after[path]
    }

    assert after.keys() - before.keys() == ADDED
    assert before.keys() - after.keys() == set()
    assert {path: sorted(lines) for path, lines in differing.items()} == {
        path: sorted(lines) for path, lines in CHANGED.items()
    }
