"""The files of the quickstart are served as they stand, in both languages."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import re2

from tenken.cli.serving.served import Files
from tests.shape.source import ROOT

PAGES = ("docs/quickstart.md", "docs/ja/quickstart.md")
BLOCK = re2.compile(r"(?s)```yaml\n(.*?)```")
NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", PAGES)
def test_the_two_files_are_a_gateway(name: str, tmp_path: Path) -> None:
    """A dead provider first, then one that answers; the others stand in its place later."""
    platform, manifest, own = BLOCK.findall((ROOT / name).read_text(encoding="utf-8"))
    (tmp_path / "platform.yaml").write_text(platform, "utf-8")
    (tmp_path / "tenken.yaml").write_text(manifest, "utf-8")
    files = Files(folder=tmp_path)

    plan = files.plan(files.texts(), files.manifest(NOW.date()), NOW)

    assert plan.routes["gpt-4o-mini"].targets == ("first", "second")
    assert plan.targets["first"].origin.port == 9091
    assert plan.targets["second"].origin.port == 9090
    assert "OPENAI_PROVIDER_KEY" in own
