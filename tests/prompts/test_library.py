"""Prompts by name, label and digest."""

import pytest

from tenken.errors import Malformed
from tenken.prompts.library import File, Library, Unknown, read_library
from tenken.prompts.reading import digest_of
from tests.prompts.making import text

OLD, NEW = text('{{role "user"}}old'), text('{{role "user"}}new')
LABELS = f"reply:\n  production: {digest_of(NEW)}\n  previous: {digest_of(OLD)}\n"


def library(labels: str = LABELS) -> Library:
    return read_library(
        [
            File(file="prompts/labels.yaml", text=labels),
            File(file="prompts/reply.before.prompt", text=OLD),
            File(file="prompts/reply.prompt", text=NEW),
        ]
    )


def problems(labels: str) -> list[tuple[int, str, str]]:
    with pytest.raises(Malformed) as raised:
        library(labels)
    return [(one.place.line, one.key, one.sentence.id) for one in raised.value.problems]


def test_a_label_leads_to_the_version_it_names() -> None:
    """And a digest to its own."""
    held = library()

    assert held.find("reply", "production").digest == digest_of(NEW)
    assert held.find("reply", "previous").file == "prompts/reply.before.prompt"
    assert held.find("reply", digest_of(OLD)).digest == digest_of(OLD)
    assert held.named(held.find("reply", "previous")) == ("previous",)


@pytest.mark.parametrize(
    ("name", "version"), [("rely", "production"), ("reply", "canary"), ("reply", "")]
)
def test_what_is_not_there_is_told(name: str, version: str) -> None:
    """With what is."""
    with pytest.raises(Unknown) as raised:
        library().find(name, version)
    assert {"reply", "previous, production"} & set(map(str, raised.value.sentence.fields.values()))


def test_a_changed_file_leaves_its_label_without_a_version() -> None:
    """So a change is served when somebody has said so, and not before."""
    with pytest.raises(Malformed) as raised:
        read_library(
            [
                File(file="prompts/reply.prompt", text=NEW + "!"),
                File(
                    file="prompts/labels.yaml", text=f"reply: {{production: {digest_of(NEW)}}}\n"
                ),
            ]
        )
    assert [one.sentence.id for one in raised.value.problems] == ["prompts.label_leads_nowhere"]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ("other: {a: b}\n", (1, "other", "prompts.no_prompt")),
        (f"reply:\n  Bad: {digest_of(OLD)}\n", (2, "reply.Bad", "prompts.bad_label")),
        ("reply:\n  production: v1\n", (2, "reply.production", "prompts.bad_digest")),
        (f"reply:\n  a: {'0' * 64}\n", (2, "reply.a", "prompts.label_leads_nowhere")),
        ("reply: a\n", (1, "reply", "prompts.no_mapping")),
        ("- a\n", (1, "", "prompts.no_mapping")),
        ("a: [\n", (2, "", "config.yaml_open_list")),
    ],
)
def test_labels_lead_somewhere(labels: str, expected: tuple[int, str, str]) -> None:
    """Told with line and key."""
    assert problems(labels) == [expected]


def test_the_digest_of_all_changes_with_any() -> None:
    """A label that is moved, too."""
    moved = LABELS.replace(digest_of(NEW), digest_of(OLD))
    fewer = read_library([File(file="prompts/reply.prompt", text=NEW)])

    assert len({library().digest, library(moved).digest, fewer.digest}) == 3


def test_the_problems_of_all_files_are_told_at_once() -> None:
    """Of prompts and of labels."""
    with pytest.raises(Malformed) as raised:
        read_library(
            [
                File(file="prompts/a.prompt", text="a"),
                File(file="prompts/b.prompt", text="b"),
                File(file="prompts/labels.yaml", text="- c\n"),
            ]
        )
    assert {one.place.path for one in raised.value.problems} == {
        "prompts/a.prompt",
        "prompts/b.prompt",
        "prompts/labels.yaml",
    }
