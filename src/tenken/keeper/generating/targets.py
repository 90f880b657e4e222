"""Every target that files can be made for, in one list."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tenken.keeper.generating.alertmanager import alertmanager
from tenken.keeper.generating.given import Generated, Given, Target
from tenken.keeper.generating.openslo import openslo
from tenken.keeper.generating.prometheus import prometheus

TARGETS: Mapping[Target, Callable[[Given], Generated]] = MappingProxyType(
    {
        "prometheus": prometheus,
        "alertmanager": alertmanager,
        "openslo": openslo,
    }
)
