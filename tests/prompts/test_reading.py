"""What a prompt's file may say, and what is told of one that says something else."""

import pytest

from tenken.prompts.reading import FILE_MAX, canonical, digest_of, read_prompt
from tenken.prompts.shape import Kind, schema_of
from tests.prompts.making import FILE, prompt, text, told, wrong

USER = '{{role "user"}}\n'
SYSTEM = '{{role "system"}}\n'


def test_a_file_has_the_settings_it_states() -> None:
    """In dotprompt's words."""
    one = prompt(
        USER + "{{a}}",
        "{a: string}",
        more="description: d\nconfig: {temperature: 0, topP: 0.5, maxOutputTokens: 9}",
    )

    assert (one.name, one.model, one.description) == ("reply", "desk", "d")
    stated = one.parameters
    assert (stated.temperature, stated.top_p, stated.output_max) == (0, 0.5, 9)


def test_the_compact_form_says_what_json_schema_says() -> None:
    """Both give the same variables."""
    compact = "{a: 'string, what', 'b?(array)': {c: integer}, 'd(enum, which)': [x, y]}"
    schema = (
        "{type: object, required: [a, d], properties: {"
        "a: {type: string, description: what},"
        "b: {type: array, items: {type: object, required: [c], properties: {c: {type: integer}}}},"
        "d: {type: string, description: which, enum: [x, y]}}}"
    )
    body = USER + "{{a}}{{d}}{{#each b}}{{c}}{{/each}}"

    assert prompt(body, compact).variables == prompt(body, schema).variables
    assert schema_of(prompt(body, schema).variables)["required"] == ["a", "d"]


def test_an_answer_is_described_in_the_same_way() -> None:
    """Parts of it may be anything."""
    one = prompt(USER + "a", more="output: {schema: {b: any, 'c?': number}}")

    assert one.answer is not None
    assert one.answer.fields["b"].kind is Kind.ANY
    assert one.answer.required == frozenset({"b"})


def test_versions_of_a_prompt_share_its_name() -> None:
    """What stands behind the first dot tells files apart."""
    assert read_prompt(text(USER + "a"), file="prompts/reply.before.prompt").name == "reply"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(lambda one: one.replace("\n", "\r\n"), id="windows"),
        pytest.param(lambda one: "\ufeff" + one, id="byte order mark"),
        pytest.param(lambda one: one + "\n\n", id="empty lines at the end"),
        pytest.param(canonical, id="canonical"),
    ],
)
def test_a_checkout_elsewhere_is_the_same_version(other: object) -> None:
    """The canonical form of a canonical text is the text, and it reads the same."""
    assert callable(other)
    one = text(USER + "a {{b}}\n", "{b: string}")

    assert digest_of(other(one)) == digest_of(one)
    assert read_prompt(other(one), file=FILE) == read_prompt(one, file=FILE)


def test_one_changed_letter_is_another_version() -> None:
    """In the text or in the settings."""
    one = text(USER + "a")

    assert (
        len({digest_of(one), digest_of(one.replace("a", "b")), digest_of(text(USER + "a "))}) == 3
    )


def test_everything_wrong_is_told_at_once_with_its_line() -> None:
    """Settings and text, in the order of the file."""
    written = (
        "---\nmodell: desk\nconfig: {temperature: 9}\ninput:\n  schema: {a: strin}\n---\n"
        '{{role "user"}}\n{{b}}\n{{#if a}}\n{{> c}}\n'
    )
    assert told(written) == [
        (2, "prompts.no_model"),
        (2, "prompts.unknown_key"),
        (3, "prompts.bad_number"),
        (5, "prompts.no_type"),
        (8, "prompts.undefined"),
        (9, "prompts.not_closed"),
        (10, "prompts.unknown_tag"),
    ]


