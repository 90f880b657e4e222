"""Frameworks of a messenger that verify the signature of each request themselves."""

import ast
from collections.abc import Iterator

from tenken.readiness.collectors.code.reading import Reading
from tenken.readiness.collectors.code.use import Uses
from tenken.readiness.collectors.python.syntax import argument, last_name
from tenken.readiness.facts.code import TokenCheck

SLACK = "slack_bolt"
APPLICATIONS = frozenset({"App", "AsyncApp"})
SWITCH = "request_verification_enabled"


def signed(reading: Reading) -> Iterator[TokenCheck]:
    """Give the applications of Slack that are given a signing secret and are in use."""
    uses = Uses(reading)
    for module in reading.production:
        for call, scope in module.calls_that(_makes_application):
            known = reading.follower.dotted(call.func, scope)
            if not any(one.startswith(SLACK) for one in known) or not uses.is_entered(scope):
                continue
            if not _is_empty(argument(call, "signing_secret")):
                switch = argument(call, SWITCH)
                verifies = not (isinstance(switch, ast.Constant) and switch.value is False)
                yield TokenCheck(
                    place=module.place(call), how=f"{SLACK}.{last_name(call.func)}",
                    verifies=verifies, by_itself=True,
                )  # fmt: skip


def _makes_application(call: ast.Call) -> bool:
    return last_name(call.func) in APPLICATIONS


def _is_empty(node: ast.expr | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and not node.value)
