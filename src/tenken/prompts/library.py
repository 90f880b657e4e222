"""All prompts of a service, by name and version; labels say which version is which.

A file is named `<name>.prompt` or, for a further version of the same prompt,
`<name>.<any>.prompt`. Which of them is in production is said in `labels.yaml`, by digest: a
changed file is another version, never served under a label that an earlier text was given.
"""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from tenken import digest
from tenken.config.node import Node
from tenken.config.schema import nearest, parse
from tenken.errors import Malformed, Problem
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.prompts.prompt import Prompt
from tenken.prompts.reading import read_prompt
from tenken.prompts.told import Told
from tenken.sentence import Sentence, say

FOLDER = "prompts"
LABELS = "prompts/labels.yaml"
LABEL = Pattern(r"[a-z][a-z0-9_-]{0,31}")
DIGEST = Pattern(r"[0-9a-f]{64}")
FILES_MAX = 500
FILES_SIZE_MAX = 1_000_000


class File(Struct, frozen=True, kw_only=True):
    """A file as it was read."""

    file: str
    text: str


class Unknown(Exception):
    """There is no such prompt."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.id)
        self.sentence = sentence


class Library(Struct, frozen=True, kw_only=True):
    """The prompts that are served."""

    versions: Mapping[str, Mapping[str, Prompt]] = {}
    """By name and digest."""
    labels: Mapping[str, Mapping[str, str]] = {}
    """By name and label."""

    @property
    def digest(self) -> str:
        """Give what changes with any of it."""
        held = {name: sorted(versions) for name, versions in self.versions.items()}
        return digest.of_value([held, self.labels])

    @property
    def prompts(self) -> tuple[Prompt, ...]:
        """All versions, by name and file."""
        found = [one for versions in self.versions.values() for one in versions.values()]
        return tuple(sorted(found, key=lambda one: (one.name, one.file)))

    def named(self, prompt: Prompt) -> tuple[str, ...]:
        """Give the labels of a version."""
        labels = self.labels.get(prompt.name, {})
        return tuple(sorted(label for label, at in labels.items() if at == prompt.digest))

    def find(self, name: str, version: str) -> Prompt:
        """Give a prompt by its name and a label or digest; raises Unknown."""
        versions = self.versions.get(name)
        if versions is None:
            near = nearest(name[:64], self.versions) or "-"
            raise Unknown(say("prompts.no_prompt", name=name[:64], nearest=near))
        labels = self.labels.get(name, {})
        found = versions.get(labels.get(version, version))
        if found is None:
            some = ", ".join(sorted(labels)) or "-"
            sentence = say("prompts.no_version", name=name, version=version[:64], labels=some)
            raise Unknown(sentence)
        return found


def leading_nowhere(library: Library, known: Iterable[str]) -> Iterator[Problem]:
    """Tell of prompts whose `model` names neither a route nor a model of the application."""
    names = tuple(known)
    for prompt in library.prompts:
        if prompt.model not in names:
            listed = ", ".join(names) or "-"
            sentence = say("prompts.for_none", name=prompt.model, known=listed)
            yield Problem(place=Place(prompt.file), key="model", sentence=sentence)


def read_library(files: Iterable[File]) -> Library:
    """Read the files below `prompts/`; raises Malformed with the problems of all of them."""
    given = tuple(files)
    problems: list[Problem] = []
    versions: dict[str, dict[str, Prompt]] = {}
    if len(given) > FILES_MAX or sum(len(one.text) for one in given) > FILES_SIZE_MAX:
        told = Told(FOLDER)
        told.add(0, "", say("prompts.many_files", most=FILES_MAX, size=FILES_SIZE_MAX))
        told.end()
    for one in given:
        if one.file == LABELS:
            continue
        try:
            prompt = read_prompt(one.text, file=one.file)
        except Malformed as malformed:
            problems += malformed.problems
        else:
            versions.setdefault(prompt.name, {})[prompt.digest] = prompt
    labels = dict[str, dict[str, str]]()
    for one in given:
        if one.file == LABELS:
            labels = _labels(one, versions, problems)
    if problems:
        raise Malformed(tuple(problems))
    return Library(versions=versions, labels=labels)


def _labels(
    file: File, versions: Mapping[str, Mapping[str, Prompt]], problems: list[Problem]
) -> dict[str, dict[str, str]]:
    told = Told(file.file)
    try:
        document = parse(file.text, file=file.file)
    except Malformed as malformed:
        problems += malformed.problems
        return {}
    if document and not isinstance(document.value, Mapping):
        told.add(document.line, "", say("prompts.no_mapping"))
    found: dict[str, dict[str, str]] = {}
    for name, node in document.mapping.items():
        if name in versions:
            found[name] = _of_prompt(name, node, versions[name], told)
        elif not problems:  # of a file that could not be read nothing is known
            near = nearest(name, versions) or "-"
            sentence = say("prompts.no_prompt", name=name[:64], nearest=near)
            told.add(document.line_of(name), name[:64], sentence)
    problems += told.problems
    return found


def _of_prompt(
    name: str, node: Node, versions: Mapping[str, Prompt], told: Told
) -> dict[str, str]:
    if node and not isinstance(node.value, Mapping):
        told.add(node.line, name, say("prompts.no_mapping"))
    found: dict[str, str] = {}
    for label, one in node.mapping.items():
        line, key, version = node.line_of(label), f"{name}.{label[:64]}", one.text
        if LABEL.fullmatch(label) is None:
            told.add(line, key, say("prompts.bad_label", name=label[:64]))
        elif DIGEST.fullmatch(version) is None:
            told.add(line, key, say("prompts.bad_digest"))
        elif version not in versions:
            held = ", ".join(f"{one.digest} ({one.file})" for one in versions.values())
            told.add(line, key, say("prompts.label_leads_nowhere", version=version, known=held))
        else:
            found[label] = version
    return found
