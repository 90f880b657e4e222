"""Which files are the application's own, and which of them speak of production."""

from tenken.readiness.facts.tree import Role

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
    parts = path.split("/")
    for depth, part in enumerate(parts[:-1]):
        if part in VENDORED_FOLDERS:
            return "/".join(parts[: depth + 1]), "vendored"
        if part in GENERATED_FOLDERS:
            return "/".join(parts[: depth + 1]), "generated"
    return (path, "generated") if parts[-1].endswith(GENERATED_SUFFIXES) else None


def role_of(path: str) -> Role:
    """Tell what a file is for, from where it stands and how it is called."""
    folders = path.split("/")[:-1]
    name = path.rpartition("/")[2]
    if any(folder in TEST_FOLDERS for folder in folders) or _is_test_name(name):
        return Role.TEST
    if any(folder in EXAMPLE_FOLDERS for folder in folders):
        return Role.EXAMPLE
    suffix = f".{name.rpartition('.')[2].lower()}"
    if any(folder in DOCUMENT_FOLDERS for folder in folders) or suffix in DOCUMENT_SUFFIXES:
        return Role.DOCUMENT
    return Role.PRODUCTION


def _is_test_name(name: str) -> bool:
    stem, _, ending = name.rpartition(".")
    return (
        name == "conftest.py"
        or (ending == "py" and (stem.startswith("test_") or stem.endswith("_test")))
        or stem.endswith((".test", ".spec"))
    )
