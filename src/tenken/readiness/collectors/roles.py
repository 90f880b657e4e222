"""Which files are the application's own, and which of them speak of production."""

from functools import lru_cache

from tenken.readiness.facts.tree import Role

FOLDERS = 4_096
"""Folders whose files were last asked about: those of one folder stand one after the other."""
VENDORED_FOLDERS = frozenset({
    "node_modules", "vendor", "third_party", "third-party", "thirdparty", "site-packages",
    "bower_components", ".venv", "venv", "virtualenv", ".tox", ".nox", "__pypackages__",
    "jspm_packages", "Pods", ".yarn", ".pnpm-store",
})  # fmt: skip
GENERATED_FOLDERS = frozenset({
    "dist", "build", "out", ".next", ".nuxt", ".terraform", "__pycache__", "coverage", "htmlcov",
    "target", ".eggs", "storybook-static", ".svelte-kit", ".serverless", "cdk.out",
})  # fmt: skip
GENERATED_SUFFIXES = (
    ".min.js", ".min.css", ".bundle.js", ".map", "_pb2.py", "_pb2_grpc.py", ".pb.go",
    "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "poetry.lock", "uv.lock", "Pipfile.lock",
    "Cargo.lock", "go.sum",
)  # fmt: skip
TEST_FOLDERS = frozenset({
    "test", "tests", "__tests__", "testing", "spec", "specs", "e2e", "fixtures", "testdata",
    "__mocks__", "mocks", "integration_tests", "unit_tests", "bench", "benches", "benchmark",
    "benchmarks",
})  # fmt: skip
EXAMPLE_FOLDERS = frozenset({
    "example", "examples", "sample", "samples", "demo", "demos", "tutorial", "tutorials",
    "template", "templates_example", "cookbook", "notebooks", "playground", "sandbox",
})  # fmt: skip
DOCUMENT_FOLDERS = frozenset(
    {"doc", "docs", "documentation", "wiki", "adr", "runbooks", "postmortems"}
)
DOCUMENT_SUFFIXES = frozenset({".md", ".mdx", ".rst", ".adoc", ".txt", ".mmd", ".puml"})


def left_out_because(path: str) -> tuple[str, str] | None:
    """Give (folder or file, reason) where a path is vendored or generated, else None."""
    folder, _, name = path.rpartition("/")
    if (reason := _left_out_with(folder)) is not None:
        return reason
    return (path, "generated") if name.endswith(GENERATED_SUFFIXES) else None


def role_of(path: str) -> Role:
    """Tell what a file is for, from where it stands and how it is called."""
    folder, _, name = path.rpartition("/")
    role = _role_in(folder)
    if role is Role.TEST or _is_test_name(name):
        return Role.TEST
    if role is Role.EXAMPLE:
        return role
    suffix = f".{name.rpartition('.')[2].lower()}"
    return Role.DOCUMENT if suffix in DOCUMENT_SUFFIXES else role


@lru_cache(maxsize=FOLDERS)
def _left_out_with(folder: str) -> tuple[str, str] | None:
    parts = folder.split("/")
    for depth, part in enumerate(parts):
        if part in VENDORED_FOLDERS:
            return "/".join(parts[: depth + 1]), "vendored"
        if part in GENERATED_FOLDERS:
            return "/".join(parts[: depth + 1]), "generated"
    return None


@lru_cache(maxsize=FOLDERS)
def _role_in(folder: str) -> Role:
    """The role of what stands in a folder, as far as its name does not say otherwise."""
    folders = folder.split("/")
    if not TEST_FOLDERS.isdisjoint(folders):
        return Role.TEST
    if not EXAMPLE_FOLDERS.isdisjoint(folders):
        return Role.EXAMPLE
    return Role.PRODUCTION if DOCUMENT_FOLDERS.isdisjoint(folders) else Role.DOCUMENT


def _is_test_name(name: str) -> bool:
    stem, _, ending = name.rpartition(".")
    return (
        name == "conftest.py"
        or (ending == "py" and (stem.startswith("test_") or stem.endswith("_test")))
        or stem.endswith((".test", ".spec"))
    )
