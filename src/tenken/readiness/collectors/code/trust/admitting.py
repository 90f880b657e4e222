"""Checks of a caller that go on with whoever fails them: a rehearsal with a bad credential."""

import ast
from collections.abc import Sequence

from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import argument, default_of, last_name
from tenken.readiness.collectors.python.walking import walk
from tenken.readiness.collectors.rehearsal.acting import How, Path, Rehearsal, TooManyPaths
from tenken.readiness.collectors.rehearsal.folding import Given
from tenken.readiness.collectors.rehearsal.surroundings import constants
from tenken.readiness.collectors.rehearsal.values import OPEN

VERIFIERS = frozenset({
    "google.oauth2.id_token.verify_oauth2_token", "google.oauth2.id_token.verify_token",
    "google.oauth2.id_token.verify_firebase_token", "jwt.decode", "jose.jwt.decode",
    "jwt.PyJWT.decode",
    "authlib.jose.jwt.decode", "firebase_admin.auth.verify_id_token", "secrets.compare_digest",
    "hmac.compare_digest", "slack_sdk.signature.SignatureVerifier.is_valid_request",
})  # fmt: skip
ANSWERING = ("compare_digest", "is_valid_request")
"""These say no; the others raise."""
SENT = frozenset({"Header", "Cookie", "Query", "Security", "Depends"})
"""Defaults by which a framework fills a parameter from the request."""


class Admitting:
    """Rehearses a dependency with a credential that is bad, and with none."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower

    def lets_in(self, function: Function) -> bool:
        """Whoever fails its check, or sends nothing, is let by on every path."""
        node = function.node
        if node is None or isinstance(node, ast.Lambda):
            return False
        checks = [one for one in function.calls if self._verifier(one, function)]
        lax = [one.arg for one in function.parameters if self._is_lax(one.arg, function)]
        scenes: list[dict[str, object]] = []
        if checks:
            scenes.append({one.arg: OPEN for one in function.parameters})
        if lax:
            scenes.append({one.arg: OPEN for one in function.parameters} | dict.fromkeys(lax))
        return any(self._passes(node.body, names, function) for names in scenes)

    def _passes(
        self, body: Sequence[ast.stmt], names: dict[str, object], function: Function
    ) -> bool:
        try:
            rehearsal = Rehearsal(lambda call, _path: self._told(call, function))
            paths = rehearsal.paths(body, constants(function) | names)
        except TooManyPaths:
            return False
        return bool(paths) and not any(_stops(one) for one in paths)

    def _told(self, call: ast.Call, function: Function) -> Sequence[Given]:
        name = self._verifier(call, function)
        if name.endswith(ANSWERING):
            return (Given(False),)
        if name:
            return (Given(raises="ValueError" if "google" in name else "InvalidTokenError"),)
        entered = self._follower.functions(call.func, function)
        if last_name(call.func) == "abort" or any(_may_refuse(one) for one in entered):
            return (Given(raises="?"), Given())
        return ()

    def _verifier(self, call: ast.Call, function: Function) -> str:
        return next(
            (one for one in self._follower.dotted(call.func, function) if one in VERIFIERS), ""
        )

    def _is_lax(self, name: str, function: Function) -> bool:
        """A credential that may be missing: `Header(default=None)`, `auto_error=False`."""
        default = default_of(name, function)
        if not isinstance(default, ast.Call) or last_name(default.func) not in SENT:
            return False
        if last_name(default.func) not in {"Depends", "Security"}:
            stated = argument(default, "default", 0)
            return isinstance(stated, ast.Constant) and not stated.value
        scheme = default.args[0] if default.args else None
        home = function.outer or function.module.top
        for value in self._follower.values(scheme, home) if scheme is not None else ():
            made = getattr(value, "call", None)
            off = argument(made, "auto_error") if isinstance(made, ast.Call) else None
            if isinstance(off, ast.Constant) and off.value is False:
                return True
        return False


def _stops(path: Path) -> bool:
    return path.how is How.RAISES


def _may_refuse(function: Function) -> bool:
    """Something in it raises or leaves: what it makes of a bad credential is not followed."""
    return function.node is not None and any(
        isinstance(one, ast.Raise)
        or (isinstance(one, ast.Call) and last_name(one.func) == "abort")
        for one in walk(function.node)
    )
