"""Whether a line that can be typed would change or show anything."""

from tenken.pattern import Pattern
from tenken.readiness.facts.words.figures import is_blank

IDLE = frozenset({
    "echo", "printf", "true", "false", ":", "sleep", "pwd", "date", "whoami", "cd", "exit",
})  # fmt: skip
"""Commands that leave everything as it was, and tell nothing of the application."""
BETWEEN = Pattern(r"&&|\|\||[|;]")
WRITES = Pattern(r">\s*[^&\s]")

FORM = Pattern(
    r"(?i)<[^<>|&;=]+>|\{\{?[a-z_ -]+\}?\}|\[[a-z_ -]{3,}\]|\byour[-_ ]|\bx{3,}\b|\bTODO\b"
)
"""What a template leaves open in a command."""
FORM_WORDS = frozenset({
    "command", "cmd", "commands", "check", "fix", "rollback", "restart", "verify", "script", "run",
})  # fmt: skip


def acts(line: str) -> bool:
    """A command that does something: `echo stop` does not, `echo stop > /run/mode` does."""
    said = line.strip()
    if is_blank(said) or said.startswith("#"):
        return False
    if WRITES.search(said):
        return True
    pieces = (piece.split() for piece in BETWEEN.split(said))
    return any(words and words[0] not in IDLE for words in pieces)


def is_filled_in(line: str) -> bool:
    """A command that can be typed as it stands: `deployment/<name>` is a form."""
    words = line.split()
    alone = len(words) == 1 and words[0].lower() in FORM_WORDS
    return acts(line) and not alone and not FORM.search(line)
