"""Text in a newer Python, told in words that an older compiler reads: line by line the same.

From 3.12 on an f-string may hold its own quotes and backslashes, types have names of their own and
functions have type parameters. Such a text becomes one that means the same to a reader: an
f-string becomes a sum of its pieces, the rest is left out. It is read, never run.
"""

import tree_sitter

MAX_DEPTH = 60
"""Of nodes inside each other; honest code needs a third."""
LEFT_OUT = frozenset({"type_conversion", "format_specifier", "}", "{", "=", "comment"})


class _TooDeep(Exception):
    pass


def older(root: tree_sitter.Node, source: bytes) -> str | None:
    """Give the text for an older compiler; None where it is nested too deep."""
    try:
        return _told(root, source, 0).decode("utf-8", "replace")
    except _TooDeep:
        return None


def _told(node: tree_sitter.Node, source: bytes, depth: int) -> bytes:
    if depth > MAX_DEPTH:
        raise _TooDeep
    match node.type:
        case "type_parameter" if node.parent is not None and _is_definition(node.parent):
            return b"\n" * source[node.start_byte : node.end_byte].count(b"\n")
        case "type_alias_statement":
            return _alias(node, source)
        case "concatenated_string":
            return b"(" + _pieces(node, source, depth, b" + ") + b")"
        case "string" if _is_newer(node, source):
            return _sum(node, source, depth)
        case _:
            return _pieces(node, source, depth, b"")


def _pieces(node: tree_sitter.Node, source: bytes, depth: int, between: bytes) -> bytes:
    """A node's own text with what is inside it told anew."""
    told, at = [], node.start_byte
    for number, child in enumerate(node.children):
        told += [source[at : child.start_byte], between if number else b""]
        told.append(_told(child, source, depth + 1))
        at = child.end_byte
    return b"".join((*told, source[at : node.end_byte]))


def _sum(node: tree_sitter.Node, source: bytes, depth: int) -> bytes:
    """`f"a {b}"` as `("a " + (b) + "")`."""
    opening = source[node.children[0].start_byte : node.children[0].end_byte]
    prefix = opening.rstrip(b"\"'")
    quotes = opening[len(prefix) :]
    start = prefix.replace(b"f", b"").replace(b"F", b"") + quotes
    told, at = [b"(" + start], node.children[0].end_byte
    for part in node.children[1:-1]:
        if part.type == "interpolation":
            fixed = source[at : part.start_byte].replace(b"{{", b"{").replace(b"}}", b"}")
            inner = _expression(part, source, depth)
            told += [fixed, quotes, b" + (", inner, b") + ", start]
            at = part.end_byte
    rest = source[at : node.children[-1].start_byte].replace(b"{{", b"{").replace(b"}}", b"}")
    return b"".join((*told, rest, quotes, b")"))


def _expression(part: tree_sitter.Node, source: bytes, depth: int) -> bytes:
    """What stands between the braces, on its own lines, without comments and formats."""
    told, at = [], part.start_byte
    for one in part.children:
        told.append(source[at : one.start_byte])
        told.append(b"" if one.type in LEFT_OUT else _told(one, source, depth + 1))
        at = one.end_byte
    return b"".join(told)


def _alias(node: tree_sitter.Node, source: bytes) -> bytes:
    """`type Name[T] = ...` as an assignment."""
    name, _, value = source[node.children[1].start_byte : node.end_byte].partition(b"=")
    return name.partition(b"[")[0].strip() + b" = " + value


def _is_newer(node: tree_sitter.Node, source: bytes) -> bool:
    """An expression inside holds a backslash, a comment or the string's own quote."""
    opening = source[node.children[0].start_byte : node.children[0].end_byte]
    quote = opening[-1:]
    inside = b"".join(
        source[one.start_byte : one.end_byte]
        for one in node.children
        if one.type == "interpolation"
    )
    return any(mark in inside for mark in (b"\\", b"#", b"\n", quote))


def _is_definition(node: tree_sitter.Node) -> bool:
    return node.type in {"function_definition", "class_definition"}
