"""Writes commented YAML in the reader's language, and counts what it leaves to an author."""

import json
from collections.abc import Iterator
from types import MappingProxyType

from msgspec import Struct

from tenken.messages.speech import Speech, clean
from tenken.pattern import Pattern
from tenken.place import Place

EXAMPLES = MappingProxyType(
    {
        "goals": """
            - id: my-goal
              metric: "TODO"
              unit: "TODO"
              baseline: <number>
              target: <number>
              due: <date>
              owner: "TODO"
        """,
        "kpis": """
            - id: my-kpi
              formula: "TODO"
              events: ["TODO"]
              source: "TODO"
              owner: "TODO"
        """,
        "targets": """
            quality_metric: "TODO"
            quality_min: <number>
            latency_p95_s: <number>
            error_rate_max_percent: <number>
        """,
        "model": """
            retires_on: <date>
            source: "TODO"
            checked_at: <date>
            sla: {availability_percent: <number>, source: "https://", checked_at: <date>}
            limits: {rpm: <number>, tpm: <number>, share: <number>}
        """,
        "gates": """
            - {use_case: my-use-case, dataset: my-dataset, metric: "TODO", min: <number>}
        """,
        "slos": """
            - {name: availability, sli: "TODO", target_percent: <number>, window_days: <number>}
        """,
        "behind": """
            urls: [<address of your gateway>]
            file: "TODO"
        """,
        "impact": """
            {users: <number>, cost_per_hour: <number>, currency: "TODO", basis: "TODO"}
        """,
        "capacity": """
            needed_rps: <number>
            headroom: 1.5
            basis: "TODO"
            forecast: {requests_per_day: <number>, horizon: <date>, source: "TODO"}
            tokens:
              - route: my-route
                input_p50: <number>
                input_p95: <number>
                output_p50: <number>
                output_p95: <number>
        """,
        "decisions": """
            long_outage: {after_minutes: <number>, mode: "TODO", decided_by: "TODO"}
            online_evaluation:
              - {signal: feedback, adopt: <yes or no>, reason: "TODO", event: "TODO"}
        """,
        "data_use": """
            terms: "https://"
            terms_read_at: <date>
            opt_out: "TODO"
        """,
        "data_classification": """
            criteria: "TODO"
            types:
              - {name: email, data_class: "TODO", treatment: <mask or block or allow>}
        """,
        "safety": """
            risks:
              - {id: my-risk, severity: <low to critical>, example: "TODO", owner: "TODO"}
            guards:
              - {id: my-guard, risks: [my-risk], action: <flag to block>, stage: input}
        """,
        "documents": """
            - {kind: <kind>, title: "TODO", url: "https://", export: "TODO", sha256: <digest>}
        """,
        "floors": """
            calls: {share_max: <number>, timeout_max_s: <number>, attempts_max: <number>}
            guards:
              - {id: my-guard, action: <flag to block>, stage: input}
            slos:
              - {name: availability, target_percent_min: <number>, window_days_max: <number>}
        """,
        "alert_receivers": """
            - {name: on-call, kind: <kind>, to: "TODO"}
        """,
        "evidence_keys": """
            - {id: my-observer, public_key: <key>, owner: "TODO", expires_on: <date>}
        """,
    }
)
"""How a block looks that nothing was found for; always commented out.

What stands in angle brackets is refused by the schema: uncommenting alone claims nothing.
"""
WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
PLAIN = Pattern(r"[a-z][a-z0-9._-]*")


class Draft(Struct, frozen=True, kw_only=True):
    """The text of a file, and how much of it waits for its author."""

    text: str
    todos: int


def quoted(text: str) -> str:
    """A text as a YAML scalar that can be nothing but this text."""
    if PLAIN.fullmatch(text) and text not in WORDS:
        return text
    return json.dumps(clean(text), ensure_ascii=False)


def example_lines(part: str, indent: str = "  ") -> Iterator[str]:
    """The lines of an example, as deep as asked."""
    lines = EXAMPLES[part].strip("\n").splitlines()
    depth = len(lines[0]) - len(lines[0].lstrip())
    return (indent + line[depth:] for line in lines if line.strip())


class Pen:
    """Writes lines of YAML with comments in the reader's language."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._lines: list[str] = []
        self._todos = 0

    def write(self, *lines: str) -> None:
        """Lines as they are."""
        self._lines.extend(lines)

    def comment(self, message: str) -> None:
        """A comment of one or more lines."""
        text = self._speech.text(f"init.{message}")
        self._lines.extend(f"# {line}" for line in text.splitlines())

    def block(self, comment: str = "") -> None:
        """Begin a part of the file."""
        self._lines.append("")
        if comment:
            self.comment(comment)

    def aside(self, *lines: str) -> None:
        """Lines for the author to uncomment."""
        self._lines.extend(f"# {line}" for line in lines)

    def example(self, part: str, comment: str = "") -> None:
        """A whole block that nothing was found for."""
        self.block(comment or part)
        self.aside(f"{part}:", *example_lines(part))

    def todo(self, message: str, **fields: str) -> str:
        """A placeholder."""
        self._todos += 1
        return quoted(self._speech.text(f"init.{message}", **fields))

    def found_at(self, place: Place) -> str:
        """A comment at the end of a line that says where it was found."""
        return f"  # {self._speech.text('init.found_at', place=str(place))}"

    def finished(self) -> Draft:
        """The whole text."""
        return Draft(text="\n".join([*self._lines, ""]), todos=self._todos)
