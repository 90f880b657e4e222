"""Clients that are given the cloud's short-lived tokens in place of a key."""

import ast
from collections.abc import Sequence

from tenken.place import Place
from tenken.readiness.collectors.code.models.clients import Used
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.syntax import argument, last_name
from tenken.readiness.collectors.python.values import Environment, Literal, Made
from tenken.readiness.collectors.python.walking import walk

PROVIDERS = ("azure_ad_token_provider", "azure_ad_async_token_provider")
CREDENTIALS = frozenset({
    "DefaultAzureCredential", "ManagedIdentityCredential", "WorkloadIdentityCredential",
    "AzureDeveloperCliCredential", "ChainedTokenCredential", "get_bearer_token_provider",
})  # fmt: skip
"""Of `azure.identity`: none of them is a key."""
KEYS = ("api_key", "azure_ad_token")


def by_token(used: Sequence[Used], follower: Follower) -> Place | None:
    """Where the client is built so, where every one that a call may use is; None else."""
    places = [_of_one(one, follower) for one in used]
    return places[0] if places and all(places) else None


def by_key(used: Sequence[Used], follower: Follower) -> Place | None:
    """Where a client that a call may use is given a variable or a file as its key."""
    for one in used:
        made = one.built
        node = argument(made.call, "api_key") if made is not None else None
        if made is None or node is None or argument(made.call, "base_url") is not None:
            continue  # what another server takes as its key is told by that server
        values = follower.values(node, made.scope)
        if any(isinstance(value, Environment) for value in values) or _is_read(node):
            return made.scope.module.place(made.call)
    return None


def _is_read(node: ast.expr) -> bool:
    """`open("key.txt").read()`, `Path("key.txt").read_text()`."""
    return any(
        isinstance(part, ast.Call) and last_name(part.func) in {"open", "read_text"}
        for part in ast.walk(node)
    )


def _of_one(used: Used, follower: Follower) -> Place | None:
    if used.built is None or not hasattr(used.built.call, "lineno"):
        return None
    call, scope = used.built.call, used.built.scope
    if any(keyword.arg is None for keyword in call.keywords):
        return None  # `**options` may hold a key
    given = [node for name in PROVIDERS if (node := argument(call, name)) is not None]
    keys = [node for name in KEYS if (node := argument(call, name)) is not None]
    credentials = [node for node in keys if _is_credential(node, used, follower)]
    if len(credentials) < len(keys) or not all(_is_there(it, used, follower) for it in given):
        return None
    named = argument(call, "credential")
    if named is not None and _is_credential(named, used, follower):
        credentials.append(named)
    return scope.module.place(call) if given or credentials else None


def _is_there(node: ast.expr, used: Used, follower: Follower) -> bool:
    """No way leads to `None`, with which the client looks for a key in the environment."""
    if used.built is None or any(
        isinstance(part, ast.Constant) and part.value is None for part in walk(node)
    ):
        return False
    values = follower.values(node, used.built.scope)
    return not any(isinstance(value, Literal) for value in values)


def _is_credential(node: ast.expr, used: Used, follower: Follower) -> bool:
    values = list(follower.values(node, used.built.scope)) if used.built else []
    return bool(values) and all(
        isinstance(value, Made)
        and value.dotted.startswith("azure.identity")
        and value.dotted.rpartition(".")[2] in CREDENTIALS
        for value in values
    )
