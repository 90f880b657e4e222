"""The settings on the pages of telemetry can be served, and are the same in both languages."""

import pytest
import re2

from tenken.config.load import load_manifest
from tenken.keeper.sinks.metrics.families import Families
from tenken.keeper.sinks.metrics.keeping import Kept, families
from tenken.store.rollups.totals import Ever
from tests.docs.test_guides import ROUTES
from tests.shape.source import ROOT

PAGES = ("telemetry", "datadog", "google-cloud", "prometheus", "langfuse")
BLOCK = re2.compile(r"(?s)```yaml\n(.*?)```")
FENCED = re2.compile(r"(?s)```\w+\n.*?```")
METRIC = re2.compile(r"`(tenken_[a-z_]+)")


def page(name: str, folder: str = "guides") -> str:
    return (ROOT / "docs" / folder / f"{name}.md").read_text("utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_settings_of_the_pages_are_good(name: str) -> None:
    """A key that does not exist would be refused where somebody copies it."""
    found = BLOCK.findall(page(name))

    assert found
    for block in found:
        telemetry = load_manifest(ROUTES + block, file="tenken.yaml").application.telemetry
        assert telemetry.traces or telemetry.logs or telemetry.metrics.port


@pytest.mark.parametrize("name", PAGES)
def test_both_languages_have_the_same_blocks(name: str) -> None:
    assert FENCED.findall(page(name)) == FENCED.findall(page(name, "ja"))


@pytest.mark.parametrize("folder", ["guides", "ja"])
def test_metrics_that_are_named_exist(folder: str) -> None:
    """Each of them is on the page that Prometheus reads."""
    made = [*Families(10, plain=str).of(Ever()), *families(Kept())]
    known = {metric.name for metric in made} | {"tenken_store_up"}
    named = {
        name.removesuffix("_total").removesuffix("_bucket")
        for name in METRIC.findall(page("prometheus", folder) + page("telemetry", folder))
    }

    assert named
    assert named <= known, named - known
