"""Prompts as tests write them."""

from tenken.errors import Malformed
from tenken.prompts.prompt import Prompt
from tenken.prompts.reading import read_prompt

FILE = "prompts/reply.prompt"


def prompt(body: str, schema: str = "{}", *, more: str = "", within: str = "") -> Prompt:
    """Read a file made of these parts."""
    return read_prompt(text(body, schema, more=more, within=within), file=FILE)


def text(body: str, schema: str = "{}", *, more: str = "", within: str = "") -> str:
    """A file: `more` stands beside the input, `within` in it."""
    front = f"model: desk\ninput:\n  schema: {schema}\n"
    front += f"  {within}\n" if within else ""
    front += f"{more}\n" if more else ""
    return f"---\n{front}---\n{body}"


def told(written: str, file: str = FILE) -> list[tuple[int, str]]:
    """What is wrong with a file: lines and ids."""
    try:
        read_prompt(written, file=file)
    except Malformed as malformed:
        return [(one.place.line, one.sentence.id) for one in malformed.problems]
    return []


def wrong(body: str, schema: str = "{}", *, more: str = "", within: str = "") -> set[str]:
    """The ids of what is wrong."""
    found = told(text(body, schema, more=more, within=within))
    return {id_.removeprefix("prompts.") for _, id_ in found}
