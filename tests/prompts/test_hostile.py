"""Files that nobody means well by: told what is wrong, soon, and never a crash."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.errors import Malformed
from tenken.prompts.library import File, read_library
from tenken.prompts.reading import FILE_MAX, read_prompt
from tests.prompts.making import FILE, told, wrong

USER = '{{role "user"}}'
PARTS = st.sampled_from(
    [
        "---\n", "model: desk\n", "input:\n", "  schema: {a: string}\n", USER, "{{", "}}", "{{a}}",
        "  schema: {'b?(array)': {}}\n", "output: {schema: {a: any}}\n", "{{#if a}}", "{{else}}",
        "{{/if}}", "{{#each b}}", "{{/each}}", "{{../a}}", "{{!--", "--}}", "\\{{", "&a", "*a",
        "[", "{", "\n", " ", '{{role "system"}}', "  trusted: [a]\n", "\r", "\ufeff", "\x00", "あ",
    ]
)  # fmt: skip


@given(st.lists(PARTS | st.text(max_size=5), max_size=30))
def test_any_text_is_a_prompt_or_is_told_what_it_lacks(parts: list[str]) -> None:
    """Whatever is put together."""
    with suppress(Malformed):
        assert read_prompt("".join(parts), file=FILE).sections


@given(st.lists(PARTS, max_size=25))
def test_any_body_is_read_or_told(parts: list[str]) -> None:
    """Behind settings that are good."""
    wrong("".join(parts), "{a: string, 'b?(array)': {c: string}}")


def test_blocks_are_not_nested_for_ever() -> None:
    """Told, not recursed into."""
    body = USER + "{{#if a}}" * 3_000 + "{{/if}}" * 3_000
    assert "too_deep" in wrong(body, "{'a?': string}")


def test_schemas_are_not_nested_for_ever() -> None:
    """In either form."""
    compact = "{a: " * 50 + "string" + "}" * 50
    long = "{type: object, properties: {a: " * 40 + "{type: string}" + "}}" * 40
    assert "schema_deep" in wrong(USER, compact)
    assert "schema_deep" in wrong(USER, long)


def test_many_tags_and_fields_are_told() -> None:
    """In linear time."""
    fields = ", ".join(f"a{at}: string" for at in range(300))
    assert "many_fields" in wrong(USER, f"{{{fields}}}")
    assert "many_tags" in wrong(USER + "{{!}}" * 6_000)


def test_a_bomb_of_aliases_is_told() -> None:
    """As in every file of ours."""
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{new}: &{new} [{','.join(['*' + old] * 9)}]\n"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert told(f"---\nmodel: desk\n{bomb}---\n{USER}a") != []


def test_a_library_is_bounded_as_a_whole() -> None:
    """However many files there are."""
    many = [File(file=f"prompts/a{at}.prompt", text="a" * FILE_MAX) for at in range(40)]
    with pytest.raises(Malformed) as raised:
        read_library(many)
    assert [one.sentence.id for one in raised.value.problems] == ["prompts.many_files"]
