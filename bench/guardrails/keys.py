"""Texts with keys and passwords drawn from a seed, in Japanese and English, and texts without.

Their forms were written down from what each service publishes, apart from the rules. No key is
written out anywhere: each is put together when the benchmark runs.
"""

import random
import re
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ALNUM = string.ascii_letters + string.digits
UPPER = string.ascii_uppercase + string.digits
LOWER = string.ascii_lowercase + string.digits
HEX = "0123456789abcdef"
URLSAFE = ALNUM + "-_"
DIGITS = string.digits

DASHES = "-" * 5


def _block(body: str) -> str:
    return f"{DASHES}BEGIN PRIVATE KEY{DASHES}\n{body}\n{DASHES}END PRIVATE KEY{DASHES}"


Drawn = Callable[[int, str], str]
FORMS: dict[str, Callable[[Drawn], str]] = {
    "anthropic": lambda d: f"sk-ant-api03-{d(93, URLSAFE)}AA",
    "openai": lambda d: f"sk-{d(20, ALNUM)}T3Blbk{'FJ'}{d(20, ALNUM)}",
    "openai project": lambda d: f"sk-proj-{d(120, ALNUM)}",
    "openrouter": lambda d: f"sk-or-v1-{d(64, HEX)}",
    "deepseek": lambda d: f"sk-{d(32, HEX)}",
    "google": lambda d: f"AI{'za'}Sy{d(33, URLSAFE)}",
    "hugging face": lambda d: f"hf_{d(34, ALNUM)}",
    "groq": lambda d: f"gsk_{d(52, ALNUM)}",
    "xai": lambda d: f"xai-{d(80, ALNUM)}",
    "perplexity": lambda d: f"pplx-{d(48, ALNUM)}",
    "replicate": lambda d: f"r8_{d(37, ALNUM)}",
    "pinecone": lambda d: f"pcsk_{d(5, ALNUM)}_{d(63, ALNUM)}",
    "langsmith": lambda d: f"lsv2_pt_{d(32, HEX)}_{d(10, HEX)}",
    "aws": lambda d: f"AK{'IA'}{d(16, UPPER)}",
    "google secret": lambda d: f"GOC{'SPX'}-{d(28, URLSAFE)}",
    "azure storage": lambda d: f"AccountName=app;Account{'Key'}={d(86, ALNUM)}==",
    "databricks": lambda d: f"dapi{d(32, HEX)}",
    "digitalocean": lambda d: f"dop_v1_{d(64, HEX)}",
    "vault": lambda d: f"hvs.{d(90, ALNUM)}",
    "alibaba": lambda d: f"LTAI{d(20, ALNUM)}",
    "github": lambda d: f"ghp_{d(36, ALNUM)}",
    "github fine": lambda d: f"github_pat_{d(22, ALNUM)}_{d(59, ALNUM)}",
    "gitlab": lambda d: f"glpat-{d(20, URLSAFE)}",
    "npm": lambda d: f"npm_{d(36, ALNUM)}",
    "pypi": lambda d: f"pypi-AgEIcHlwaS5vcmc{d(150, URLSAFE)}",
    "docker": lambda d: f"dckr_pat_{d(27, URLSAFE)}",
    "slack": lambda d: f"xoxb-{d(12, DIGITS)}-{d(12, DIGITS)}-{d(24, ALNUM)}",
    "slack hook": lambda d: (
        f"https://hooks.slack.com/services/T{d(8, UPPER)}/B{d(10, UPPER)}/{d(24, ALNUM)}"
    ),
    "telegram": lambda d: f"{d(9, '123456789')}:AA{d(33, URLSAFE)}",
    "sendgrid": lambda d: f"SG.{d(22, URLSAFE)}.{d(43, URLSAFE)}",
    "twilio": lambda d: f"SK{d(32, HEX)}",
    "discord hook": lambda d: (
        f"https://discord.com/api/webhooks/{d(18, '123456789')}/{d(68, URLSAFE)}"
    ),
    "stripe": lambda d: f"sk_live_{d(24, ALNUM)}",
    "shopify": lambda d: f"shpat_{d(32, HEX)}",
    "square": lambda d: f"sq0csp-{d(43, URLSAFE)}",
    "sentry": lambda d: f"sntrys_eyJ{d(100, ALNUM)}",
    "grafana": lambda d: f"glsa_{d(32, ALNUM)}_{d(8, HEX)}",
    "new relic": lambda d: f"NRAK-{d(27, UPPER)}",
    "notion": lambda d: f"ntn_{d(46, ALNUM)}",
    "linear": lambda d: f"lin_api_{d(40, ALNUM)}",
    "jwt": lambda d: f"eyJ{d(33, ALNUM)}.eyJ{d(60, ALNUM)}.{d(43, URLSAFE)}",
    "pem": lambda d: _block("\n".join(d(64, ALNUM) for _ in range(6))),
    "database": lambda d: f"postgresql://app:{d(14, ALNUM)}@db.example.jp:5432/app",
    "basic url": lambda d: f"https://deploy:{d(18, ALNUM)}@git.example.com/repo",
}  # fmt: skip
PASSWORDS: tuple[Callable[[Drawn], str], ...] = (
    lambda d: f"Sakura{d(4, DIGITS)}!",
    lambda d: f"{d(12, ALNUM)}7",
    lambda d: f"Winter#{d(3, DIGITS)}x",
    lambda d: f"kaisha{d(4, DIGITS)}",
)
TEXTS = Path(__file__).parent / "texts" / "keys"
SLOT = re.compile(r"\{(?:(hex|alnum):(\d+)|(uuid))?\}")


