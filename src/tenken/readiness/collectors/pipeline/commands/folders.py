"""Where a command runs: what `cd` leads to, and what scripts call the folder they stand in."""

from collections.abc import Mapping

from msgspec import Struct

from tenken.pattern import Pattern

ROOTS = (
    "$GITHUB_WORKSPACE", "${GITHUB_WORKSPACE}", "${{ github.workspace }}", "$CI_PROJECT_DIR",
    "${CI_PROJECT_DIR}", "/workspace",
)  # fmt: skip
"""What the forges call the root of the checkout."""
ROOT = ROOTS[0]
TOP = Pattern(r"""\$\(git rev-parse --show-toplevel\)|`git rev-parse --show-toplevel`""")
OWN = Pattern(
    r"""\$\(dirname (?:-- )?"?\$(?:0|\{0\}|BASH_SOURCE|\{BASH_SOURCE(?:\[0\])?\})"?\)"""
    r"""|\$\{(?:0|BASH_SOURCE(?:\[0\])?)%/\*\}|`dirname "?\$0"?`"""
)
"""How a script names the folder it stands in."""
MADE_ABSOLUTE = Pattern(r"""^\$\(cd (?:-- |-P )?"?([^"]*|[^"]*"[^"]*"[^"]*)"?"""
                            r"""(?: >/dev/null(?: 2>&1)?)? && pwd(?: -P)?\)$""")  # fmt: skip
VARIABLE = Pattern(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")


class Held(Struct, frozen=True):
    """A variable that holds a folder, written from the root."""

    name: str
    folder: str


def entered(folder: str, path: str) -> str:
    """Give the folder after `cd path`; `?` where it depends on a variable or leaves the root."""
    for root in ROOTS:
        if path == root or path.startswith(f"{root}/"):
            folder, path = "", path.removeprefix(root).lstrip("/")
    if folder == "?" or path.startswith(("/", "~", "-")) or "$" in path or "`" in path:
        return "?"
    parts = [part for part in folder.split("/") if part]
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return "?"
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def from_root(text: str, home: str) -> str:
    """`$(dirname "$0")/..` told from the root, for a script in `home`; other text as it was."""
    if "$" not in text and "`" not in text:
        return text
    made = MADE_ABSOLUTE.match(text)
    inner = TOP.sub(ROOT, made.group(1) if made else text)
    if home != "?":
        inner = OWN.sub(f"{ROOT}/{home}".rstrip("/"), inner)
    return text if made and entered("?", inner) == "?" else inner


def assigned_folder(word: str, home: str) -> Held | None:
    """`ROOT=$(cd "$(dirname "$0")/.." && pwd)` says what the name holds from now on."""
    name, _, value = word.partition("=")
    told = from_root(value, home)
    return Held(name, told) if told.startswith(ROOT) and entered("", told) != "?" else None


def with_folders(word: str, folders: Mapping[str, str]) -> str:
    """Put known folders in place of their variables at the beginning of a word."""
    found = VARIABLE.match(word) if folders and word.startswith("$") else None
    if found is None:
        return word
    value = folders.get(found.group(1) or found.group(2))
    return word if value is None else value + word[found.end() :]
