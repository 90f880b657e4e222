"""The types of sensitive data, and the words each is known by in Japanese and English."""

from collections.abc import Mapping

from tenken.pattern import Pattern

# The types of data that classifications list, and the words a rule for each is known by. The first
# whose words stand in a text is meant: an `e-mail address` is no address.
_TYPES: Mapping[str, str] = {
    "name": r"person(al)?[_ ]?name|\bname\b|full[_ ]?name|PERSON\b|氏名|名前|姓名",
    "email": r"e-?mail|メール",
    "address": r"address|LOCATION\b|住所|所在地|都道府県|postal|郵便",
    "phone": r"phone|\btel\b|mobile|電話|携帯",
    "my_number": r"my[_ ]?number|個人番号|マイナンバー|individual[_ ]?number|JP[_ ]?MY",
    "bank_account": r"bank|account[_ ]?(number|no)|iban|口座",
    "credit_card": r"credit[_ ]?card|card[_ ]?number|\bpan\b|クレジット|カード番号",
    "residence_card": r"residence[_ ]?card|zairyu|在留",
    "passport": r"passport|旅券|パスポート",
    "licence": r"driv(er|ing)\w*[_ ]?licen[cs]e|運転免許",
    "birth_date": r"birth|\bdob\b|生年月日|誕生",
    "ip_address": r"ip[_ ]?addr|\bipv?4?\b|IPアドレス",
    "api_key": r"api[_ ]?key|secret|token\b|credential|パスワード|password|認証情報|秘密鍵",
    "health": r"health|medical|病歴|健康|診療",
    "employee_id": r"employee[_ ]?(id|number)|社員番号|従業員番号",
    "customer_id": r"customer[_ ]?(id|number)|顧客番号|会員番号|顧客id",
}
TYPES = {name: Pattern(f"(?i){words}") for name, words in _TYPES.items()}
IP_ADDRESS = Pattern(r"(?i)\bip[ _-]?address|IPアドレス")


def type_of(text: str) -> str:
    """The type a row of a classification means; empty for one we have no words for."""
    if IP_ADDRESS.search(text):
        return "ip_address"
    return next((name for name, pattern in TYPES.items() if pattern.search(text)), "")
