"""Whether a line that can be typed would change or show anything."""

from tenken.pattern import Pattern
from tenken.readiness.facts.words.figures import is_blank

IDLE = frozenset({
    "echo", "printf", "true", "false", ":", "sleep", "pwd", "date", "whoami", "cd", "exit",
})  # fmt: skip
"""Commands that leave everything as it was, and tell nothing of the application."""
BETWEEN = Pattern(r"&&|\|\||[|;]")
WRITES = Pattern(r">\s*[^&\s]")


def acts(line: str) -> bool:
    """A command that does something: `echo stop` does not, `echo stop > /run/mode` does."""
    said = line.strip()
    if is_blank(said) or said.startswith("#"):
        return False
    if WRITES.search(said):
        return True
    pieces = (piece.split() for piece in BETWEEN.split(said))
    return any(words and words[0] not in IDLE for words in pieces)