@dataclass(frozen=True)
class Text:
    """A text, its language, and where the secret stands; None where there is none."""

    text: str
    language: str
    place: tuple[int, int] | None


def positives(*, seed: int) -> list[Text]:
    """Every kind in every surrounding, then passwords and keys that only a word gives away."""
    drawn = _drawing(seed)
    made = _around("around", drawn) + _passwords("passwords", drawn, times=3)
    for language in ("ja", "en"):
        named = _lines(f"named_{language}")
        made += [_put(frame, drawn(size, ALNUM), language) for frame in named for size in (32, 40)]
    return made


def second(*, seed: int) -> list[Text]:
    """The same kinds in surroundings that no rule was written for."""
    drawn = _drawing(seed)
    return _around("second", drawn) + _passwords("second_passwords", drawn, times=4)


def negatives(*, seed: int) -> list[Text]:
    """Forty texts with what looks like a key: hashes, ids, stand-ins, and talk of passwords."""
    drawn = _drawing(seed)

    def noise(slot: re.Match[str]) -> str:
        if slot[3]:
            return "-".join(drawn(length, HEX) for length in (8, 4, 4, 4, 12))
        return drawn(int(slot[2]), HEX if slot[1] == "hex" else ALNUM) if slot[1] else ""

    return [
        Text(SLOT.sub(noise, line), language, None)
        for language in ("ja", "en")
        for line in _lines(f"negatives_{language}")
    ]


def _lines(name: str) -> list[str]:
    written = (TEXTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line.replace("\\n", "\n") for line in written]


def _drawing(seed: int) -> Drawn:
    chance = random.Random(seed)  # noqa: S311 - the same for the same seed
    return lambda length, letters: "".join(chance.choice(letters) for _ in range(length))


def _around(name: str, drawn: Drawn) -> list[Text]:
    return [
        _put(frame, form(drawn), language)
        for language in ("ja", "en")
        for form in FORMS.values()
        for frame in _lines(f"{name}_{language}")
    ]


def _passwords(name: str, drawn: Drawn, *, times: int) -> list[Text]:
    return [
        _put(frame, form(drawn), language)
        for language in ("ja", "en")
        for frame in _lines(f"{name}_{language}")
        for form in PASSWORDS[:times]
    ]


def _put(frame: str, key: str, language: str) -> Text:
    slot = "{key}" if "{key}" in frame else "{pw}"
    start = frame.index(slot)
    return Text(frame.replace(slot, key), language, (start, start + len(key)))


Found = Sequence[tuple[int, int]]


def caught(text: Text, found: Found) -> bool:
    """Tell whether most of the secret is covered."""
    if text.place is None:
        return bool(found)
    start, end = text.place
    covered = sum(max(0, min(end, e) - max(start, s)) for s, e in found)
    return covered * 2 >= end - start
