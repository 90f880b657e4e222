"""What the inspection learns of a folder from git, and what a hostile repository cannot do."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tenken.errors import UsageError
from tenken.readiness.collectors import tree
from tenken.readiness.collectors.git import Opened, open_folder, remote_of
from tenken.readiness.collectors.history import changes_of
from tenken.readiness.facts.repository import Change
from tenken.readiness.facts.tree import EntryKind, Role, Unreadable, UnreadableBecause
from tests.readiness.repositories import git, repository, search_path, write


def opened(folder: Path) -> Opened:
    return open_folder(folder, search_path=search_path())


def paths(found: Opened) -> list[str]:
    return [entry.path for entry in found.tree.entries]


def test_tracked_files_are_listed_with_their_roles(tmp_path: Path) -> None:
    """What git tracks is listed; vendored and generated trees are counted apart."""
    folder = repository(
        tmp_path / "r",
        {
            "app/a.py": "",
            "tests/test_a.py": "",
            "docs/x.md": "",
            "node_modules/m/i.js": "",
            "b.min.js": "",
        },
    )
    write(folder, {"untracked.txt": ""})

    found = opened(folder)

    assert {entry.path: entry.role for entry in found.tree.entries} == {
        "app/a.py": Role.PRODUCTION,
        "tests/test_a.py": Role.TEST,
        "docs/x.md": Role.DOCUMENT,
    }
    assert {(left.path, left.reason) for left in found.tree.left_out} == {
        ("node_modules", "vendored"),
        ("b.min.js", "generated"),
    }
    assert found.repository.untracked == ("untracked.txt",)
    assert found.repository.commit == git(folder, "rev-parse", "HEAD")
    assert found.repository.dirty is False


@pytest.mark.parametrize("staged", [False, True])
def test_a_changed_file_makes_the_tree_dirty(tmp_path: Path, staged: bool) -> None:
    """A change counts whether or not it is staged."""
    folder = repository(tmp_path / "r", {"a.py": "1", "b.py": "1"})
    write(folder, {"a.py": "22"})
    if staged:
        git(folder, "add", "-A")

    found = opened(folder).repository

    assert found.dirty is True
    assert found.dirty_paths == ("a.py",)


def test_a_touched_file_is_not_dirty(tmp_path: Path) -> None:
    """A new time with the old content changes nothing."""
    folder = repository(tmp_path / "r", {"a.py": "1"})
    os.utime(folder / "a.py", (1, 1))

    assert opened(folder).repository.dirty is False


def test_no_program_named_in_the_configuration_runs(tmp_path: Path) -> None:
    """Fsmonitor, hooks, filters, textconv, pager, signing and transports stay without effect."""
    folder = repository(
        tmp_path / "r", {"a.txt": "1", ".gitattributes": "* filter=evil diff=evil\n"}
    )
    trap = tmp_path / "sprung"
    touch = f"touch {trap}; cat"
    for key in (
        "core.fsmonitor", "core.pager", "core.sshCommand", "core.editor", "gpg.program",
        "diff.external",
        "filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.textconv",
        "diff.evil.command", "alias.ls-files", "core.alternateRefsCommand", "credential.helper",
    ):  # fmt: skip
        git(folder, "config", key, touch)
    git(folder, "config", "log.showSignature", "true")
    hook = folder / ".git/hooks/post-index-change"
    hook.write_text(f"#!/bin/sh\n{touch}\n")
    hook.chmod(0o755)
    (folder / "a.txt").write_text("2")

    found = opened(folder)
    assert found.git is not None
    changes_of(found.git, ["a.txt"])

    assert not trap.exists()
    assert found.repository.dirty_paths == ("a.txt",)


def test_git_is_never_taken_from_the_inspected_folder(tmp_path: Path) -> None:
    """A `git` in the repository is not run, even with the folder on a relative search path."""
    folder = repository(tmp_path / "r", {"git": "#!/bin/sh\ntouch sprung\n"})
    (folder / "git").chmod(0o755)

    found = open_folder(folder, search_path=".:")

    assert not (folder / "sprung").exists()
    assert paths(found) == ["git"]


def test_a_partial_clone_is_not_fetched_and_its_absent_files_are_said(tmp_path: Path) -> None:
    """Contents that are not here are absent, never read as empty."""
    source = repository(tmp_path / "s", {"a.txt": "one", "b.txt": "two"})
    git(source, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "c"
    git(
        tmp_path,
        "clone",
        "-q",
        "--filter=blob:none",
        "--no-checkout",
        f"file://{source}",
        str(clone),
    )
    git(clone, "read-tree", "HEAD")

    found = opened(clone)

    assert found.repository.partial is True
    absent = found.tree.text("a.txt")
    assert absent == Unreadable(path="a.txt", because=UnreadableBecause.ABSENT)
    assert {problem.sentence.id for problem in found.repository.problems} == {"git.absent_content"}


def test_a_shallow_clone_does_not_claim_a_history(tmp_path: Path) -> None:
    """With history cut off, no count of commits is given."""
    source = repository(tmp_path / "s", {"a.txt": "one"})
    write(source, {"a.txt": "two"})
    git(source, "commit", "-qam", "second")
    clone = tmp_path / "c"
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{source}", str(clone))

    found = opened(clone).repository

    assert (found.shallow, found.commits) == (True, None)


def test_links_are_listed_and_never_followed(tmp_path: Path) -> None:
    """Neither a link to a file outside, nor a folder that became a link, is read through."""
    secret = tmp_path / "secret"
    write(secret, {"a.py": "outside"})
    folder = repository(tmp_path / "r", {"app/a.py": "inside"})
    (folder / "link.py").symlink_to(secret / "a.py")
    (folder / "loop").symlink_to(folder)
    git(folder, "add", "-A")
    (folder / "app/a.py").unlink()
    (folder / "app").rmdir()
    (folder / "app").symlink_to(secret)

    tree = opened(folder).tree

    assert {entry.path: entry.kind for entry in tree.entries if entry.kind is EntryKind.LINK} == {
        "link.py": EntryKind.LINK,
        "loop": EntryKind.LINK,
    }
    assert tree.text("link.py") == Unreadable(path="link.py", because=UnreadableBecause.LINK)
    assert tree.text("app/a.py") == Unreadable(path="app/a.py", because=UnreadableBecause.REFUSED)


def test_a_folder_without_git_is_read_as_it_is(tmp_path: Path) -> None:
    """No git repository: every file is read, and that nothing is tracked is said."""
    write(tmp_path, {"a.py": "1", "node_modules/x/y.js": "1"})
    (tmp_path / "loop").symlink_to(tmp_path)

    found = opened(tmp_path)

    assert paths(found) == ["a.py", "loop"]
    assert found.repository.is_git is False
    assert [problem.sentence.id for problem in found.repository.problems] == [
        "git.not_a_repository"
    ]


def test_without_git_on_the_machine_the_files_are_still_read(tmp_path: Path) -> None:
    """History is not visible, and that is said; the rest of the inspection goes on."""
    folder = repository(tmp_path / "r", {"a.py": "1"})

    found = open_folder(folder, search_path=str(tmp_path))

    assert paths(found) == ["a.py"]
    assert [problem.sentence.id for problem in found.repository.problems] == ["git.absent"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(lambda _path: None, "git.no_such_folder", id="missing"),
        pytest.param(lambda path: path.write_text(""), "git.not_a_folder", id="file"),
        pytest.param(
            lambda path: git(path.parent, "init", "-q", "--bare", str(path)), "git.bare", id="bare"
        ),
    ],
)
def test_what_cannot_be_inspected_is_refused_with_the_reason(
    tmp_path: Path, make: Callable[[Path], object], message: str
) -> None:
    """A wrong path is a usage error that says what is wrong."""
    make(tmp_path / "x")

    with pytest.raises(UsageError) as refusal:
        opened(tmp_path / "x")

    assert refusal.value.sentence.id == message


def test_a_repository_without_a_commit_has_files_and_no_commit(tmp_path: Path) -> None:
    """Staged but never committed: the files are read, the commit is None."""
    git(tmp_path, "init", "-q")
    write(tmp_path, {"a.py": "1"})
    git(tmp_path, "add", "-A")

    found = opened(tmp_path)

    assert paths(found) == ["a.py"]
    assert (found.repository.commit, found.repository.dirty) == (None, None)


def test_names_that_are_not_utf8_are_shown_and_read(tmp_path: Path) -> None:
    """A name in another encoding is listed with its bytes visible, and its content is read."""
    git(tmp_path, "init", "-q")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.py")).write_text("1", "utf-8")
    git(tmp_path, "add", "-A")

    tree = opened(tmp_path).tree

    assert tree.text("caf\\xe9.py") == "1"


def test_a_huge_file_is_too_large_and_its_head_can_be_read(tmp_path: Path) -> None:
    """A file of a gigabyte costs nothing: it is bounded before it is read."""
    folder = repository(tmp_path / "r", {"big.csv": "a,b\n"})
    with (folder / "big.csv").open("r+b") as stream:
        stream.truncate(1 << 30)
    git(folder, "update-index", "--assume-unchanged", "big.csv")

    tree = opened(folder).tree

    assert tree.text("big.csv") == Unreadable(path="big.csv", because=UnreadableBecause.TOO_LARGE)
    assert tree.head("big.csv", 3) == b"a,b"


@pytest.mark.parametrize(
    ("content", "because"),
    [
        pytest.param(
            "version https://git-lfs.github.com/spec/v1\noid",
            UnreadableBecause.ABSENT,
            id="pointer",
        ),
        pytest.param("\0\1", UnreadableBecause.BINARY, id="binary"),
    ],
)
def test_a_file_without_text_says_why(
    tmp_path: Path, content: str, because: UnreadableBecause
) -> None:
    """A large-file pointer is absent content; a binary has no text."""
    folder = repository(tmp_path / "r", {"x": content})

    assert opened(folder).tree.text("x") == Unreadable(path="x", because=because)


def test_a_submodule_is_left_out_and_said(tmp_path: Path) -> None:
    """A submodule is another repository's."""
    other = repository(tmp_path / "other", {"a.py": "1"})
    folder = repository(tmp_path / "r", {"b.py": "1"})
    git(folder, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other), "sub")

    found = opened(folder).tree

    assert [(left.path, left.reason) for left in found.left_out] == [("sub", "submodule")]


