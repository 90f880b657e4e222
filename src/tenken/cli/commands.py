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
        "diff": "tenken.cli.diff",
        "fleet": "tenken.cli.fleet",
        "demo": "tenken.cli.demo",
    }
)
"""Command → module. Its function of the same name is the command, its help is `cli.<name>`."""
