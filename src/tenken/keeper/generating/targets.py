"""Every target that files can be made for, in one list."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tenken.keeper.generating.alertmanager import alertmanager
from tenken.keeper.generating.cloud_monitoring import cloud_monitoring
from tenken.keeper.generating.cloudwatch.alarms import cloudwatch
from tenken.keeper.generating.datadog import datadog
from tenken.keeper.generating.given import Generated, Given, Target
from tenken.keeper.generating.grafana import grafana
from tenken.keeper.generating.openslo import openslo
from tenken.keeper.generating.prometheus import prometheus

TARGETS: Mapping[Target, Callable[[Given], Generated]] = MappingProxyType(
    {
        "prometheus": prometheus,
        "alertmanager": alertmanager,
        "datadog": datadog,
        "cloud-monitoring": cloud_monitoring,
        "cloudwatch": cloudwatch,
        "grafana": grafana,
        "openslo": openslo,
    }
)
