"""From the text of a `.prompt` file to a prompt, or every problem in it."""

import hashlib
from collections.abc import Iterable, Mapping

from msgspec import Struct

from tenken.config.node import ABSENT, Node
from tenken.config.schema import nearest
from tenken.config.yaml import YamlError, read_yaml
from tenken.pattern import Pattern
from tenken.prompts.prompt import Parameters, Prompt
from tenken.prompts.schemas import Schemas
from tenken.prompts.scope import Scope
from tenken.prompts.shape import Json, Kind, Shape, wrongs
from tenken.prompts.template import sections
from tenken.prompts.told import Told
from tenken.sentence import say

SUFFIX = ".prompt"
FILE_MAX = 64_000
"""Characters."""
FENCE = "---\n"
NAME = Pattern(r"[a-z0-9][a-z0-9_-]{0,62}")
KEYS = ("model", "description", "config", "input", "output")
CONFIG = ("temperature", "topP", "maxOutputTokens")
INPUT = ("schema", "default", "trusted")
OUTPUT = ("format", "schema")
TEMPERATURE_MAX = 2.0
TOKENS_MAX = 2**31 - 1


class _Front(Struct, frozen=True):
    """A file in its two parts."""

    document: Node
    body: str
    line: int
    """On which the body begins."""


def canonical(text: str) -> str:
    """Give the text that is hashed: lines end as everywhere, and so does the file.

    So a checkout on another machine is the same version, and `sha256sum` gives it for any file
    that is written this way already.
    """
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return plain.rstrip("\n") + "\n"


def digest_of(text: str) -> str:
    """Give the version of a file: 64 hex digits."""
    return hashlib.sha256(canonical(text).encode("utf-8", "surrogatepass")).hexdigest()


def name_of(file: str) -> str:
    """Give a prompt's name: the file's, up to the first dot. The rest tells versions apart."""
    return file.rpartition("/")[2].partition(".")[0]


def read_prompt(text: str, *, file: str) -> Prompt:
    """Read one file; raises Malformed with all its problems."""
    told = Told(file)
    name = name_of(file)
    if NAME.fullmatch(name) is None:
        told.add(0, "", say("prompts.bad_file_name", name=name[:64] or "-"))
    if len(text) > FILE_MAX:
        told.add(0, "", say("prompts.file_large", most=FILE_MAX))
        told.end()
    front = _front(canonical(text), told)
    prompt = _prompt(name, text, front, told)
    told.end()
    return prompt


def _front(text: str, told: Told) -> _Front:
    end = text.find("\n" + FENCE, len(FENCE) - 1)
    if not text.startswith(FENCE) or end < 0:
        told.add(1, "", say("prompts.no_front"))
        told.end()
    matter, body = text[len(FENCE) : end + 1], text[end + 1 + len(FENCE) :]
    # One line is before the matter: numbers of lines are the file's.
    read = read_yaml("\n" + matter)
    line = text.count("\n", 0, end + 1) + 2
    if isinstance(read, YamlError):
        told.add(read.line, "", say(f"config.{read.reason}", detail=read.detail))
        return _Front(ABSENT, body, line)
    if len(read) != 1 or not isinstance(read[0].value, Mapping):
        told.add(1, "", say("prompts.no_front"))
        return _Front(ABSENT, body, line)
    return _Front(read[0], body, line)


def _prompt(name: str, text: str, front: _Front, told: Told) -> Prompt:
    document = front.document
    if document:
        _keys(document, KEYS, "", told)
        if not document.at("model").text.strip():
            told.add(document.line, "model", say("prompts.no_model"))
    variables = _variables(document.at("input"), document, told)
    defaults = _defaults(document.at("input"), variables, told)
    trusted = _trusted(document.at("input"), variables, told)
    found = sections(front.body, first_line=front.line, told=told)
    scope = Scope(variables, trusted=trusted, given=frozenset(defaults), told=told)
    for section in found:
        scope.check(section)
    _unused(variables.fields, scope.used, document.at("input").at("schema"), told)
    return Prompt(
        name=name,
        file=told.file,
        digest=digest_of(text),
        model=document.at("model").text,
        description=document.at("description").text,
        parameters=_parameters(document.at("config"), told),
        variables=variables,
        defaults=defaults,
        trusted=trusted,
        answer=_answer(document.at("output"), document, told),
        sections=found,
    )


