"""Secrets that a word, a block or a URL gives away; hashes and talk of them are left."""

import pytest

from tenken.guardrails.pii.shapes import is_japanese
from tenken.guardrails.secrets.texts import DETECTOR, RULES
from tenken.guardrails.text import Context, Direction, Origin, Text
from tenken.pattern import Pattern, PatternSet
from tests.guardrails.secrets.drawing import drawn

ASKED = Context(direction=Direction.INWARD, origin=Origin.USER)
LONG = drawn("[A-Za-z0-9]{40}", "long")
CHANNEL = "/" + drawn("[A-Za-z0-9+/]{40}[A-Za-z0-9]{130}", "channel") + "="
WORD = "Sak" + "ura#2041x"
BODY = "\n".join(drawn("[A-Za-z0-9]{64}", str(line)) for line in range(5))
DASHES = "-" * 5
BLOCK = f"{DASHES}BEGIN RSA PRIVATE KEY{DASHES}\n{BODY}\n{DASHES}END RSA PRIVATE KEY{DASHES}"
JWT = f"eyJ{LONG[:20]}.eyJ{LONG}.{LONG}"
URL = f"postgresql://app:{WORD}@db.example.jp:5432/app".replace("#", "-")
ENGLISH = Pattern("[A-Za-z]{3}")
GATES = PatternSet(DETECTOR.gates, memory=8 << 20)

PRESENT = [
    ("secret.token.jwt", "トークンは{}です", JWT),
    ("secret.token.jwt", "use {} now", JWT),
    ("secret.url.basic", "接続先は{}です", URL),
    ("secret.url.basic", "connect to {} now", URL),
    ("secret.password.ja", "パスワードは{}です", WORD),
    ("secret.password.ja", "初期パスワード：「{}」", WORD),
    ("secret.password.ja", "パスワード: {} (password)", WORD),
    ("secret.password.ja", "ﾊﾟｽﾜｰﾄﾞは{}です", WORD),
    ("secret.password.en", "the password is {}.", WORD),
    ("secret.password.en", "my password's {}, keep it", WORD),
    ("secret.password.en", "DB_PASSWORD={}", WORD),
    ("secret.password.en", "passwordは: {} です", WORD),
    ("secret.password.en", "password: {}", "correct-horse-battery-staple"),
    ("secret.token.ja", "アクセストークンは{}です", LONG),
    ("secret.token.ja", "APIキー：{} (key)", LONG),
    ("secret.token.ja", "チャネルアクセストークンは{}です", CHANNEL),
    ("secret.token.en", "COHERE_API_KEY={}", LONG),
    ("secret.token.en", "api_key: {} を使う", LONG),
    ("secret.token.bare", "secret access key {}", LONG),
    ("secret.token.bare", "新しい api key {} です", LONG),
    ("secret.password.en", "root password → {}", WORD),
    ("secret.token.bearer", "Authorization: Bearer {}", LONG),
    ("secret.token.bearer", "ヘッダーはBearer {}です", LONG),
    ("secret.password.setting", "Server=db;Password={};", "Str0ng!Pass"),
    ("secret.password.setting", "接続文字列はPassword={};です", "Str0ng!Pass"),
    ("secret.password.pin", "暗証番号は{}です", "9182"),
    ("secret.password.pin", "My PIN is {}", "9182"),
    ("secret.private_key.block", "鍵は{}です", BLOCK),
    ("secret.private_key.block", "key: {} end", BLOCK),
]
ABSENT = [
    "パスワードは8文字以上で設定してください",
    "パスワード：********",
    "パスワードのヒントは母の旧姓です",
    "APIキー：YOUR_API_KEY",
    "トークンはgpt-4o-miniで課金されます",
    "秘密鍵はid_ed25519に保存",
    "暗証番号は4桁の数字です",
    "接続先はpostgresql://user:password@localhost/dbです",
    f"コミットは{drawn('[0-9a-f]{40}', 'commit')}です",
    "秘密鍵は -----BEGIN で始まります",
    "Your password must be at least 8 characters long",
    "password = get_password()",
    "credential = DefaultAzureCredential()",
    "password: ${PASSWORD}",
    "api_key=os.environ['API_KEY']",
    "next_token: page-2-of-10",
    "postgres://user:pass@localhost:5432/db",
    "Authorization: Bearer <token>",
    "The secret of good tea is time.",
    f"sha512-{drawn('[A-Za-z0-9+/]{86}', 'hash')}==",
    "a passcode is 4-digit",
    "token: /var/run/secrets/kubernetes.io/serviceaccount/token",
    "シークレット：/etc/app/conf.d/production/main-database.yaml",
    "an access token internationalization_of_the_login_form",
]


