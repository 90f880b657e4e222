"""A few words around a match, fit for a report: every value in them is a label."""

from collections.abc import Iterable

from msgspec.structs import replace

from tenken.guardrails.overlaps import cuts
from tenken.guardrails.policy.policy import Policy
from tenken.guardrails.screening import Decision

AROUND = 24
WIDEST = 60


def excerpt(text: str, decision: Decision, decisions: Iterable[Decision], policy: Policy) -> str:
    """Give the match and what stands around it, on one line."""
    values = [
        replace(one, action="mask")
        for one in decisions
        if (risk := policy.risk(one.risk)) is not None and risk.label is not None
    ]
    begin, end = max(0, decision.start - AROUND), decision.end + AROUND
    pieces: list[str] = []
    done = begin
    for cut in cuts(values, policy):
        if cut.end <= begin or cut.start >= end:
            continue
        pieces += [text[done : cut.start], f"[{cut.label}]"]
        done = cut.end
    pieces.append(text[done:end])
    line = " ".join("".join(pieces).split())
    before, behind = "…" if begin else "", "…" if end < len(text) else ""
    return f"{before}{line[: 2 * WIDEST]}{behind}"