def _keys(node: Node, known: tuple[str, ...], path: str, told: Told) -> None:
    """Tell of what is no mapping, and of names that are unknown."""
    if node and not isinstance(node.value, Mapping):
        told.add(node.line, path, say("prompts.no_mapping"))
    for name in node.mapping:
        if name not in known:
            key = f"{path}.{name[:64]}" if path else name[:64]
            close = nearest(name, known) or ", ".join(known)
            sentence = say("prompts.unknown_key", name=name[:64], known=close)
            told.add(node.line_of(name), key, sentence)


def _variables(given: Node, document: Node, told: Told) -> Shape:
    _keys(given, INPUT, "input", told)
    if "schema" not in given.mapping:
        return Shape(kind=Kind.OBJECT)
    schema = given.at("schema")
    line = given.line_of("schema") or document.line
    shape = Schemas(told, anything=False).read(schema, "input.schema", line)
    if not shape.closed:
        told.add(line, "input.schema", say("prompts.open_variables"))
    return shape


def _defaults(given: Node, variables: Shape, told: Told) -> Mapping[str, Json]:
    node = given.at("default")
    if not node:
        return {}
    if not isinstance(node.value, Mapping):
        told.add(node.line, "input.default", say("prompts.no_mapping"))
        return {}
    for name, one in node.mapping.items():
        line, key = node.line_of(name), f"input.default.{name[:64]}"
        shape = variables.fields.get(name)
        if shape is None:
            known = nearest(name, variables.fields) or ", ".join(variables.fields) or "-"
            told.add(line, key, say("prompts.undefined", name=name[:64], known=known))
            continue
        for wrong in wrongs(one.plain, shape, key):
            told.add(line, wrong.path, wrong.sentence)
    return {name: one.plain for name, one in node.mapping.items() if name in variables.fields}


def _trusted(given: Node, variables: Shape, told: Told) -> frozenset[str]:
    found: set[str] = set()
    for one in given.at("trusted").many:
        shape = variables.fields.get(one.text)
        if shape is None:
            known = nearest(one.text, variables.fields) or ", ".join(variables.fields) or "-"
            sentence = say("prompts.undefined", name=one.text[:64] or "-", known=known)
            told.add(one.line, "input.trusted", sentence)
        elif not shape.listed:
            told.add(one.line, "input.trusted", say("prompts.not_closed_list", name=one.text))
        found.add(one.text)
    return frozenset(found)


def _unused(fields: Iterable[str], used: set[str], schema: Node, told: Told) -> None:
    """A variable that stands nowhere is a slip: what the caller gives would be lost."""
    for name in fields:
        if name not in used and not told:
            told.add(schema.line, f"input.schema.{name}", say("prompts.unused", name=name))


def _parameters(config: Node, told: Told) -> Parameters:
    _keys(config, CONFIG, "config", told)
    tokens = config.at("maxOutputTokens")
    whole = isinstance(tokens.value, int) and not isinstance(tokens.value, bool)
    if tokens and not (whole and 0 < (tokens.number or 0) <= TOKENS_MAX):
        told.add(tokens.line, "config.maxOutputTokens", say("prompts.bad_bound"))
    return Parameters(
        temperature=_number(config, "temperature", TEMPERATURE_MAX, told),
        top_p=_number(config, "topP", 1.0, told),
        output_max=tokens.value if isinstance(tokens.value, int) else None,
    )


def _number(config: Node, name: str, most: float, told: Told) -> float | None:
    node = config.at(name)
    if node and not (node.number is not None and 0 <= node.number <= most):
        told.add(node.line, f"config.{name}", say("prompts.bad_number", name=name, most=most))
    return node.number


def _answer(output: Node, document: Node, told: Told) -> Shape | None:
    _keys(output, OUTPUT, "output", told)
    form, schema = output.at("format"), output.at("schema")
    if form and form.text not in {"json", "text"}:
        told.add(form.line, "output.format", say("prompts.bad_format"))
    if not schema:
        if form.text == "json":
            told.add(form.line, "output.schema", say("prompts.json_without_schema"))
        return None
    if form.text == "text":
        told.add(form.line, "output.format", say("prompts.bad_format"))
    line = output.line_of("schema") or document.line
    return Schemas(told, anything=True).read(schema, "output.schema", line)
