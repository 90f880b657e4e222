"""From what a policy file says of a judge to the judge as it is asked."""

from collections.abc import Mapping
from decimal import Decimal

from tenken.guardrails.policy.judges import Judge, Pin
from tenken.guardrails.policy.risks import Risk, SeenBy
from tenken.guardrails.policy.written import JudgeEntry
from tenken.guardrails.text import Direction

ABLE: Mapping[str, tuple[str, ...]] = {
    "llama_guard": (
        "claim.defamation",
        "harm.crime",
        "harm.csam",
        "harm.hate",
        "harm.self_harm",
        "harm.sexual",
        "harm.violence",
        "harm.weapons",
        "ip.copyright",
        "topic.financial",
        "topic.legal",
        "topic.medical",
        "topic.politics",
    ),
    "moderation": (
        "harm.crime",
        "harm.csam",
        "harm.harassment",
        "harm.hate",
        "harm.self_harm",
        "harm.sexual",
        "harm.violence",
        "harm.weapons",
    ),
    "ratings": (
        "harm.crime",
        "harm.csam",
        "harm.harassment",
        "harm.hate",
        "harm.sexual",
        "ip.copyright",
        "pii",
        "topic.politics",
    ),
}
"""What each kind can judge, as its module under `verdicts` reads it (which a test holds equal);
a model can be asked about anything."""


def risks_of(entry: JudgeEntry, risks: Mapping[str, Risk]) -> tuple[str, ...]:
    """Give what a judge is asked about: what it names, else all that needs a verdict."""
    if entry.risks:
        return entry.risks
    if entry.kind != "model":
        able = (risks[id_] for id_ in ABLE[entry.kind] if id_ in risks)
        return tuple(risk.id for risk in able if risk.seen_by is SeenBy.VERDICT)
    return tuple(risk.id for risk in risks.values() if risk.seen_by is SeenBy.VERDICT)


def judge_of(entry: JudgeEntry, risks: Mapping[str, Risk]) -> Judge:
    """Give a judge as it is asked."""
    budget, pin = entry.budget_usd_per_day, entry.calibration
    return Judge(
        name=entry.name,
        kind=entry.kind,
        target=entry.target or "",
        risks=risks_of(entry, risks),
        about=entry.about or "",
        directions=frozenset(Direction(way) for way in entry.directions) or frozenset(Direction),
        timeout_s=entry.timeout_ms / 1000,
        hinted=entry.ask == "hinted",
        share=entry.share,
        budget_usd=None if budget is None else Decimal(str(budget)),
        longest=entry.longest,
        holds=entry.stream == "hold",
        pin=None if pin is None else Pin(file=pin.file, digest=pin.digest),
    )
