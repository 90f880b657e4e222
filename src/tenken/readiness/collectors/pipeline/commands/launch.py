"""From `poetry run python -m pytest -q` to `pytest -q`: what a command line really starts.

Wrappers are data: what they are called, which words belong to them, which options take a value.
"""

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

MAX_WRAPPERS = 12


class Wrapper(Struct, frozen=True, kw_only=True):
    """A program whose job is to start another one."""

    words: tuple[str, ...] = ()
    """What must follow its name, such as `run` in `uv run`; empty for none."""
    values: frozenset[str] = frozenset()
    """Options that take the next word as their value."""
    skip: int = 0
    """Words of its own before the program, such as the seconds of `timeout 60`."""
    script: bool = False
    """The rest is a script given as one word (`bash -c`)."""


DOCKER = frozenset({
    "-e", "--env", "-v", "--volume", "-w", "--workdir", "-u", "--user", "--name", "--network",
    "--env-file", "-p", "--publish", "--entrypoint", "--platform", "--mount", "-f", "--file",
    "--profile", "-l", "--label", "-m", "--memory", "--cpus", "--shm-size", "--add-host",
    "-n", "--namespace", "-c", "--container",
})  # fmt: skip
PYTHON_RUN = frozenset({
    "--with", "--extra", "--group", "--python", "-p", "--directory", "--project", "--env-file",
    "--only-group", "--package", "--with-requirements", "--from", "--index-url", "-e", "--env",
    "-C", "-P", "--with-editable", "--no-group", "-n", "--name", "--spec", "-m", "--module",
})  # fmt: skip

WRAPPERS: Mapping[str, tuple[Wrapper, ...]] = {
    "sudo": (Wrapper(values=frozenset({"-u", "-g"})),),
    "time": (Wrapper(),),
    "nohup": (Wrapper(),),
    "exec": (Wrapper(),),
    "command": (Wrapper(),),
    "builtin": (Wrapper(),),
    "nice": (Wrapper(values=frozenset({"-n"})),),
    "stdbuf": (Wrapper(),),
    "timeout": (Wrapper(values=frozenset({"-s", "-k", "--signal", "--kill-after"}), skip=1),),
    "env": (Wrapper(values=frozenset({"-u"})),),
    "xvfb-run": (Wrapper(values=frozenset({"-s", "-n"})),),
    "uv": (Wrapper(words=("run",), values=PYTHON_RUN - {"-m", "--module", "-e", "--env"}),
           Wrapper(words=("tool", "run"), values=PYTHON_RUN)),
    "uvx": (Wrapper(values=PYTHON_RUN),),
    "pipx": (Wrapper(words=("run",), values=PYTHON_RUN),),
    "poetry": (Wrapper(words=("run",), values=PYTHON_RUN),),
    "pipenv": (Wrapper(words=("run",)),),
    "pdm": (Wrapper(words=("run",), values=PYTHON_RUN - {"-m"}),),
    "rye": (Wrapper(words=("run",), values=PYTHON_RUN),),
    "hatch": (Wrapper(words=("run",), values=PYTHON_RUN),),
    "pixi": (Wrapper(words=("run",), values=PYTHON_RUN),),
    "conda": (Wrapper(words=("run",), values=PYTHON_RUN),),
    "mamba": (Wrapper(words=("run",), values=PYTHON_RUN),),
    "micromamba": (Wrapper(words=("run",), values=PYTHON_RUN),),
    "coverage": (Wrapper(words=("run",), values=frozenset({"--source", "--rcfile", "--omit"})),),
    "ddtrace-run": (Wrapper(),),
    "opentelemetry-instrument": (Wrapper(),),
    "dotenv": (Wrapper(words=("run",), values=frozenset({"-f", "-e"})),
               Wrapper(values=frozenset({"-f", "-e"}))),
    "doppler": (Wrapper(words=("run",), values=frozenset({"-p", "-c"})),),
    "infisical": (Wrapper(words=("run",), values=frozenset({"--env", "--path"})),),
    "op": (Wrapper(words=("run",)),),
    "npx": (Wrapper(values=frozenset({"-p", "--package"})),),
    "bunx": (Wrapper(),),
    "npm": (Wrapper(words=("exec",)),),
    "pnpm": (Wrapper(words=("exec",)), Wrapper(words=("dlx",))),
    "yarn": (Wrapper(words=("exec",)), Wrapper(words=("dlx",))),
    "docker": (Wrapper(words=("run",), values=DOCKER, skip=1),
               Wrapper(words=("exec",), values=DOCKER, skip=1),
               Wrapper(words=("compose", "run"), values=DOCKER, skip=1),
               Wrapper(words=("compose", "exec"), values=DOCKER, skip=1)),
    "docker-compose": (Wrapper(words=("run",), values=DOCKER, skip=1),
                       Wrapper(words=("exec",), values=DOCKER, skip=1)),
    "podman": (Wrapper(words=("run",), values=DOCKER, skip=1),),
    "bash": (Wrapper(words=("-c",), script=True), Wrapper(words=("-lc",), script=True),
             Wrapper(words=("-ec",), script=True), Wrapper(words=("-euc",), script=True)),
    "sh": (Wrapper(words=("-c",), script=True), Wrapper(words=("-ec",), script=True)),
    "eval": (Wrapper(script=True),),
}  # fmt: skip
PYTHONS = frozenset({"python", "python3", "py", "pypy3"})
FOLDER_OPTIONS = frozenset({"--directory", "--project", "--prefix", "--cwd", "--dir", "-C", "-w"})


