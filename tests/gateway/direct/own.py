"""Heads in which each request says something of its own."""

from tests.gateway.direct.cases import (
    ASKED,
    Case,
    Headers,
    breaks_off,
    closes,
    hangs_up,
    in_parts,
    of,
    then,
    times,
)
from tests.gateway.ground import ANSWER, answering, answers, fails

ONE, TWO = "0af7651916cd43dd8448eb211c80319c", "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN, OTHER = "b7ad6b7169203331", "00f067aa0ba902b7"
ODD_FINISH = answering({**ANSWER, "choices": [{"message": {}, "finish_reason": "a\nb" * 40}]})


def each(name: str, *values: str) -> tuple[Headers, ...]:
    """Requests that have this header, with another value each."""
    return tuple(((name, value),) for value in values)


def together(*columns: tuple[Headers, ...]) -> tuple[Headers, ...]:
    """Requests that have several."""
    return tuple(sum(row, ()) for row in zip(*columns, strict=True))


IDS = each("x-request-id", "r-1", "r-2", "r:3.x_y", "x" * 128)
SENT = each(
    "traceparent",
    f"00-{ONE}-{SPAN}-01",
    f"00-{TWO}-{OTHER}-00",
    f"00-{ONE}-{OTHER}-03",
    f"00-{TWO}-{SPAN}-02",
)
DATADOG = together(
    each("x-datadog-trace-id", "1", "18446744073709551615", "77", "78"),
    each("x-datadog-parent-id", "9", "18446744073709551615", "0", "12"),
    each("x-datadog-sampling-priority", "1", "0", "-1", "2"),
    each("x-datadog-tags", "_dd.p.tid=640cfd8d00000000", "_dd.p.dm=-4", "_dd.p.tid=XY", "a=b"),
)
EVERYTHING = together(
    IDS, SENT, DATADOG,
    each("tracestate", "a=1", "b=2,a=1", "dd=s:1", "x=y"),
    each("baggage", "user=1", "user=2", "user=%20", "a=b;c=d"),
    each("x-stainless-retry-count", "0", "0", "0", "0"),
)  # fmt: skip

SAID: dict[str, tuple[tuple[Headers, ...], int]] = {
    "ids": (IDS, 3),
    "ids that are none": (each("x-request-id", "a/b", "x" * 129, "<b>", "{}"), 3),
    "ids, some of which are none": (each("x-request-id", "r-1", "a/b", "r-3", "x" * 129), 3),
    "ids with blanks": (each("x-request-id", "r-1", "r 2", " r-3 ", "r-4"), 3),
    "ids that are empty": (each("x-request-id", "", "", "r-3", "r-4"), 3),
    "ids that are no ASCII": (each("x-request-id", "r-1", "日本", "r-3", "r-4"), 3),
    "two ids": (together(IDS, IDS[::-1]), 3),
    "traces": (SENT, 3),
    "two traces": (together(SENT, SENT[::-1]), 3),
    "traces of another version": (
        each("traceparent", *(f"{v}-{ONE}-{SPAN}-01{more}" for v, more in (
            ("cc", ""), ("cc", "-what-comes"), ("ff", ""), ("01", "-")))), 3),
    "traces that are none": (
        each("traceparent", f"00-{'0' * 32}-{SPAN}-01", f"00-{ONE}-{'0' * 16}-01",
             f"00-{ONE.upper()}-{SPAN}-01", f"00-{ONE[1:]}-{SPAN}-01"), 3),
    "traces that are far too long": (each("traceparent", *("0" * n for n in (1, 70, 900, 5))), 3),
    "Datadog's": (DATADOG, 3),
    "Datadog's that are none": (
        together(each("x-datadog-trace-id", "0", "x", "18446744073709551616", "9" * 40),
                 each("x-datadog-parent-id", "1", "2", "3", "4")), 3),
    "Datadog's without a parent": (each("x-datadog-trace-id", "1", "2", "3", "4"), 3),
    "Datadog's behind what is no other's": (
        together(each("traceparent", "x", "y", f"00-{ONE}-{SPAN}-00", "z"), DATADOG), 3),
    "Google's": (
        each("x-cloud-trace-context", f"{ONE}/5;o=1", f"{TWO.upper()};o=0", f"{ONE}/0", TWO), 3),
    "Google's that are none": (
        each("x-cloud-trace-context", f"{ONE}/5;o=x", f"{'0' * 32}/1", ONE[1:], "/"), 3),
    "all at once": (EVERYTHING, 3),
    "what is passed over": (
        together(each("tracestate", "a=1", "b=2", "c=3", "d=4"),
                 each("baggage", "a=1", "b=2", "c=3", "d=4"),
                 each("b3", "0", "1", "d", "1"), each("sentry-trace", "a", "b", "c", "d")), 3),
    "tries": (each("x-stainless-retry-count", "0", "1", "0", "12"), 1),
    "odd tries": (each("x-stainless-retry-count", "x", "-1", "0000", "00"), 3),
    "another trace, and none": ((SENT[0], (), SENT[1], SENT[2]), 1),
    "sessions": (each("x-tenken-session", "s-1", "s-2", "s-3", "s-4"), 0),
}  # fmt: skip

OWN = [
    Case(name, of(), (), times(answers), most, own) for name, (own, most) in SAID.items()
] + [Case(f"all, and {case[0]}", of(), (), case[1], case[2], EVERYTHING) for case in (
    ("an error", then(answers, fails(500)), 3),
    ("a mistake", then(answers, fails(400)), 3),
    ("hangs up", then(answers, hangs_up, answers), 3),
    ("breaks off", then(answers, breaks_off, answers), 3),
    ("closes", times(closes), 0),
    ("in parts", times(in_parts), 3),
    ("an odd finish", times(ODD_FINISH), 3),
    ("without tokens", times(answering({**ANSWER, "usage": None})), 3),
    ("no JSON", then(answers, answering("{")), 3),
)] + [
    Case("all, of one user each", [{**ASKED, "user": f"u-{n}" * (n + 1)} for n in range(4)],
         (("x-tenken-use-case", "answer"),), times(answers), 3, EVERYTHING),
]  # fmt: skip