def test_changes_tell_who_and_when(tmp_path: Path) -> None:
    """The newest change comes with its author; a folder below the top sees its own paths."""
    folder = repository(tmp_path / "r", {"svc/a.md": "1", "svc/b.md": "1", ":(exclude)x.md": "1"})
    write(folder, {"svc/a.md": "2"})
    git(folder, "commit", "-qam", "second")
    below = opened(folder / "svc")
    assert below.git is not None

    changes = changes_of(below.git, ["a.md", "b.md"])

    assert isinstance(changes, tuple)
    assert [(change.author, change.paths) for change in changes] == [
        ("Hana Sato <hana@example.com>", ("a.md",)),
        ("Hana Sato <hana@example.com>", ("a.md", "b.md")),
    ]
    assert all(isinstance(change, Change) for change in changes)
    assert below.tree.prefix == "svc"


SAME = [
    ("github.com/acme/desk", (
        "https://github.com/acme/desk", "https://github.com/acme/desk.git/",
        "https://bot:hunter2@github.com/acme/desk.git", "git@github.com:acme/desk.git",
        "github.com:acme/desk", "ssh://git@github.com/acme/desk.git",
        "ssh://git@github.com:22/acme/desk.git", "ssh://git@ssh.github.com:443/acme/desk.git",
        "git@github.com:/acme/desk.git", "https://GitHub.com/Acme/Desk",
    )),
    ("git.example.com/team/App", (
        "https://git.example.com:8443/team/App.git", "ssh://git@git.example.com:2222/team/App",
        "git@GIT.example.com:team/App.git",
    )),
    ("dev.azure.com/org/project/desk", (
        "https://org@dev.azure.com/org/project/_git/desk",
        "git@ssh.dev.azure.com:v3/org/project/desk",
    )),
]  # fmt: skip


