"""Every sentence a person reads exists in both languages, with the same fields, and is used."""

import ast
import re
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
import yaml

from tests.shape.source import MESSAGES, Module, modules

LANGUAGES = ("en", "ja")
TOPICS = sorted({path.stem for path in MESSAGES.glob("*/*.yaml")})
# These build a sentence from an id and its fields.
SPEAKERS = {"say", "seen", "lie", "gap", "note"}
HEAD = re.compile(rf"({'|'.join(TOPICS)})\.([a-z0-9_]*_)?")
FILE = re.compile(r"\.(css|html|js|jsonl?|lock|md|py|tf|toml|txt|ya?ml)$")
# Words of a table or a heading, not sentences; and comments of a file that is written.
LABELS = ("wording.", "report.", "cli.default", "init.found_at", "init.more")
PROSE = ("init.",)
# Names that are written small wherever they stand.
SMALL = ("safetensors", "tenken")
GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
GIVEN_UP = {
    "ティア": "リスク区分",
    "証跡": "証拠",
    "受信者": "通知先",
    "緊急操作": "緊急措置",
    "検出事項": "指摘",
    "エラー予算": "エラーバジェット",
}
"""Words that texts used beside the glossary's -> the glossary's."""
KANA_OR_KANJI = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")


@cache
def messages(language: str) -> dict[str, str]:
    """Read every message of a language by its full id."""
    return {id_: str(text) for id_, text in _as_written(language).items()}


def _as_written(language: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for path in sorted((MESSAGES / language).glob("*.yaml")):
        content = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader) or {}
        assert isinstance(content, dict), path
        found.update({f"{path.stem}.{key}": value for key, value in content.items()})
    return found


def fields(text: str) -> set[str]:
    """Give the names of the fields in a message."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_there_are_messages() -> None:
    """The tests below would pass over an empty folder; this one would not."""
    assert TOPICS
    assert all(messages(language) for language in LANGUAGES)


@pytest.mark.parametrize("topic", TOPICS)
def test_topics_exist_in_both_languages(topic: str) -> None:
    """A topic has one file per language."""
    assert [lang for lang in LANGUAGES if not (MESSAGES / lang / f"{topic}.yaml").exists()] == []


def test_ids_exist_in_both_languages() -> None:
    """Nobody meets a sentence in the other language."""
    english, japanese = messages("en"), messages("ja")

    assert sorted(set(english) ^ set(japanese)) == []


def test_fields_are_the_same_in_both_languages() -> None:
    """A translation neither drops nor invents a figure."""
    english, japanese = messages("en"), messages("ja")
    differ = [
        id_ for id_ in english if id_ in japanese and fields(english[id_]) != fields(japanese[id_])
    ]

    assert differ == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_fields_are_plain_names(language: str) -> None:
    """A field is a name: no attribute, no index, nothing computed."""
    bad = [
        id_
        for id_, text in messages(language).items()
        if not all(name.isidentifier() for name in fields(text))
    ]

    assert bad == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_texts(language: str) -> None:
    """A message is a non-empty text, never a list or a number that YAML made of it."""
    bad = [
        id_
        for id_, text in _as_written(language).items()
        if not isinstance(text, str) or not text.strip()
    ]

    assert bad == []


def test_every_id_in_the_code_is_defined() -> None:
    """A finding never reaches a person as a bare id."""
    known, form = messages("en"), re.compile(rf"({'|'.join(TOPICS)})\.[a-z0-9_]*[a-z0-9]")
    missing = {
        f"{module.name}: {text}"
        for module in modules("src")
        for text in module.strings()
        if form.fullmatch(text) and not FILE.search(text) and text not in known
    }

    assert sorted(missing) == []


def test_every_defined_id_is_used() -> None:
    """A sentence that nobody says is not kept and translated for ever."""
    said = {text for module in modules("src") for text in module.strings()}
    # `f"wording.{outcome}"`: the constant beginning stands for all ids that continue it.
    heads = tuple(text for text in said if HEAD.fullmatch(text))
    unused = [id_ for id_ in messages("en") if id_ not in said and not id_.startswith(heads)]

    assert unused == []


def test_every_computed_id_leads_somewhere() -> None:
    """The beginning of an id that is put together at run time continues in the messages."""
    heads = {text for m in modules("src") for text in m.strings() if HEAD.fullmatch(text)}

    assert [
        head for head in heads if not any(id_.startswith(head) for id_ in messages("en"))
    ] == []


def test_every_field_is_given_where_a_sentence_is_said() -> None:
    """`{step}` never reaches a person."""
    known = messages("en")
    missing = [
        f"{module.name}:{call.lineno} {id_}: {sorted(lacking)}"
        for module in modules("src")
        for call, id_, given in _said(module)
        if id_ in known and (lacking := fields(known[id_]) - given)
    ]

    assert missing == []


@pytest.mark.parametrize("topic", TOPICS)
def test_japanese_is_japanese(topic: str) -> None:
    """A text copied from the English file is found before a reader finds it."""
    texts = {id_: text for id_, text in messages("ja").items() if id_.startswith(f"{topic}.")}
    english = messages("en")
    copied = [
        id_
        for id_, text in texts.items()
        if not KANA_OR_KANJI.search(text) and _has_words(text) and text == english.get(id_)
    ]

    assert copied == []


def test_japanese_has_one_tone() -> None:
    """Plain and short, but for the pages of the console, which are polite throughout."""
    polite = re.compile(r"です|ます[。）」]|ます$|ません|でした|ください")
    found = [
        id_
        for id_, text in messages("ja").items()
        if not id_.startswith("console.")
        and polite.search(re.sub(r"`[^`]*`|「[^」]*」", "", text))
    ]

    assert found == []


def test_japanese_uses_the_words_of_the_glossary() -> None:
    """One word, one meaning: a second word for the same thing sends its reader to look for two."""
    used = [
        f"{id_}: {other} is {word}"
        for id_, text in messages("ja").items()
        for other, word in GIVEN_UP.items()
        if other in text
    ]

    assert used == []
    assert set(GIVEN_UP.values()) <= set(re.findall(r"[^ |]+", GLOSSARY.read_text("utf-8")))


def test_a_sentence_begins_with_a_capital() -> None:
    """Findings stand in one list, whoever wrote them: they begin alike."""
    small = [
        id_
        for id_, text in messages("en").items()
        if text.strip()[:1].islower() and not id_.startswith(LABELS)
        if not text.startswith(SMALL) and not text.startswith("  ")
    ]

    assert small == []


@pytest.mark.parametrize(("language", "stop"), [("en", ". "), ("ja", "。")])
def test_a_single_sentence_ends_without_a_full_stop(language: str, stop: str) -> None:
    """Findings stand in one list, whoever wrote them: they end alike."""
    stopped = [
        id_
        for id_, text in messages(language).items()
        if text.endswith(stop.strip()) and stop not in text[:-1] and not id_.startswith(PROSE)
    ]

    assert stopped == []


def _has_words(text: str) -> bool:
    """Tell a sentence from a proper noun, a path or a row of fields."""
    return len(re.findall(r"\b[a-z]{3,}\b", re.sub(r"\{\w+\}|`[^`]*`", "", text))) > 2


def _said(module: Module) -> list[tuple[ast.Call, str, set[str]]]:
    """Give the calls that name a message, unless their fields are known at run time only."""
    return [
        (call, call.args[0].value, {keyword.arg or "" for keyword in call.keywords})
        for call in module.calls()
        if ast.unparse(call.func).rpartition(".")[2] in SPEAKERS
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
        and all(keyword.arg for keyword in call.keywords)
    ]
