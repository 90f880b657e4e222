"""Values that belong to nobody, drawn from a seed: right in form and check digit, never real ones.

Written apart from the rules that look for them: no word and no pattern of theirs is read here.
"""

import random
import string
from collections.abc import Callable
from pathlib import Path


def words(section: str) -> tuple[str, ...]:
    """Give the words of a section of the list of values; `_` stands for a space."""
    whole = (Path(__file__).parent / "texts" / "values.txt").read_text(encoding="utf-8")
    found = whole.split(f"[{section}]\n", 1)[1].split("[", 1)[0].split()
    return tuple(word.replace("_", " ") for word in found)


FAMILY, GIVEN, TOWNS = words("family"), words("given"), words("towns")
SOUNDS = tuple(tuple(word.split("・")) for word in words("sounds"))
ROMAN, FIRST, LAST = words("roman"), words("first"), words("last")
BUILDINGS = ("", "", " 桜ハイツ203号室", " 中央ビル5F", " メゾン青葉101")
STREETS = ("Maple Street", "Oak Avenue", "Elm Road", "Sunset Boulevard", "Park Lane", "Hill Drive")
CITIES = ("Springfield, IL 62704", "Portland, OR 97201", "Austin, TX 78701", "Boston, MA 02108")
KANJI = str.maketrans("0123456789", "〇一二三四五六七八九")
WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")
ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


def text(chance: random.Random, length: int, letters: str = string.digits) -> str:
    """Draw characters."""
    return "".join(chance.choice(letters) for _ in range(length))


