"""The commands and where each lives; a module is imported when its command is run, not before.

`tenken --help` reads this table alone, so the help stays fast however much a command needs.
"""

from collections.abc import Mapping
from types import MappingProxyType

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "check": "tenken.cli.check",
        "explain": "tenken.cli.explain",
        "items": "tenken.cli.items",
        "init": "tenken.cli.init",
        "sign": "tenken.cli.sign",
        "prove": "tenken.cli.proving.prove",
        "observe": "tenken.cli.observing.observe",
        "diff": "tenken.cli.diff",
        "fleet": "tenken.cli.fleet",
        "fake-provider": "tenken.cli.proving.fake_provider",
        "fault-proxy": "tenken.cli.proving.fault_proxy",
        "demo": "tenken.cli.demonstrating.demo",
        "ask": "tenken.cli.asking.ask",
        "gateway": "tenken.cli.serving.gateway",
        "serve": "tenken.cli.serving.serve",
        "keeper": "tenken.cli.operating.keeper",
        "apply": "tenken.cli.serving.apply",
        "console": "tenken.cli.consoling.console",
        "overlay": "tenken.cli.operating.overlay",
        "kpi": "tenken.cli.operating.kpi",
        "alerts": "tenken.cli.alerting.alerts",
        "incident": "tenken.cli.alerting.incident",
        "slo": "tenken.cli.slo.slo",
        "ledger": "tenken.cli.ledger.ledger",
        "journal": "tenken.cli.serving.journal",
        "keys": "tenken.cli.serving.keys",
        "models": "tenken.cli.models.models",
        "guard": "tenken.cli.guarding.guard",
        "prompt": "tenken.cli.prompting.prompt",
        "embedded": "tenken.cli.models.embedded",
    }
)
"""Command → module. Its function of the same name (`_` for `-`) is the command, its help is
`cli.<name>`."""
