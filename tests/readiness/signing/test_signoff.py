"""Sign-off files: read whole, or refused with every problem."""

import pytest

from tenken.errors import Malformed
from tenken.place import Place
from tenken.readiness.signing.approvals import read_approvals
from tenken.readiness.signing.signoff import read_signoffs
from tests.readiness.signing.signed import CATALOGUE, FILE, SIGNOFF, Story
from tests.readiness.trees import FakeTree

WHOLE = SIGNOFF.replace("GOALS", "0" * 64)
WRONG = {
    "no YAML": ("{", ""),
    "a list": ("- 1", ""),
    "a missing key": (WHOLE.replace("role: product_owner\n", ""), "role"),
    "an unknown key": (WHOLE + "rolle: x\n", "rolle"),
    "no such item": (WHOLE.replace("0-1-1", "0-9-9"), "item"),
    "no such part": (WHOLE + "subs: [z]\n", "subs"),
    "no such day": (WHOLE.replace("2027-04-01", "2027-04-31"), ""),
    "a time without a zone": (WHOLE.replace("09:00:00Z", "09:00:00"), "signed_at"),
    "ends before it begins": (WHOLE.replace("2027-04-01", "2026-11-01"), "expires_on"),
    "a placeholder": (WHOLE.replace("This is the goal we fund.", "'TODO: say it'"), "statement"),
    "not needed without a reason": (WHOLE + "exempts: true\n", "reason"),
    "no address": (WHOLE.replace("hana@example.com", "hana"), "email"),
    "a short digest": (WHOLE.replace("0" * 64, "0" * 63), "signed[0].sha256"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_malformed_sign_off_is_refused(name: str) -> None:
    """It says where and at which key."""
    text, key = WRONG[name]
    with pytest.raises(Malformed) as refused:
        read_signoffs(FakeTree({FILE: text}), CATALOGUE)

    assert {problem.place.path for problem in refused.value.problems} == {FILE}
    assert refused.value.problems[0].key == key


def test_problems_of_all_files_are_told_at_once() -> None:
    """One run of the command, one list to mend."""
    other = "signoffs/other.yml"
    with pytest.raises(Malformed) as refused:
        read_signoffs(FakeTree({FILE: "{", other: "- 1"}), CATALOGUE)

    assert [problem.place.path for problem in refused.value.problems] == [FILE, other]


def test_an_absent_sign_off_is_refused() -> None:
    """In a partial clone nobody can tell what was signed."""
    with pytest.raises(Malformed):
        read_signoffs(FakeTree({}, absent=(FILE,)), CATALOGUE)


def test_only_yaml_below_the_folder_is_a_sign_off() -> None:
    """A README beside them is none."""
    tree = FakeTree({"signoffs/README.md": "how to sign", "docs/signoff.yaml": "x"})

    assert read_signoffs(tree, CATALOGUE) == ()


def test_a_sign_off_keeps_its_place() -> None:
    """So that a void one can be found."""
    (signoff,) = read_signoffs(Story().tree(), CATALOGUE)

    assert (signoff.place, signoff.signed[0].key) == (Place(FILE), "goals")


def test_approvals_are_read() -> None:
    """A list of who approved what, and when."""
    content = b'[{"file": "a.yaml", "approver": "hana@example.com", "at": "2026-11-20T10:00:00Z"}]'
    (approval,) = read_approvals(content, file="approvals.json")

    assert (approval.file, approval.at.day) == ("a.yaml", 20)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[{}]",
        b'[{"file": "a", "approver": "b", "at": "2026-11-20T10:00:00"}]',
        b"[" * 9999,
    ],
)
def test_malformed_approvals_are_refused(content: bytes) -> None:
    """An approval that cannot be read approves nothing."""
    with pytest.raises(Malformed):
        read_approvals(content, file="approvals.json")
