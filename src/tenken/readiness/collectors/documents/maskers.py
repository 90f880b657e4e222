"""Finds the code that masks personal data, and which types it has a rule for."""

from collections.abc import Mapping

import re2

from tenken.place import Place
from tenken.readiness.facts.mentions import Masker
from tenken.readiness.facts.tree import Entry, Role, Tree

# The types of data that classifications list, and the words a rule for each is known by.
_TYPES: Mapping[str, str] = {
    "name": r"person(al)?_?name|\bname\b|full_?name|PERSON\b|氏名|名前|姓名",
    "address": r"address|LOCATION\b|住所|所在地|都道府県|postal|郵便",
    "email": r"e-?mail|メール",
    "phone": r"phone|\btel\b|mobile|電話|携帯",
    "my_number": r"my_?number|個人番号|マイナンバー|individual_?number|JP_?MY",
    "bank_account": r"bank|account_?(number|no)|iban|口座",
    "credit_card": r"credit_?card|card_?number|\bpan\b|クレジット|カード番号",
    "residence_card": r"residence_?card|zairyu|在留",
    "passport": r"passport|旅券|パスポート",
    "licence": r"driv(er|ing)\w*_?licen[cs]e|運転免許",
    "birth_date": r"birth|\bdob\b|生年月日|誕生",
    "ip_address": r"ip_?addr|\bipv?4?\b|IPアドレス",
    "api_key": r"api_?key|secret|token\b|credential|パスワード|password|認証情報|秘密鍵",
    "health": r"health|medical|病歴|健康|診療",
    "employee_id": r"employee_?(id|number)|社員番号|従業員番号",
    "customer_id": r"customer_?(id|number)|顧客番号|会員番号|顧客id",
}
TYPES = {name: re2.compile(f"(?i){words}") for name, words in _TYPES.items()}
IP_ADDRESS = re2.compile(r"(?i)\bip[ _-]?address|IPアドレス")
MASKER_PATH = re2.compile(r"(?i)(mask|redact|pii|scrub|anonymi[sz]|sanitiz|personal_?data|dlp)")
MASKER_CODE = re2.compile(
    r"(?im)^\s*(?:async\s+)?(?:def|function|func|export function)\s+"
    r"\w*(mask|redact|scrub|anonymi[sz])\w*\s*\("
)
LIBRARIES = (("presidio", "presidio"), ("dlp_v2", "google-dlp"), ("scrubadub", "scrubadub"))
SUFFIXES = frozenset({".py", ".ts", ".js", ".go", ".java", ".kt", ".rb", ".yaml", ".yml", ".toml"})
COMMENTS = re2.compile(r"(?m)(^\s*(#|//).*$|\"\"\"[^\"]*\"\"\")")
MAX_SIZE = 200_000


def type_of(text: str) -> str:
    """The type a row of a classification means; empty for one we have no words for."""
    if IP_ADDRESS.search(text):
        return "ip_address"
    return next((name for name, pattern in TYPES.items() if pattern.search(text)), "")


def find_maskers(tree: Tree) -> tuple[Masker, ...]:
    """Production modules that mask, with the types their identifiers and patterns name."""
    found: list[Masker] = []
    for entry in tree.entries:
        if (
            entry.role is not Role.PRODUCTION
            or entry.suffix not in SUFFIXES
            or entry.size > MAX_SIZE
        ):
            continue
        if masker := _masker(tree, entry):
            found.append(masker)
    return tuple(found)


def _masker(tree: Tree, entry: Entry) -> Masker | None:
    by_name = MASKER_PATH.search(entry.path)
    if not by_name and entry.suffix != ".py":
        return None
    text = tree.text(entry.path)
    if not isinstance(text, str) or not (
        "mask" in text or "redact" in text or "scrub" in text or "nonymi" in text
    ):
        return None
    defined = MASKER_CODE.search(text)
    library = next((name for word, name in LIBRARIES if word in text), "")
    if not (defined or library):
        return None
    code = COMMENTS.sub("", text)
    line = text[: defined.start()].count("\n") + 2 if defined and by_name is None else 1
    types = tuple(name for name, pattern in TYPES.items() if pattern.search(code))
    return Masker(place=Place(entry.path, line), types=types, library=library)
