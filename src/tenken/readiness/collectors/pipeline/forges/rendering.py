"""Known values in place of their `${{ ... }}`."""

from collections.abc import Mapping

from tenken.pattern import Pattern

EXPRESSION = Pattern(r"\$\{\{\s*([A-Za-z_][A-Za-z0-9_.-]*)\s*\}\}")
MAX_LENGTH = 50_000


def rendered(text: str, values: Mapping[str, str]) -> str:
    """Replace `${{ inputs.environment }}` where its value is known; leave the rest as it is."""
    if "${{" not in text or len(text) > MAX_LENGTH:
        return text
    parts: list[str] = []
    for index, part in enumerate(EXPRESSION.split(text)):
        if index % 2 == 0:
            parts.append(part)
        else:
            parts.append(values.get(part, f"${{{{ {part} }}}}"))
    return "".join(parts)
