"""Code that a policy names belongs to the settings: to their version, and to what is published."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tenken.cli.serving.guarding import _made
from tenken.cli.serving.published import Published, Settings, publish
from tenken.cli.serving.served import Files
from tenken.errors import Malformed
from tenken.gateway.plan import Plan
from tests.cli.plugging.test_plugged import FILE, GOOD, POLICY
from tests.cli.serving.test_gateway import DESK, PLATFORM

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "platform.yaml").write_text(PLATFORM.format(url="http://127.0.0.1:9/v1"))
    (tmp_path / "tenken.yaml").write_text(DESK)
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard/policy.yaml").write_text(POLICY)
    (tmp_path / FILE).write_text(GOOD)
    return tmp_path


def plan(files: Files) -> Plan:
    """Resolve what the files say now."""
    texts = files.texts()
    return files.plan(texts, texts.manifest(NOW.date()), NOW)


def test_another_file_is_another_version(desk: Path) -> None:
    """It is looked for like the policy itself; a mistake in it refuses the settings."""
    files = Files(folder=desk)
    before, first, seen = files.texts(), plan(files).version, files.changed(files.texts())
    (desk / FILE).write_text(f"{GOOD}\n# mended\n")

    assert files.changed(before) != seen
    assert plan(files).version != first
    (desk / FILE).write_text("def inspect(): ...\n")
    with pytest.raises(Malformed) as told:
        plan(files)
    assert [one.sentence.id for one in told.value.problems] == ["guard.code_signature"]
    _made.cache_clear()


def test_what_is_published_of_it_is_its_digest(desk: Path) -> None:
    """Workers run the file that was found good, or say that it is another one."""
    files = Files(folder=desk)
    version = plan(files).version
    publish(files.state, Settings(version=version, texts=files.texts()))
    published = Published(folder=desk)

    assert b"_exit" in GOOD.encode()
    assert b"_exit" not in (files.state / "settings.json").read_bytes()
    assert plan(published).version == version
    _made.cache_clear()
    (desk / FILE).write_text(f"{GOOD}\n# mended\n")
    with pytest.raises(Malformed) as told:
        plan(published)
    assert [one.sentence.id for one in told.value.problems] == ["guard.code_changed"]
    _made.cache_clear()
