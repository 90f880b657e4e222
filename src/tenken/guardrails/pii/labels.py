"""Which kind of number the words beside it say it is: the nearest word decides.

Twelve digits behind マイナンバー are a person's number; behind お問い合わせ番号 they are a parcel.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from msgspec import Struct

from tenken.guardrails.pii.shapes import either_width, is_japanese
from tenken.guardrails.rule import Spot
from tenken.pattern import Pattern, escape

REACH = 32
"""How many characters from a number its word may stand."""
BEHIND = 10
"""A word behind a number counts as if it stood so much further away."""


class Kind(StrEnum):
    """What a word says that the number beside it is."""

    MY_NUMBER = "my_number"
    CORPORATE = "corporate"
    LICENCE = "licence"
    PASSPORT = "passport"
    RESIDENCE = "residence"
    HEALTH = "health"
    PENSION = "pension"
    BANK = "bank"
    YUCHO = "yucho"
    CARD = "card"
    PHONE = "phone"
    POSTAL = "postal"
    IP = "ip"
    SSN = "ssn"
    OTHER = "other"
    """The number of a thing: an order, an invoice, a parcel, a version."""
    TOPIC = "topic"
    """What is spoken of; only with a word for a number, or right beside one, it is its name."""


_WORDS: Mapping[Kind, str] = {
    Kind.MY_NUMBER: (
        "マイナンバーカード|通知カード|個人番号カード|マイナンバー|マイナンバ|個人番号|コジンバンゴウ|マイナ番号|マイナ|"
        "my number|mynumber|my-number|individual number"
    ),
    Kind.CORPORATE: "法人番号|インボイス|適格請求書発行事業者|登録番号|corporate number",
    Kind.LICENCE: (
        "免許証|運転免許|免許番号|免許|driver's license|drivers license|driver license|"
        "driving licence|driver's licence|driving license|licence|license"
    ),
    Kind.PASSPORT: "パスポート|旅券|passport",
    Kind.RESIDENCE: "在留カード|在留|特別永住者証明書|residence card|zairyu",
    Kind.HEALTH: (
        "保険証|被保険者証|被保険者|保険者|健康保険|健保|国保|資格確認書|health insurance|"
        "insurance card|insurance"
    ),
    Kind.PENSION: "年金番号|基礎年金|年金手帳|年金|pension",
    Kind.BANK: (
        "口座|コウザ|普通預金|普通|当座|貯蓄|銀行|支店|振込|信用金庫|信金|account number|"
        "bank account|account no|account|acct"
    ),
    Kind.YUCHO: "ゆうちょ|郵便貯金|郵貯|通帳",
    Kind.CARD: (
        "クレジットカード|カード番号|クレジット|クレカ|デビット|カード|決済|支払|"
        "引き落とし|引落|有効期限|cvv|cvc|visa|mastercard|master card|jcb|amex|"
        "american express|diners|payment|credit card|debit card|card|charge|paid|pay"
    ),
    Kind.PHONE: (
        "電話番号|電話|携帯|デンワバンゴウ|デンワ|ケイタイ|ケータイ|けいたい|スマホ|連絡先|連絡|直通|代表|自宅|実家|"
        "勤務先|折り返し|折返し|ショートメッセージ|ファックス|ファクス|フリーダイヤル|"
        "かけ直|かけて|掛けて|お掛け|呼び出|着信|発信|でんわ|fax|tel|phone|mobile|cell|"
        "call|sms|landline|text me|whatsapp|contact|reach|ring|℡|☎"
    ),
    Kind.POSTAL: "〒|郵便番号|ユウビンバンゴウ|postal code|postcode|zip code|zip",
    Kind.IP: (
        "ipアドレス|ip アドレス|ip address|ipv4|ipv6|アクセス元|接続元|送信元|ホスト|"
        "サーバー|サーバ|host|server|remote_addr|client ip|アドレス|address|ping|ssh|ip"
    ),
    Kind.SSN: "social security|ssn|社会保障番号|ソーシャルセキュリティ|taxpayer|itin|social",
    Kind.OTHER: (
        "会員カード|ポイントカード|診察カード|診察券|図書カード|カードキー|伝票|追跡|"
        "問い合わせ番号|問合せ番号|問合番号|品番|型番|型式|バーコード|シリアル|バージョン|"
        "ビルド|ロット|パスコード|整理券|特許|出願|証券番号|送り状|isbn|issn|jan|ean|upc|"
        "製番|製造番号|機番|車台番号|管番|台番|改訂|改版|版数|検査番号|識別番号|"
        "gtin|sku|serial|revision|batch|version|ver|build|passcode|tracking|lot|rev|firmware|"
        "chapter|section|commit|hash|uuid"
    ),
    Kind.TOPIC: (
        "注文|受注|発注|請求書|請求|見積|見積書|製品|商品|会議|ミーティング|チケット|案件|"
        "稟議|予約|議事録|荷物|契約|申込|受付|会員|社員|顧客|部品|meeting|zoom|webinar|"
        "ticket|order|invoice|parcel|shipment|case|part|model|quote|po|release|bug|issue|"
        "item|product|member|employee|customer|booking|reservation"
    ),
}
_KINDS = {word: kind for kind, words in _WORDS.items() for word in either_width(words).split("|")}


def words_for(*kinds: Kind) -> str:
    """Give a pattern of the words for some kinds: the gate of a rule that asks for one of them."""
    return "|".join(
        escape(word) for kind in kinds for word in either_width(_WORDS[kind]).split("|")
    )


_GENERAL = ("番号", "コード", "ナンバー", "number", "code", "no.", "no", "id", "#", "№")
"""A number of what the word before it says; of an unknown thing where it is part of its name."""


def _alternatives() -> str:
    words = sorted((*_KINDS, *_GENERAL), key=len, reverse=True)
    latin = [escape(word) for word in words if word.isascii() and word != "#"]
    others = [escape(word) for word in words if not word.isascii() or word == "#"]
    return rf"(?:{'|'.join(others)})|\b(?:{'|'.join(latin)})(?:s|\b)"


_LABEL = Pattern(_alternatives())


AT_ONCE = 12
"""So near, a word for a number is the name of the one behind it."""
NO_THINGS = frozenset({
    "the", "a", "my", "your", "his", "her", "our", "their", "this", "that", "full", "whole",
    "right", "correct", "new", "old", "following", "same", "and", "or", "is", "with", "any",
})  # fmt: skip
"""Words before `number` that do not say of what."""
BESIDE = " :#-("
"""What may stand between a topic and its number."""


class Label(Struct, frozen=True, kw_only=True):
    """A word and how far it is from the number."""

    kind: Kind
    distance: int
    word: str

    @property
    def numbers(self) -> bool:
        """Whether it says right beside a number that this is its number, whatever its shape."""
        exact = self.kind in {Kind.OTHER, Kind.YUCHO, Kind.PENSION} or self.word.endswith(_GENERAL)
        return exact and self.distance <= AT_ONCE


def near(spot: Spot) -> Label | None:
    """Give the word that says most about a place in a text, if one is near."""
    return nearest(spot.text.lowered, spot.start, spot.end)


def nearest(lowered: str, start: int, end: int) -> Label | None:
    """Give the word that says most about what stands between two places, if one is near."""
    before = _last(lowered[max(0, start - REACH) : start])
    if before is not None and before.distance <= BEHIND:
        return before  # no word behind counts as nearer
    behind = _first(lowered[end : end + REACH - BEHIND])
    found = [label for label in (before, behind) if label is not None]
    return min(found, key=lambda label: label.distance, default=None)


def _last(window: str) -> Label | None:
    last = None
    for label in _labels(window):
        between = window[label.distance + len(label.word) :]
        if label.kind is not Kind.TOPIC or not between.strip(BESIDE):
            last = label
    if last is None:
        return None
    kind = Kind.OTHER if last.kind is Kind.TOPIC else last.kind
    gap = len(window) - last.distance - len(last.word)
    return Label(kind=kind, distance=gap, word=last.word)


def _first(window: str) -> Label | None:
    for label in _labels(window):
        if label.kind is not Kind.TOPIC:
            return Label(kind=label.kind, distance=label.distance + BEHIND, word=label.word)
    return None


def _labels(window: str) -> Iterator[Label]:
    """Give the words of a window with their places in it as distances."""
    start, end, kind = 0, -9, Kind.TOPIC
    for found in _LABEL.finditer(window):
        word: str = found[0]
        place = found.start()
        one = word if word in _KINDS else word.removesuffix("s")
        if one in _KINDS:
            start, kind = place, _KINDS[one]
        elif place - end <= 1 or window[end:place] == " の":
            kind = Kind.OTHER if kind is Kind.TOPIC else kind
        elif _names_a_thing(window, place):
            start, kind = place, Kind.OTHER
        else:
            continue
        end = place + len(word)
        yield Label(kind=kind, distance=start, word=window[start:end])


def _names_a_thing(window: str, place: int) -> bool:
    """管理番号 and PO number number a thing; 私の番号, `the number` and `id` alone say nothing."""
    ahead = window[:place].rstrip()
    before = ahead[-1:]
    if not before.isalnum() or "ぁ" <= before <= "ゖ":
        return False
    if is_japanese(before):
        return True
    return before.isascii() and ahead.rsplit(" ", 1)[-1] not in NO_THINGS
