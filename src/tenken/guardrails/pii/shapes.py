r"""Pieces of patterns, for the folded text: what people write between digits, and digits as kanji.

RE2 knows ASCII alone behind `\b` and `\w`, so kana and kanji are borders, which is what is meant
here; Python's own `re` takes them for letters of a word and finds nothing beside them.
"""

from unicodedata import normalize

HYPHEN = "[-‐‒–—―−ー─━~]"
"""Folded, full-width and half-width ones are among these."""
BETWEEN = rf"(?: ?{HYPHEN} ?)"
KANJI = "[〇○零一二三四五六七八九]"
IDEOGRAPH = "[㐀-䶿一-鿿々〆ヶヵ]"
KANA = "[ぁ-ゖァ-ヺー゙゚]"


def either_width(words: str) -> str:
    """Give words of a pattern, and those in half-width kana besides: `ﾊﾞ` stays two characters.

    >>> either_width("番号|バ") == "番号|バ|ハ\u3099"
    True
    """
    both = (word for word in words.split("|") for word in (word, normalize("NFD", word)))
    return "|".join(dict.fromkeys(both))


_AS_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")


def digits(text: str) -> str:
    """Give the digits of a text, kanji digits too.

    >>> digits("〇三-一二三四"), digits("03 (1234)")
    ('031234', '031234')
    """
    return "".join(filter(_is_digit, text.translate(_AS_DIGITS)))


def is_japanese(text: str) -> bool:
    """Tell whether there are kana or kanji in a text."""
    return any("ぁ" <= character <= "鿿" for character in text)


def is_ideograph(character: str) -> bool:
    """Tell whether a character is a kanji; none is none."""
    return "㐀" <= character <= "鿿" or character in {"々", "〆", "ヶ"}


def is_hiragana(character: str) -> bool:
    """Tell whether a character is hiragana; none is none."""
    return "ぁ" <= character <= "ゖ" or character == "ー"


def _is_digit(character: str) -> bool:
    return "0" <= character <= "9"
