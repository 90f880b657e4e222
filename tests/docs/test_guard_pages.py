"""The guides to guardrails say what is so, in both languages."""

import contextlib
from pathlib import Path

import pytest
import re2

from tenken.cli.main import main
from tenken.guardrails.detectors import SHIPPED
from tenken.guardrails.policy.loading import default_policy, load_policy
from tenken.guardrails.policy.risks import shipped
from tests.guardrails.detecting import ORDER
from tests.shape.source import ROOT

POLICY = ("docs/guides/guard-policy.md", "docs/ja/guard-policy.md")
SHADOW = (("docs/guides/guard-shadow.md", "en"), ("docs/ja/guard-shadow.md", "ja"))


def blocks(page: str, kind: str) -> list[str]:
    """Give the blocks of a kind in a page."""
    text = (ROOT / page).read_text("utf-8")
    return [str(found[1]) for found in re2.finditer(rf"(?s)```{kind}\n(.*?)```", text)]


@pytest.mark.parametrize("page", POLICY)
def test_every_block_is_a_good_policy(page: str) -> None:
    """As somebody would copy it."""
    policies = [block for block in blocks(page, "yaml") if not block.startswith("tests:")]

    assert len(policies) == 6
    for block in policies:
        load_policy(block, file="guard/policy.yaml", detectors=(*SHIPPED, ORDER))


@pytest.mark.parametrize("page", POLICY)
def test_the_texts_with_expectations_meet_them(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under the policy that ships."""
    monkeypatch.chdir(tmp_path)
    (tests,) = (block for block in blocks(page, "yaml") if block.startswith("tests:"))
    (tmp_path / "tests.yaml").write_text(tests, "utf-8")

    assert main(["guard", "test", "tests.yaml"]) == 0


@pytest.mark.parametrize("page", POLICY)
def test_every_shipped_risk_is_told(page: str) -> None:
    """Each by its id, or by the family it belongs to."""
    text = (ROOT / page).read_text("utf-8")
    families = {risk.partition(".")[0] for risk in shipped()}

    assert [one for one in families if f"`{one}" not in text] == []
    assert [rule.risk for rule in default_policy().rules.values() if rule.action == "shadow"] == []


@pytest.mark.parametrize(("page", "language"), SHADOW)
def test_the_report_is_what_is_printed(
    page: str, language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Line by line."""
    (rows,), (report,), (command,) = (blocks(page, kind) for kind in ("jsonl", "text", "shell"))
    (tmp_path / "past.jsonl").write_text(rows, "utf-8")
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "policy.yaml").write_text("version: 1", "utf-8")

    with contextlib.chdir(tmp_path):
        assert main([*command.split()[1:], "--lang", language]) == 0
    assert capsys.readouterr().out == report
