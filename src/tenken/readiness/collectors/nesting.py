"""How deep a source nests, told without parsing it.

Parsers, and walks over what they give, slow down with the square of the depth: a hundred
kilobytes of `(` would cost minutes. Strings and comments are not told apart, so a bound has to be
far above what people write.
"""


def too_deep_at(text: str, most: int) -> int | None:
    """Give the first line where more than `most` brackets are open; None where none is."""
    if _opened(text) <= most:
        return None
    depth = 0
    for number, line in enumerate(text.split("\n"), 1):
        opened = _opened(line)
        if depth + opened > most and _deepest(line, depth) > most:
            return number
        depth = max(0, depth + opened - _closed(line))
    return None


def longest_line(text: str) -> int:
    """Give the length of the longest line."""
    longest = start = 0
    while (end := text.find("\n", start)) != -1:
        longest = max(longest, end - start)
        start = end + 1
    return max(longest, len(text) - start)


def _opened(text: str) -> int:
    return text.count("(") + text.count("[") + text.count("{")


def _closed(text: str) -> int:
    return text.count(")") + text.count("]") + text.count("}")


def _deepest(line: str, depth: int) -> int:
    deepest = depth
    for char in line:
        if char in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in ")]}":
            depth -= 1
    return deepest