def wide(value: str) -> str:
    """Give printable ASCII as full-width."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in value)


def _luhn(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        number = int(digit) * (2 if place % 2 == 0 else 1)
        total += number - 9 if number > 9 else number
    return body + str(-total % 10)


def _mod_11(body: str, weights: str) -> str:
    left = sum(int(digit) * int(weight) for digit, weight in zip(body, weights, strict=True)) % 11
    return str(0 if left <= 1 else 11 - left)


def my_number(chance: random.Random, form: str) -> str:
    """Twelve digits, the last of them the check digit."""
    body = text(chance, 11)
    value = body + _mod_11(body, "65432765432")
    if form == "hyphen":
        return f"{value[:4]}-{value[4:8]}-{value[8:]}"
    return wide(value) if form == "wide" else value


def licence(chance: random.Random, form: str) -> str:  # noqa: ARG001 - one form
    """Twelve digits; the eleventh is the check digit."""
    body = str(chance.randrange(10, 98)) + text(chance, 8)
    return body + _mod_11(body, "5432765432") + str(chance.randrange(0, 3))


def corporate(chance: random.Random, form: str) -> str:  # noqa: ARG001 - one form
    """Thirteen digits, the first of them the check digit."""
    body = text(chance, 12)
    total = sum(int(d) * (1 if place % 2 == 0 else 2) for place, d in enumerate(reversed(body)))
    return str(9 - total % 9) + body


def card(chance: random.Random, form: str) -> str:
    """Sixteen digits that pass Luhn."""
    value = _luhn(chance.choice(("4", "51", "35", "53", "49")).ljust(2, "7") + text(chance, 13))
    if form == "bare":
        return value
    joint = "-" if form == "hyphen" else " "
    groups = joint.join(value[at : at + 4] for at in range(0, 16, 4))
    return wide(groups) if form == "wide" else groups


def phone(chance: random.Random, form: str) -> str:
    """A number that could be dialled."""
    mobile = (
        chance.choice(("090", "080", "070")),
        str(chance.randrange(1000, 9999)),
        text(chance, 4),
    )
    area, length = chance.choice(
        (("03", 4), ("06", 4), ("045", 3), ("052", 3), ("0422", 2), ("092", 3), ("011", 3))
    )
    land = (area, str(chance.randrange(2 * 10 ** (length - 1), 10**length)), text(chance, 4))
    us = (str(chance.randrange(201, 989)), str(chance.randrange(200, 999)), text(chance, 4))
    forms: dict[str, Callable[[], str]] = {
        "": lambda: "-".join(chance.choice((mobile, land))),
        "mobile": lambda: "-".join(mobile),
        "wide": lambda: wide("-".join(mobile)),
        "free": lambda: f"0120-{text(chance, 3)}-{text(chance, 3)}",
        "paren": lambda: f"{land[0]}({land[1]}){land[2]}",
        "kanji": lambda: "ー".join(mobile).translate(KANJI),
        "bare": lambda: "".join(mobile),
        "intl": lambda: f"+81-{mobile[0][1:]}-{mobile[1]}-{mobile[2]}",
        "long": lambda: "ー".join(mobile),
        "dots": lambda: ".".join(land),
        "us": lambda: "-".join(us),
        "us_dots": lambda: ".".join(us),
        "us_paren": lambda: f"({us[0]}) {us[1]}-{us[2]}",
    }
    return forms[form]()


def address(chance: random.Random, form: str) -> str:
    """A block in a town that exists, with a number that says little."""
    town = chance.choice(TOWNS)
    block = "-".join(str(chance.randrange(1, 30)) for _ in range(3))
    number, street = chance.randrange(10, 9900), chance.choice(STREETS)
    forms: dict[str, Callable[[], str]] = {
        "": lambda: town + block + chance.choice(BUILDINGS),
        "city": lambda: town[3 if town[2] in "都府県" else 4 :] + block,
        "wide": lambda: town + wide(block),
        "kanji": lambda: town + "三丁目五番" + chance.choice("一二三四五") + "号",
        "en": lambda: f"{number} {street}",
        "en_city": lambda: (
            f"{number} {street}, Apt {chance.randrange(1, 40)}, {chance.choice(CITIES)}"
        ),
    }
    if form == "city" and town.startswith(("神奈川", "和歌山", "鹿児島")):
        return town[4:] + block
    return forms[form]()


def email(chance: random.Random, form: str) -> str:
    """An address at a reserved name."""
    local = chance.choice(("taro", "sato.hanako", "k_suzuki", "info-desk", "m.carter", "yuki1990"))
    host = chance.choice(("example.com", "example.jp", "mail.example.org"))
    forms = {
        "": f"{local}@{host}",
        "wide": wide(f"{local}@{host}"),
        "at": f"{local} [at] {host}",
        "jp": f"{local}アットマーク{host}",
        "dot": f"{local} (at) {host.replace('.', ' (dot) ')}",
    }
    return forms[form]


def birth(chance: random.Random, form: str) -> str:
    """A day between 1950 and 2005."""
    year, month, day = (
        chance.randrange(1950, 2006),
        chance.randrange(1, 13),
        chance.randrange(1, 29),
    )
    names = "January February March April May June July August September October November December"
    forms: dict[str, Callable[[], str]] = {
        "": lambda: f"{year}年{month}月{day}日",
        "era": lambda: f"昭和{chance.randrange(30, 63)}年{month}月{day}日",
        "slash": lambda: f"{year}/{month:02}/{day:02}",
        "kanji": lambda: (
            f"平成{chance.choice('二三四五六')}年{chance.choice('三四五')}月十{chance.choice('一二三')}日"
        ),
        "us": lambda: f"{month:02}/{day:02}/{year}",
        "long": lambda: f"{names.split()[month - 1]} {day}, {year}",
        "iso": lambda: f"{year}-{month:02}-{day:02}",
    }
    return forms[form]()


def name(chance: random.Random, form: str) -> str:
    """A frequent name, put together by chance."""
    family, given = chance.choice(FAMILY), chance.choice(GIVEN)
    first, last = chance.choice(FIRST), chance.choice(LAST)
    forms = {
        "full": family + given,
        "spaced": f"{family} {given}",
        "surname": family,
        "given": chance.choice(("花子", "太郎", "美咲", "さくら", "健太")),
        "kana": " ".join(chance.choice(SOUNDS)),
        "romaji": chance.choice(ROMAN),
        "en": f"{first} {last}",
        "first": first,
        "last": last,
    }
    return forms[form]


def iban(chance: random.Random, form: str) -> str:  # noqa: ARG001 - one form
    """A German account with its check digits."""
    body = text(chance, 18)
    check = 98 - int(body + "131400") % 97
    value = f"DE{check:02}{body}"
    return " ".join(value[at : at + 4] for at in range(0, len(value), 4))


def ip(chance: random.Random, form: str) -> str:
    """An address of a network kept for documents, or a private one."""
    if form == "six":
        return f"2001:db8:{text(chance, 4, HEX)}::{text(chance, 4, HEX)}:{text(chance, 3, HEX)}1"
    start = chance.choice(("203.0.113.", "198.51.100.", "192.168.10.", "10.20.31."))
    return start + str(chance.randrange(2, 254))


def _insurer(chance: random.Random) -> str:
    return _luhn("06" + text(chance, 5))


def _yucho(chance: random.Random) -> str:
    return f"記号1{text(chance, 3)}0 番号{chance.randrange(10**6, 10**7)}1"


def _ssn(chance: random.Random) -> str:
    return (
        f"{chance.randrange(101, 600)}-{chance.randrange(11, 99)}-{chance.randrange(1000, 9999)}"
    )


FORMS: dict[str, Callable[[random.Random, str], str]] = {
    "my_number": my_number,
    "licence": licence,
    "corporate": corporate,
    "card": card,
    "phone": phone,
    "address": address,
    "email": email,
    "birth": birth,
    "name": name,
    "iban": iban,
    "ip": ip,
    "passport": lambda c, _: "T" + c.choice("KRSZ") + text(c, 7),
    "residence": lambda c, _: text(c, 2, "ABEFGHLM") + text(c, 8) + text(c, 2, "CDEFGHJK"),
    "insured": lambda c, _: f"{text(c, 4)}・{text(c, 3)}",
    "insurer": lambda c, _: _insurer(c),
    "pension": lambda c, _: f"{text(c, 4)}-{text(c, 6)}",
    "bank": lambda c, _: text(c, 7),
    "yucho": lambda c, _: _yucho(c),
    "postal": lambda c, _: f"{c.randrange(100, 999)}-{text(c, 4)}",
    "ssn": lambda c, _: _ssn(c),
    "company": lambda c, _: c.choice(
        ("株式会社サンプル", "テスト商事株式会社", "有限会社見本工業", "合同会社れいわ企画")
    ),
    "bankname": lambda c, _: c.choice(("みなみ", "ひがし", "さんぷる")),
}
