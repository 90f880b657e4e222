"""A model's name within a path."""

PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")


def quoted(name: str) -> str:
    """Give a name with everything escaped that a path could take for its own.

    >>> quoted("anthropic.claude-x:0")
    'anthropic.claude-x%3A0'
    """
    return "".join([chr(one) if one in PLAIN else f"%{one:02X}" for one in name.encode()])
