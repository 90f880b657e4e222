"""A link to a forge is given only where it is sure to show the line that was inspected."""

import pytest
from msgspec.structs import replace

from tenken.place import Place
from tenken.readiness.report.html.source import source_link
from tests.readiness.report.build import COMMIT, report

AT = f"https://github.com/example/shift-desk/blob/{COMMIT}"


@pytest.mark.parametrize(
    ("prefix", "path", "line", "expected"),
    [
        pytest.param("", "app/llm.py", 3, "/app/llm.py#L3", id="a line"),
        pytest.param("", "app/llm.py", 0, "/app/llm.py", id="a file"),
        pytest.param("svc", "app.py", 1, "/svc/app.py#L1", id="a folder of a monorepo"),
        pytest.param("svc/a", "../../ci.yml", 1, "/ci.yml#L1", id="above the service"),
        pytest.param("", "文書/a b.md", 1, "/%E6%96%87%E6%9B%B8/a%20b.md#L1", id="quoted"),
        pytest.param("", 'x"><b>', 1, "/x%22%3E%3Cb%3E#L1", id="hostile"),
    ],
)
def test_addresses(prefix: str, path: str, line: int, expected: str) -> None:
    """From the repository's top, percent-encoded."""
    assert source_link(report(prefix=prefix), Place(path, line)) == f"{AT}{expected}"


def test_gitlab_has_an_address_of_its_own() -> None:
    """The other forge that we know."""
    plain = report(prefix="")
    remote = replace(plain.repository, remote="gitlab.com/group/sub/project.git")

    assert source_link(replace(plain, repository=remote), Place("a.py", 2)) == (
        f"https://gitlab.com/group/sub/project/-/blob/{COMMIT}/a.py#L2"
    )


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        pytest.param({"remote": None}, "a.py", id="no remote"),
        pytest.param({"remote": "git.example.com/a/b"}, "a.py", id="a forge we do not know"),
        pytest.param({"remote": "github.com"}, "a.py", id="no project"),
        pytest.param({"commit": None}, "a.py", id="no commit"),
        pytest.param({"dirty_paths": ("a.py",)}, "a.py", id="changed since the commit"),
        pytest.param({}, "../../../a.py", id="out of the repository"),
        pytest.param({}, "a\\xff.py", id="a name that is no text"),
    ],
)
def test_no_address_is_better_than_a_guess(changes: dict[str, str], path: str) -> None:
    """Where the line cannot be known to be there, it is shown as text."""
    plain = report()
    repository = replace(plain.repository, **changes)

    assert source_link(replace(plain, repository=repository), Place(path, 1)) is None