class Start(Struct, frozen=True, kw_only=True):
    """The program behind the wrappers."""

    words: tuple[str, ...]
    script: str = ""
    """Shell text to be read in its place (`bash -c '...'`)."""
    fails_early: bool = False
    """That shell text is run with `-e`."""
    folder: str = ""
    """What a wrapper changes into (`uv run --directory server`)."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables set on the line."""
    in_container: bool = False

    @property
    def program(self) -> str:
        """The name without its folder, such as `pytest` for `.venv/bin/pytest`."""
        return self.words[0].rpartition("/")[2] if self.words else ""


def unwrapped(words: tuple[str, ...]) -> Start:
    """Peel variables and wrappers off a command line."""
    start = Start(words=words)
    for _ in range(MAX_WRAPPERS):
        peeled = _peeled(_without_variables(start))
        if peeled == start:
            break
        start = peeled
    return start


def _without_variables(start: Start) -> Start:
    words, env = start.words, dict(start.env)
    while words:
        name, equals, value = words[0].partition("=")
        if not equals or not name.isidentifier():
            break
        env[name] = value
        words = words[1:]
    return replace(start, words=words, env=env)


def _peeled(start: Start) -> Start:
    if not start.words:
        return start
    program = start.program
    if program in PYTHONS or program.startswith(("python3.", "python2.")):
        return _module(start)
    for wrapper in WRAPPERS.get(program, ()):
        inner = _inside(start, wrapper)
        if inner is not None:
            return inner
    return start


def _module(start: Start) -> Start:
    """`python -W error -m pytest` starts `pytest`."""
    words = start.words
    for index, word in enumerate(words[1:], start=1):
        if word == "-m" and index + 1 < len(words):
            return replace(start, words=words[index + 1 :])
        if not word.startswith("-") and words[index - 1] not in {"-W", "-X"}:
            is_program = word.rpartition("/")[2] == "manage.py"  # with commands of its own
            return replace(start, words=words[index:]) if is_program else start
    return start


def _inside(start: Start, wrapper: Wrapper) -> Start | None:
    rest = start.words[1:]
    rest = _past_options(rest, wrapper) if not wrapper.script else rest
    if rest[: len(wrapper.words)] != wrapper.words:
        return None
    rest = rest[len(wrapper.words) :]
    if wrapper.script:
        text = rest[0] if wrapper.words and rest else " ".join(rest)
        early = bool(wrapper.words) and "e" in wrapper.words[0]
        return replace(start, words=(), script=text, fails_early=early)
    folder = _option(rest, FOLDER_OPTIONS) or start.folder
    container = start.in_container or start.program in {"docker", "docker-compose", "podman"}
    rest = _past_options(rest, wrapper)[wrapper.skip :]
    if start.program == "coverage" and rest[:1] == ("-m",):
        rest = rest[1:]
    rest = rest[1:] if rest[:1] == ("--",) else rest
    if rest[:1] in {("-m",), ("--module",)} and len(rest) > 1:
        rest = rest[1:]  # `uv run -m pytest`
    if not rest:
        return None
    return replace(start, words=rest, folder=folder, in_container=container)


def _past_options(words: tuple[str, ...], wrapper: Wrapper) -> tuple[str, ...]:
    at = 0
    while at < len(words) and words[at].startswith("-"):
        if words[at] == "--":
            return words[at + 1 :]
        if words[at] in {"-m", "--module"} and words[at] not in wrapper.values:
            break
        at += 2 if words[at] in wrapper.values else 1
    return words[at:]


def _option(words: tuple[str, ...], names: frozenset[str]) -> str:
    """The value of the first of these options before the program."""
    for index, word in enumerate(words):
        if not word.startswith("-") and (index == 0 or not words[index - 1].startswith("-")):
            break
        name, equals, value = word.partition("=")
        if name in names:
            return value if equals else "".join(words[index + 1 : index + 2])
    return ""
