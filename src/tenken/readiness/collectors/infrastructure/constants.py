"""Variables to which a shell script gives one literal value."""

from tenken.pattern import Pattern

NAME = r"[A-Za-z_][A-Za-z0-9_]*"
USE = Pattern(r"\$(?:\{(" + NAME + r")\}|(" + NAME + r"))")
GIVEN = Pattern(r"(?m)^[ \t]*(?:export +|readonly +|local +)?(" + NAME + r")=(.*)$")
WORD = r"([A-Za-z0-9._-]+)"
LITERAL = Pattern(
    r"[\"']?(?:" + WORD + r"|\$\{" + NAME + ":?-" + WORD + r"\})[\"']?\s*(?:[;#].*)?"
)
"""`value` and `${NAME:-value}`, in quotes or not."""


def with_values(word: str, script: str) -> str:
    """Put in the values of variables that have one; the others stay as they are written."""
    if "$" not in word or "$(" in word or "${{" in word:
        return word
    values: dict[str, set[str]] = {}
    for name, written in GIVEN.findall(script):
        literal = LITERAL.fullmatch(written)
        values.setdefault(name, set()).add((literal[1] or literal[2]) if literal else "")
    known = {name: next(iter(told)) for name, told in values.items() if len(told) == 1}
    return USE.sub(lambda it: known.get(it[1] or it[2]) or it[0], word)
