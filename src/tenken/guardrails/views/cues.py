"""Words without which another spelling of a text is not worth looking at."""

CUE_WORDS = (
    "ignore", "disregard", "forget", "instruction", "prompt", "system", "reveal", "previous",
    "bypass", "pretend", "unrestricted", "jailbreak", "override", "rule", "limit", "filter",
    "restrict", "guideline", "secret", "developer", "refuse", "answer", "forbid", "password",
)  # fmt: skip
CUE_WORDS_JA = (
    "無視",
    "指示",
    "命令",
    "プロンプト",
    "システム",
    "忘れ",
    "制限",
    "これまで",
    "ください",
    "あなた",
    "教え",
    "出力",
)
