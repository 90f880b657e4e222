"""tox: which commands an environment runs (tox.ini, setup.cfg, pyproject.toml)."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.launch import Start
from tenken.readiness.collectors.pipeline.commands.piece import (
    NOWHERE,
    Files,
    Followed,
    Piece,
    folder_of,
    line_with,
    strings,
    table,
)
from tenken.readiness.collectors.pipeline.commands.status import Mask, Options
from tenken.readiness.collectors.pipeline.runners.ini import Sections, Value, read_ini
from tenken.readiness.facts.pipeline import NeutraliserKind

REFERENCE = Pattern(r"\{\[([^\]]+)\]([A-Za-z_]+)\}")
FACTOR = Pattern(r"^([A-Za-z0-9_.,!-]+)\s*:\s+(.*)$")
BRACES = Pattern(r"^([^{]*)\{([^}]*)\}(.*)$")
MAX_ENVIRONMENTS = 60


class Config(Struct, frozen=True):
    """A tox configuration as sections."""

    path: str
    sections: Sections


def follow(start: Start, folder: str, files: Files) -> Followed:
    """Give the commands behind `tox -e lint,py311`."""
    config = _config(folder, files)
    if config is None:
        return NOWHERE
    names = _chosen(start.words[1:]) or _default(config)
    pieces = tuple(it for name in names[:MAX_ENVIRONMENTS] for it in _pieces(name, config))
    return Followed(pieces=pieces)


def _config(folder: str, files: Files) -> Config | None:
    path = files.upwards(folder, "tox.ini", "setup.cfg")
    if path is not None:
        sections = read_ini(files.text(path) or "")
        if any(name.startswith(("tox", "testenv")) for name in sections):
            return Config(path, sections)
    path = files.upwards(folder, "tox.toml", "pyproject.toml")
    if path is None:
        return None
    text = files.text(path) or ""
    settings = files.toml(path)
    settings = settings if path.endswith("tox.toml") else table(settings, "tool", "tox")
    legacy = settings.get("legacy_tox_ini")
    if isinstance(legacy, str):
        return Config(path, read_ini(legacy))
    return Config(path, _from_toml(settings, text)) if settings else None


def _from_toml(settings: Mapping[str, object], text: str) -> Sections:
    line = line_with(text, "commands")
    listed = ",".join(strings(settings.get("env_list")))
    sections: Sections = {"tox": {"env_list": Value(listed, line)}}
    environments = {"testenv": table(settings, "env_run_base")}
    environments |= {
        f"testenv:{name}": table(settings, "env", name) for name in table(settings, "env")
    }
    for name, values in environments.items():
        commands = values.get("commands")
        if isinstance(commands, list):
            rows = (" ".join(strings(row)) for row in commands)
            sections[name] = {"commands": Value("\n".join(rows), line)}
    return sections


def _chosen(words: tuple[str, ...]) -> tuple[str, ...]:
    names: list[str] = []
    for index, word in enumerate(words):
        if word == "--":
            break
        if word in {"-e", "-f", "--env"}:
            names += "".join(words[index + 1 : index + 2]).split(",")
        elif word.startswith("-e") and not word.startswith("--"):
            names += word[2:].split(",")
    return tuple(name for name in names if name)


def _default(config: Config) -> tuple[str, ...]:
    tox = config.sections.get("tox") or config.sections.get("tox:tox") or {}
    listed = tox.get("envlist") or tox.get("env_list")
    if listed is None:
        return ("py",)
    return tuple(name for word in _split(listed.text) for name in _unbraced(word))


def _split(text: str) -> list[str]:
    """Split at commas and line breaks outside of braces."""
    words, word, depth = [], "", 0
    for char in text:
        depth += (char == "{") - (char == "}")
        if char in ",\n" and depth <= 0:
            words.append(word.strip())
            word = ""
        else:
            word += char
    return [it for it in (*words, word.strip()) if it]


def _unbraced(word: str) -> list[str]:
    found = BRACES.match(word)
    if found is None:
        return [word]
    before, choices, after = found.groups()
    return [f"{before}{choice.strip()}{rest}" for choice in choices.split(",")
            for rest in _unbraced(after)][:MAX_ENVIRONMENTS]  # fmt: skip


def _pieces(name: str, config: Config) -> Iterator[Piece]:
    own = config.sections.get(f"testenv:{name}", {})
    base = config.sections.get("testenv", {})
    ignored = (own.get("ignore_outcome") or base.get("ignore_outcome") or Value("", 0)).text
    for key in ("commands_pre", "commands"):
        value = own.get(key) or base.get(key)
        if value is None:
            continue
        for offset, line in enumerate(_resolved(value.text, config).splitlines()):
            if command := _for_environment(line.strip(), name):
                place = Place(config.path, value.line + offset if value.line else 0)
                yield _piece(command, place, name, ignored=ignored.lower() == "true")


def _resolved(text: str, config: Config) -> str:
    for section, key in REFERENCE.findall(text)[:20]:
        value = config.sections.get(section, {}).get(key)
        if value is not None:
            text = text.replace(f"{{[{section}]{key}}}", value.text)
    return text


def _for_environment(line: str, name: str) -> str:
    """Drop a line that belongs to other factors, such as `docs: sphinx-build`."""
    found = FACTOR.match(line)
    if found is None:
        return line
    factors, command = found.groups()
    wanted = set(name.split("-"))
    fits = any(set(factor.split("-")) <= wanted for factor in factors.split(","))
    return command if fits else ""


def _piece(command: str, place: Place, name: str, *, ignored: bool) -> Piece:
    masks: tuple[Mask, ...] = ()
    if command.startswith("-"):
        masks = (Mask(NeutraliserKind.DASH, place.line, command[:50]),)
    if ignored:
        masks += (Mask(NeutraliserKind.FLAG, place.line, "ignore_outcome = true"),)
    text = command.lstrip("-! ").replace("{posargs}", "").replace("{envpython}", "python")
    return Piece(
        text=text,
        place=place,
        key=f"{place}:{name}:{text}",
        options=Options(folder=folder_of(place.path)),
        masks=masks,
    )