ABSENT_OF: dict[str, tuple[str, str]] = {
    "secret.token.jwt": ("トークンはeyJで始まります", "a token begins with eyJ and two dots"),
    "secret.url.basic": (
        "接続先はhttps://example.jp:8080/appです",
        "see https://user:password@localhost/",
    ),
    "secret.password.ja": ("パスワード：12文字以上", "パスワード: required"),
    "secret.password.en": ("password: 半角英数字", "the password is case-sensitive"),
    "secret.token.ja": (
        "トークンはgpt-4o-mini-2024用",
        "アクセスキー: see-the-manual-of-it",
    ),
    "secret.token.en": ("api_key: ${KEY_OF_STAGE} を使う", "api_key = config.section.api_key"),
    "secret.token.bare": (
        "api key は発行から90日で失効します",
        "client secret rotation-of-all-keys-in-september",
    ),
    "secret.token.bearer": ("Bearer認証の書き方", "Authorization: Bearer <your token goes here>"),
    "secret.password.setting": ("Password=password;は見本です", "Server=db;Password=${SECRET};"),
    "secret.password.pin": ("暗証番号は4桁です", "My PIN is four digits"),
    "secret.private_key.block": (
        "秘密鍵は -----BEGIN で始まる",
        f"{DASHES}BEGIN PUBLIC KEY{DASHES}\n{BODY}",
    ),
}
"""For every rule what only looks like it, said in Japanese and in English."""


def found(text: str) -> list[tuple[str, str]]:
    shown = Text(text)
    if not GATES.found(shown.lowered):
        return []
    return [(m.rule, text[m.start : m.end]) for m in DETECTOR.inspect(shown, ASKED)]


@pytest.mark.parametrize(("rule", "frame", "value"), PRESENT)
def test_a_secret_is_found_at_its_place(rule: str, frame: str, value: str) -> None:
    assert (rule, value) in found(frame.format(value))


@pytest.mark.parametrize("text", ABSENT)
def test_what_is_no_secret_is_left(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("rule", "text"), [(rule, text) for rule, texts in ABSENT_OF.items() for text in texts]
)
def test_what_only_looks_like_it_is_left(rule: str, text: str) -> None:
    assert rule not in {by for by, _ in found(text)}


def test_every_rule_has_examples_in_both_languages() -> None:
    """Beside Japanese and beside English, and of what it leaves."""
    rules = {rule.id for rule in RULES.rules} | {"secret.private_key.block"}
    beside = {(rule, "ja") for rule, frame, _ in PRESENT if is_japanese(frame)}
    beside |= {(rule, "en") for rule, frame, _ in PRESENT if ENGLISH.search(frame)}

    assert beside == {(rule, language) for rule in rules for language in ("ja", "en")}
    assert set(ABSENT_OF) == rules


@pytest.mark.parametrize("cut", range(1, len(BLOCK), 29))
def test_a_block_without_its_end_is_found_as_far_as_it_goes(cut: int) -> None:
    """An answer may break off in the middle of a key."""
    shown = Text(BLOCK[:cut])
    header = BLOCK.index("\n")
    matches = DETECTOR.inspect(shown, ASKED)

    assert bool(matches) == (cut >= header)
    assert all(match.end >= cut - 64 for match in matches)
