"""Dockerfiles: what the image is built from, as whom it runs, what must not be in it."""

from collections.abc import Iterator

from msgspec import Struct

from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.facts.infrastructure import Image, Variable
from tenken.readiness.facts.tree import Entry, Role, Tree, Unreadable

MAX_LINES = 20_000
SECRET_FILE = Pattern(
    r"(?i)(^|[/ ])(\.env(\.(prod|production|local))?|[^ ]*credentials[^ ]*\.json|[^ ]*\.pem|"
    r"service[-_]account[^ ]*\.json|[^ ]*[-_/]?sa([-_]key)?\.json|[^ ]*[-_]key\.json|id_rsa)( |$)"
)
SECRET_NAME = Pattern(r"(?i)([A-Z0-9_]*(API_?KEY|SECRET|TOKEN|PASSWORD)[A-Z0-9_]*)[= ]+([^ ]+)")
PAIR = Pattern(r"""(\w+)=("[^"]*"|'[^']*'|[^ ]*)""")
HARMLESS = (
    "$",
    '"$',
    "",
    '""',
    "''",
    "changeme",
    "dummy",
    "unset",
    "none",
    "placeholder",
    "true",
    "false",
)


class Instruction(Struct, frozen=True):
    """One instruction with its continued lines joined."""

    word: str
    rest: str
    line: int


def read_dockerfiles(tree: Tree, found: Found) -> None:
    """Read every Dockerfile into `found`."""
    for entry in tree.entries:
        if is_dockerfile(entry) and entry.role is Role.PRODUCTION:
            text = tree.text(entry.path)
            if not isinstance(text, Unreadable):
                found.images.append(image(entry.path, text))


def is_dockerfile(entry: Entry) -> bool:
    """`Dockerfile`, `Dockerfile.prod`, `api.dockerfile`, `Containerfile`; no ignore files."""
    name = entry.name.lower()
    is_one = name in {"dockerfile", "containerfile"} or name.startswith("dockerfile.")
    return (is_one or name.endswith(".dockerfile")) and not name.endswith(".dockerignore")


def image(path: str, text: str) -> Image:
    """Give what a Dockerfile says of its last stage."""
    instructions = list(_instructions(text))
    last = max((at for at, one in enumerate(instructions) if one.word == "FROM"), default=0)
    final = instructions[last:]
    return Image(
        place=Place(path, final[0].line if final else 0),
        base=final[0].rest.split(" ")[0] if final else "",
        user=next((one.rest.split(" ")[0] for one in reversed(final) if one.word == "USER"), ""),
        copies_secrets=tuple(
            Place(path, one.line)
            for one in instructions
            if one.word in {"COPY", "ADD"} and SECRET_FILE.search(f" {one.rest} ")
        ),
        secret_values=tuple(
            Place(path, one.line)
            for one in final
            if one.word in {"ENV", "ARG"} and _has_secret(one.rest)
        ),
        variables=tuple(_variables(path, instructions)),
        command=" ".join(one.rest for one in final if one.word in {"CMD", "ENTRYPOINT"})[:200],
    )


def _variables(path: str, instructions: list[Instruction]) -> Iterator[Variable]:
    """What the last stage sets, and each stage that it is made from."""
    stages: list[list[Instruction]] = []
    for one in instructions:
        if one.word == "FROM" or not stages:
            stages.append([])
        stages[-1].append(one)
    named = {_alias(stage[0]): stage for stage in stages}
    stage, waiting = stages[-1] if stages else [], len(stages)
    while stage and waiting:
        for one in stage:
            if one.word == "ENV":
                yield from _set(path, one)
        stage, waiting = named.get(stage[0].rest.split(" ")[0].lower(), []), waiting - 1


def _alias(first: Instruction) -> str:
    """`FROM python:3.12 AS base`."""
    return first.rest.lower().partition(" as ")[2].strip()


def _set(path: str, one: Instruction) -> Iterator[Variable]:
    """`ENV A=1 B="two words"`, and the old `ENV A 1`; what comes from an ARG is not known."""
    pairs = PAIR.findall(one.rest)
    if not pairs:
        name, _, value = one.rest.partition(" ")
        pairs = [(name, value.strip())]
    for name, value in pairs:
        told = value.strip("\"'")
        known = None if "$" in told else told
        yield Variable(name=name, place=Place(path, one.line), value=known)


def _has_secret(text: str) -> bool:
    return any(
        not value.lower().startswith(("$", '"$')) and value.lower().strip("\"'") not in HARMLESS
        for _, _, value in SECRET_NAME.findall(text)
    )


def _instructions(text: str) -> Iterator[Instruction]:
    parts: list[str] = []
    start = 0
    for number, line in enumerate(text.split("\n")[:MAX_LINES], 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if not parts:
            start = number
        parts.append(stripped.removesuffix("\\").strip())
        if not stripped.endswith("\\"):
            yield _instruction(parts, start)
            parts = []
    if parts:
        yield _instruction(parts, start)


def _instruction(parts: list[str], line: int) -> Instruction:
    word, _, rest = " ".join(parts).partition(" ")
    return Instruction(word.upper(), rest.strip(), line)
