"""Copies of a file share what follows from its text, and nothing that follows from its place."""

import ast
from itertools import product

from tenken.readiness.collectors.code.collect import begin, share_of_tests, told_by_tests
from tenken.readiness.collectors.python.modules import Module, Project
from tenken.readiness.collectors.python.walking import same
from tenken.readiness.facts.code import Auth
from tests.readiness.applications import facts_of
from tests.readiness.trees import FakeTree

ROUTER = (
    "from fastapi import APIRouter\n"
    "router = APIRouter()\n"
    "@router.post('/ask')\n"
    "def ask(q: str):\n    return q\n"
)
GUARD = (
    "from fastapi import Header, HTTPException\n"
    "def caller(authorization: str = Header()):\n"
    "    if authorization != KEY:\n        raise HTTPException(401)\n"
)
OPEN = (
    "from fastapi import Depends, FastAPI\n"
    "from {service}.guard import caller\n"
    "from {service}.routes import router\n"
    "app = FastAPI()\n"
    "app.include_router(router)\n"
)
GUARDED = OPEN.replace("(router)", "(router, dependencies=[Depends(caller)])")
PIECES = (
    "a", "a.b", "a + b", "a - b", "f(x=1)", "f(x=1, **k)", "f(y=1)", "1", "1.0", "True", "'1'",
    "[a, b]", "(a, b)", "{'a': 1}", "{**a}", "lambda x: x", "f'{a}'", "f'{a!r}'", "a if b else c",
)  # fmt: skip


def test_a_router_is_guarded_where_its_own_application_guards_it() -> None:
    """The other service holds the same files, and lets everybody in."""
    facts = facts_of({
        "shut/routes.py": ROUTER, "shut/guard.py": GUARD,
        "shut/main.py": GUARDED.format(service="shut"),
        "wide/routes.py": ROUTER, "wide/guard.py": GUARD,
        "wide/main.py": OPEN.format(service="wide"),
    })  # fmt: skip

    told = {route.place.path: route.auth for route in facts.routes}
    assert told == {"shut/routes.py": Auth.REQUIRED, "wide/routes.py": Auth.NONE}


def test_an_override_takes_out_the_guard_of_its_own_application() -> None:
    """A scheme made in two copies of a file is two schemes."""
    scheme = "from fastapi.security import APIKeyHeader\nkey = APIKeyHeader(name='X-Key')\n"
    main = (
        "from fastapi import Depends, FastAPI\n"
        "from {service}.keys import key\n"
        "app = FastAPI()\n"
        "@app.post('/ask', dependencies=[Depends(key)])\n"
        "def ask(q: str):\n    return q\n"
    )
    facts = facts_of({
        "kept/keys.py": scheme, "kept/main.py": main.format(service="kept"),
        "gone/keys.py": scheme,
        "gone/main.py": main.format(service="gone")
        + "app.dependency_overrides[key] = lambda: 1\n",
    })  # fmt: skip

    told = {route.place.path: route.auth for route in facts.routes}
    assert told["kept/main.py"] is Auth.UNKNOWN
    assert told["gone/main.py"] is not Auth.UNKNOWN


def test_copies_share_their_tree_and_are_modules_of_their_own() -> None:
    """The tree is read once; names, functions and places belong to each."""
    tree = FakeTree({"a/tool.py": ROUTER, "b/tool.py": ROUTER})
    project = Project(tree, tree.entries)
    one, other = project.module("a/tool.py"), project.module("b/tool.py")

    assert isinstance(one, Module)
    assert isinstance(other, Module)
    assert one.tree is other.tree
    assert [it.qualname for it in one.functions] == ["a.tool", "a.tool.ask"]
    assert [it.qualname for it in other.functions] == ["b.tool", "b.tool.ask"]
    assert not set(one.functions) & set(other.functions)
    assert one.place(one.tree.body[0]).path == "a/tool.py"


def test_tests_are_let_go_of_and_told_again_alike() -> None:
    """What another module leads to stays; whatever is asked a second time says the same."""
    tree = FakeTree({
        "app.py": "from openai import OpenAI\n"
        "def ask(q):\n    return OpenAI().responses.create(model='m', input=q)\n",
        "tests/test_ask.py": "from app import ask\nfrom tests.shared import check\n"
        "def test_ask():\n    check(ask('a'))\n",
        "tests/shared.py": "def test_itself():\n    assert ask\ndef check(a):\n    assert a\n",
    })  # fmt: skip
    begun = begin(tree)
    files = share_of_tests(begun, 0)

    first = told_by_tests(begun, files)
    loaded = {module.path for module in begun.reading.follower.project.loaded}

    assert files == ("tests/shared.py", "tests/test_ask.py")
    assert "tests/test_ask.py" not in loaded
    assert [(it.name, it.calls_model) for it in first] == [
        ("test_itself", False), ("test_ask", True),
    ]  # fmt: skip
    assert told_by_tests(begun, files) == first
    assert share_of_tests(begun, 1) == ()


def test_what_is_written_the_same_has_the_same_dump() -> None:
    """The two ways of telling agree, for every two of these."""
    nodes = [ast.parse(piece, mode="eval").body for piece in (*PIECES, *PIECES)]

    for one, other in product(nodes, nodes):
        assert same(one, other) is (ast.dump(one) == ast.dump(other))
