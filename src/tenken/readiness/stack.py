"""Which stack's guide fits what was found."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

from tenken.readiness.facts.infrastructure import Platform
from tenken.readiness.facts.survey import Survey

FIRST = "cloud-run-datadog"
GUIDES: Mapping[Platform, str] = MappingProxyType(
    {
        Platform.CLOUD_RUN: "cloud-run-datadog",
        Platform.KUBERNETES: "gke",
        Platform.ECS: "ecs",
    }
)


def guide_for(survey: Survey) -> str:
    """The guide of the platform that most workloads run on; the first one where none is known."""
    platforms = Counter(
        GUIDES[workload.platform]
        for workload in survey.infrastructure.workloads
        if workload.platform in GUIDES
    )
    return platforms.most_common(1)[0][0] if platforms else FIRST
