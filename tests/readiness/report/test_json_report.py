"""What is written as JSON keeps to its schema, and is read back as it was."""

import json
from importlib.resources import files

import jsonschema_rs
import pytest

from tenken.errors import Malformed
from tenken.messages.speech import Speech
from tenken.readiness.report.document import json_schema, parse
from tenken.readiness.report.json_report import document, render
from tests.readiness.report.build import full_report, report
from tests.readiness.report.hostile import EVIL, hostile_report
from tests.readiness.report.planted import BOTH_LANGUAGES, EN, JA

in_both = pytest.mark.parametrize("speech", BOTH_LANGUAGES, ids=["en", "ja"])
PUBLISHED = files("tenken.readiness.report") / "schema.json"


def test_the_published_schema_is_that_of_the_types() -> None:
    """`tools/report_schema.py` writes it anew."""
    assert json.loads(PUBLISHED.read_text("utf-8")) == json_schema()


@in_both
@pytest.mark.parametrize("made", [report, full_report, hostile_report])
def test_a_report_keeps_to_the_schema(made: type, speech: Speech) -> None:
    """Whoever reads it can rely on the schema."""
    validator = jsonschema_rs.Draft202012Validator(json_schema())

    assert list(validator.iter_errors(json.loads(render(made(), speech)))) == []


def test_the_schema_is_strict_enough_to_fail() -> None:
    """The test above would pass with a schema that allows everything."""
    written = json.loads(render(report(), EN))
    written["items"][0]["outcome"] = "green"
    validator = jsonschema_rs.Draft202012Validator(json_schema())

    assert not validator.is_valid(written)


@in_both
@pytest.mark.parametrize("made", [report, full_report, hostile_report])
def test_what_was_written_is_read_back(made: type, speech: Speech) -> None:
    """Baselines, `diff` and `fleet` see the very same report."""
    written = render(made(), speech).encode()

    assert parse(written, file="report.json") == document(made(), speech)


def test_the_promised_fields_are_there() -> None:
    """Other programs read these names."""
    (item,) = (one for one in json.loads(render(report(), EN))["items"] if one["id"] == "1-2-1")

    assert item["outcome"] == "failed"
    assert (item["grade"], item["needed_grade"]) == ("E0", "E2")
    assert item["findings"][0]["path"] == ".github/workflows/ci.yml"
    assert item["findings"][0]["line"] == 34
    assert item["evidence"][0]["probe"] == "it_is_so"
    assert item["remedy"]["effort"] == "hours"
    assert item["subs"][0]["decides"] == "repository"


def test_only_the_sentences_depend_on_the_language() -> None:
    """Ids and fields let a reader say them in the other language."""
    english, japanese = (json.loads(render(report(), speech)) for speech in (EN, JA))
    finding = english["items"][3]["findings"][0]
    other = japanese["items"][3]["findings"][0]

    assert (finding["id"], finding["fields"]) == (other["id"], other["fields"])
    assert finding["text"] != other["text"]


def test_unknown_fields_are_passed_over() -> None:
    """A report of a later version of the same schema can be read."""
    written = json.loads(render(report(), EN))
    written["later"] = {"more": 1}

    assert parse(json.dumps(written).encode(), file="r.json").service == "shift-desk"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{}", id="another object"),
        pytest.param(b"\xff\xfe", id="not UTF-8"),
        pytest.param(b"[" * 100_000, id="nested without end"),
        pytest.param(b'{"x":' + b"[" * 100_000, id="nested in an unknown field"),
        pytest.param(b'{"schema": "urn:tenken:schema:report:99"}', id="a schema to come"),
    ],
)
def test_anything_else_is_malformed(content: bytes) -> None:
    """A clear problem with the file's name, never a crash."""
    with pytest.raises(Malformed) as raised:
        parse(content, file="old.json")

    (problem,) = raised.value.problems
    assert str(problem.place) == "old.json"
    assert problem.sentence.id == "report.not_a_report"


def test_a_name_keeps_its_characters() -> None:
    """Escaped in the file, the same once read."""
    read = parse(render(hostile_report("日本 \u202e 語"), JA).encode(), file="r.json")

    assert read.service == "日本 \\u202e 語"
    assert EVIL not in read.service