WRONG = {
    "no_role": [("a", "{}"), ("", "{}")],
    "unknown_role": [('{{role "tool"}}a', "{}")],
    "system_later": [(USER + "a" + SYSTEM + "b", "{}")],
    "role_in_block": [(USER + '{{#if a}}{{role "user"}}{{/if}}', "{'a?': string}")],
    "undefined": [(USER + "{{a}}", "{}"), (USER + "{{a.b}}", "{a: {c: string}}")],
    "may_be_absent": [
        (USER + "{{a}}", "{'a?': string}"),
        (USER + "{{#if a}}b{{else}}{{a}}{{/if}}", "{'a?': string}"),
        (USER + "{{#each a}}{{b}}{{/each}}", "{a(array): {'b?': string}}"),
    ],
    "no_text": [(USER + "{{a}}", "{a: {b: string}}"), (USER + "{{a}}", "{a(array): string}")],
    "no_list": [(USER + "{{#each a}}b{{/each}}", "{a: string}")],
    "outside_loop": [
        (USER + "{{this}}", "{}"), (USER + "{{@index}}", "{}"), (USER + "{{../a}}", "{a: string}"),
    ],
    "unused": [(USER + "a", "{b: string}")],
    "open_tag": [(USER + "{{a", "{a: string}"), (USER + "{{" + "a" * 300 + "}}", "{}")],
    "unknown_tag": [
        (USER + "{{{a}}}", "{a: string}"), (USER + "{{json a}}", "{a: string}"),
        (USER + "{{a b=c}}", "{a: string}"), (USER + "{{~a~}}", "{a: string}"),
        (USER + "{{#unless a}}b{{/unless}}", "{a: string}"), (USER + "{{}}", "{}"),
        (USER + "{{history}}{{@user.name}}", "{history: string}"),
    ],
    "stray_tag": [
        (USER + "{{/if}}", "{}"), (USER + "{{else}}", "{}"),
        (USER + "{{#each a}}{{this}}{{else}}b{{/each}}", "{a(array): string}"),
        (USER + "{{#if a}}{{/each}}{{/if}}", "{a: string}"),
    ],
    "not_trusted": [
        (SYSTEM + "{{a}}", "{a: string}"), (SYSTEM + "{{#if a}}b{{/if}}", "{a: boolean}"),
        (SYSTEM + "{{#each a}}b{{/each}}", "{a(array): string}"),
        ('{{role "model"}}{{a}}', "{a: string}"),
    ],
    "bad_name": [(USER + "a", "{'a-b': string}"), (USER + "a", "{'a(list)': string}")],
    "no_type": [(USER + "{{a}}", "{a: text}"), (USER + "{{a}}", "{a: any}")],
    "bad_enum": [(USER + "{{a}}", "{'a(enum)': []}"), (USER + "{{a}}", "{'a(enum)': [1]}")],
    "no_schema": [(USER + "a", "[a]"), (USER + "a", "a")],
    "unknown_keyword": [
        (USER + "{{a}}",
         "{type: object, properties: {a: {type: string, pattern: '(a+)+'}}, required: [a]}"),
        (USER + "{{a}}",
         "{type: object, properties: {a: {type: string}}, required: [a], $ref: 'file:///etc'}"),
    ],
    "bad_bound": [
        (USER + "{{a}}",
         "{type: object, required: [a], properties: {a: {type: string, maxLength: -1}}}"),
    ],
    "open_variables": [
        (USER + "a", "{type: object, properties: {}, additionalProperties: true}"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("id_", "body", "schema"),
    [(id_, body, schema) for id_, rows in WRONG.items() for body, schema in rows],
)
def test_what_could_go_wrong_later_is_told_now(id_: str, body: str, schema: str) -> None:
    """Nothing is left to be found out by a caller."""
    assert id_ in wrong(body, schema)


NESTED = (
    "{type: object, required: [a, b], properties: {b: {type: string}, a: {type: array, "
    "items: {type: array, items: {type: string}}}}}"
)
LISTED = (
    "{type: object, required: [a], properties: {a: {type: array, items: "
    "{type: string, enum: [x, y]}}}}"
)
GOOD = {
    "asked first": (USER + "{{#if a}}{{a}}{{/if}}", "{'a?': string}", ""),
    "asked first, below": (
        USER + "{{#if a.b}}{{a.b}}{{/if}}", "{a: {'b?': string}}", "",
    ),
    "asked first, within": (
        USER + "{{#each a}}{{#if b}}{{b}}{{/if}}{{/each}}", "{a(array): {'b?': string}}", "",
    ),
    "has a default": (USER + "{{a}}", "{'a?': string}", "default: {a: b}"),
    "goes up": (
        USER + "{{#each a}}{{../b}}{{#each this}}{{../../b}}{{this}}{{/each}}{{/each}}",
        NESTED, "",
    ),
    "no tag": (USER + "\\{{a}} }} {a} { {", "{}", ""),
    "trusted": (SYSTEM + "{{a}}{{#if b}}c{{/if}}", "{'a(enum)': [x], b: boolean}",
                "trusted: [a, b]"),
    "trusted list": (
        SYSTEM + "{{#each a}}{{@index}}{{this}}{{/each}}",
        LISTED, "trusted: [a]",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_what_cannot_go_wrong_is_read(name: str) -> None:
    """Nothing is refused that is sure."""
    body, schema, within = GOOD[name]
    assert told(text(body, schema, within=within)) == []


@pytest.mark.parametrize("schema", ["{a: string}", "{a: integer}", "{a: {b: string}}"])
def test_only_what_was_read_in_full_is_trusted(schema: str) -> None:
    """Free text and numbers are not, whatever the file says."""
    path = "a.b" if "b" in schema else "a"
    found = wrong(SYSTEM + f"{{{{{path}}}}}", schema, within="trusted: [a]")
    assert "not_closed_list" in found


@pytest.mark.parametrize(
    ("written", "id_"),
    [
        pytest.param("", "prompts.no_front", id="empty"),
        pytest.param("model: desk\n", "prompts.no_front", id="no fence"),
        pytest.param("---\nmodel: desk\n", "prompts.no_front", id="one fence"),
        pytest.param("---\n- a\n---\n", "prompts.no_front", id="a list"),
        pytest.param("---\n---\n", "prompts.no_front", id="nothing within"),
        pytest.param("---\na: [\n---\n", "config.yaml_open_list", id="no yaml"),
        pytest.param("---\nmodel: a\nmodel: b\n---\n", "config.yaml_duplicate_key", id="twice"),
        pytest.param("---\nmodel: a\n---\n" + "a" * FILE_MAX, "prompts.file_large", id="large"),
        pytest.param("---\nmodel: a\ninput: b\n---\n", "prompts.no_mapping", id="input"),
    ],
)
def test_what_is_no_prompt_is_told(written: str, id_: str) -> None:
    """With the reason."""
    assert id_ in {one for _, one in told(written)}


@pytest.mark.parametrize("name", ["Reply", "a b", "", "é", "a" * 64, "-a"])
def test_a_name_is_one_that_a_request_can_say(name: str) -> None:
    """The file's."""
    assert (0, "prompts.bad_file_name") in told(text(USER + "a"), f"prompts/{name}.prompt")


@pytest.mark.parametrize(
    "output", ["{format: json}", "{format: text, schema: {a: string}}", "{format: xml}"]
)
def test_an_answer_in_json_is_described(output: str) -> None:
    """And nothing else is."""
    found = wrong(USER + "a", more=f"output: {output}")
    assert found & {"json_without_schema", "bad_format"}


@pytest.mark.parametrize(
    "within", ["default: {b: c}", "default: {a: 1}", "default: a", "trusted: [b]"]
)
def test_settings_of_variables_fit_them(within: str) -> None:
    """Names that lead nowhere, and values that are not of their shape."""
    found = wrong(USER + "{{a}}", "{a: string}", within=within)
    assert found & {"undefined", "wrong_kind", "no_mapping"}
