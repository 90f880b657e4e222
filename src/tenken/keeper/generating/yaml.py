"""Writes YAML as people read it: keys in the order given, long lines whole."""

from collections.abc import Mapping, Sequence

import yaml

Plain = str | int | float | bool | None | Sequence["Plain"] | Mapping[str, "Plain"]
WHOLE = 10_000
"""No line is folded: a folded expression cannot be searched for."""


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Indent a list like everything else."""
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        """Write the same value twice in full."""
        return True


def written(value: Plain, *, comment: str = "") -> str:
    """Give YAML, below a comment."""
    head = "".join(f"# {line}\n".replace("# \n", "#\n") for line in comment.splitlines())
    body = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WHOLE)
    return head + body
