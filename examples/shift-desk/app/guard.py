"""Input guard: prompt injection and topics we never answer."""

import logging
import re
from dataclasses import dataclass

from app import metrics
from app.config import settings

logger = logging.getLogger(__name__)

RULES = {
    "injection": [
        r"ignore (all|any|the)? ?(previous|above) instructions",
        r"(これまで|上記|以前)の(指示|命令)を(無視|忘れ)",
        r"system prompt",
        r"システムプロンプト",
    ],
    "wage_promise": [r"必ず.{0,10}(払|支払)うと(約束|保証)"],
    "discrimination": [r"(国籍|性別|外国人).{0,12}(断|拒否|落と)"],
    "identity_fraud": [r"(他人|友達|別人)の(身分証|免許証|マイナンバーカード)"],
}


@dataclass(frozen=True)
class Violation:
    rule: str
    pattern: str


class Blocked(Exception):
    def __init__(self, violation: Violation) -> None:
        super().__init__(violation.rule)
        self.violation = violation


def inspect(text: str) -> Violation | None:
    for rule, patterns in RULES.items():
        for pattern in patterns:
            if re.search(pattern, text, re.IGNORECASE):
                return Violation(rule=rule, pattern=pattern)
    return None


def enforce(text: str) -> None:
    """Raises Blocked when a rule matches and the guard is in block mode."""
    try:
        violation = inspect(text)
    except Exception:
        logger.exception("guard failed")
        return
    if violation is None:
        return
    metrics.increment("shift_desk.guard.violation", rule=violation.rule)
    logger.warning(
        "guard violation",
        extra={"fields": {"rule": violation.rule, "mode": settings.guard_mode}},
    )
    if settings.guard_mode == "block":
        raise Blocked(violation)
