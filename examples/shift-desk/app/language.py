"""Japanese or English. Anything with kana or kanji is Japanese."""

import re

_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def detect(text: str) -> str:
    return "ja" if _JAPANESE.search(text) else "en"