@pytest.mark.parametrize(("name", "urls"), SAME)
def test_a_repository_has_one_name_however_it_was_cloned(name: str, urls: tuple[str, ...]) -> None:
    """Evidence of a system cloned by SSH counts for a check of a clone by HTTPS."""
    assert {remote_of(url) for url in urls} == {name}


def test_other_repositories_have_other_names() -> None:
    """Another host, owner, project or spelling, where the server tells them apart."""
    urls = (
        "git@github.com:acme/desk.git", "git@github.com:acme/desk2.git",
        "git@github.com:other/desk.git", "git@gitlab.com:acme/desk.git",
        "https://git.example.com/team/app", "https://git.example.com/team/App",
    )  # fmt: skip

    assert len({remote_of(url) for url in urls}) == len(urls)


@pytest.mark.parametrize("url", ["", "/srv/git/desk.git", "file:///srv/git/desk.git"])
def test_a_folder_is_no_name_for_others(url: str) -> None:
    """The path on one machine says nothing on another."""
    assert not remote_of(url)


def test_the_remote_is_shown_without_its_credential(tmp_path: Path) -> None:
    """A token in the address of `origin` never leaves git."""
    folder = repository(tmp_path / "r", {"a": "1"})
    git(folder, "remote", "add", "origin", "https://bot:hunter2@git.example.com/team/app.git")

    assert opened(folder).repository.remote == "git.example.com/team/app"


def test_a_service_of_a_monorepo_sees_the_pipeline_at_the_top(tmp_path: Path) -> None:
    """Without a pipeline of its own, the top's is read, under paths that say where it is."""
    workflow = {".github/workflows/ci.yml": "on: push", "Makefile": "test:", "other/x.py": ""}
    folder = repository(tmp_path / "r", {**workflow, "svc/api/a.py": "1"})

    tree = opened(folder / "svc/api").tree

    found = [entry.path for entry in tree.entries]
    assert found == ["../../.github/workflows/ci.yml", "../../Makefile", "a.py"]
    assert tree.text("../../.github/workflows/ci.yml") == "on: push"


def test_a_service_with_its_own_pipeline_keeps_to_itself(tmp_path: Path) -> None:
    """Nothing of the top is read where the service has a pipeline."""
    files = {".github/workflows/ci.yml": "", "svc/.github/workflows/ci.yml": "", "svc/a.py": ""}
    folder = repository(tmp_path / "r", files)

    assert paths(opened(folder / "svc")) == [".github/workflows/ci.yml", "a.py"]


def test_a_tree_that_is_open_at_the_end_complains_of_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The interpreter takes modules apart before it lets go of what somebody still holds."""
    folder = tree._Folder(os.fsencode(tmp_path))
    held = folder.opened(b"")
    monkeypatch.setattr(tree, "os", None)

    folder.__del__()

    with pytest.raises(OSError, match="descriptor"):
        os.fstat(held)
