"""What entering a function gives is worked out once for all scenes that tell nothing of it."""

import ast

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tenken.readiness.collectors.code.reading import read
from tenken.readiness.collectors.code.trust.strangers import Strangers
from tenken.readiness.collectors.python.modules import Function
from tests.readiness.trees import FakeTree

HEAD = """\
import os
import jwt
from fastapi import FastAPI, Header, HTTPException, Request

SKIP = os.environ.get("SKIP") == "1"
MODE = os.environ["MODE"]
"""
TESTS = st.sampled_from(["SKIP", "not SKIP", "MODE", "request.headers.get('x-role') == 'admin'"])
ENTERS = st.sampled_from(["inner", "deep", "outer"]).map("{}(request, token)".format)
ENDS = st.sampled_from(["return None", "raise HTTPException(401)", "jwt.decode(token, 'k')"])
STEPS = ENTERS | st.builds("if {}: {}".format, TESTS, ENTERS | ENDS)
BODIES = st.builds(lambda steps, end: [*steps, end], st.lists(STEPS, max_size=2), ENDS)


class Afresh(Strangers):
    """Takes every scene to tell something of every function."""

    def below(self, function: Function, depth: int) -> frozenset[ast.AST]:
        """Every function that there is."""
        assert depth >= 0
        return frozenset(one.node for one in function.module.functions if one.node is not None)


def _refuses(node: ast.AST) -> bool:
    return isinstance(node, ast.Raise)


def _module(bodies: dict[str, list[str]]) -> str:
    made = "\n".join(
        f"def {name}(request: Request, token: str = Header(None)):\n    " + "\n    ".join(body)
        for name, body in bodies.items()
    )
    return f"{HEAD}\n{made}\n"


LET_BY = ["if SKIP: return None", "raise HTTPException(401)"]


@example({"deep": LET_BY, "inner": ["deep(request, token)"], "outer": ["inner(request, token)"]})
@settings(max_examples=40)
@given(st.fixed_dictionaries({"inner": BODIES, "deep": BODIES, "outer": BODIES}))
def test_a_way_by_is_the_same_as_with_every_scene_played_afresh(
    bodies: dict[str, list[str]],
) -> None:
    """Checks that call each other, in circles too, under settings and headers."""
    reading = read(FakeTree({"app/main.py": _module(bodies)}))
    (module,) = reading.production
    once, afresh = (kind(reading.follower, _refuses) for kind in (Strangers, Afresh))

    for function in module.functions[1:]:
        for depended in (True, False):
            told, fresh = (one.way_by(function, depended=depended) for one in (once, afresh))
            assert (told and (told.auth, told.node)) == (fresh and (fresh.auth, fresh.node))
