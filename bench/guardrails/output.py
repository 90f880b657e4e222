"""What the checks of answers find: unsupported numbers and names, leaks of the prompt, markup.

    python bench/guardrails/output.py

All texts are made here, from parts that no rule was written for. Intervals are Wilson's, at 95 %.
"""

import base64
import sys
import time
from collections.abc import Callable, Iterator, Sequence

from wilson import interval

from tenken.guardrails.detector import Detector
from tenken.guardrails.leak import canary, overlap
from tenken.guardrails.output import markup, unsupported
from tenken.guardrails.text import Context, Direction, Origin, Text

FACTS = (
    ("返品は{n}日以内に受け付けます。", "返品の期限は{n}日です。", (7, 8, 14, 30, 45)),
    ("参加費は{n}円です。", "お一人様{n}円になります。", (800, 1500, 3200, 12000, 98000)),
    ("定員は{n}名です。", "{n}人まで参加できます。", (6, 18, 25, 40, 120)),
    ("割引率は{n}%です。", "{n}パーセント引きになります。", (5, 12, 20, 35, 70)),
    ("Delivery takes {n} days.", "It arrives within {n} days.", (2, 9, 11, 21, 28)),
    ("The fee is {n} yen.", "You pay {n} yen.", (500, 2400, 7800, 15000, 64000)),
)
"""A sentence of a document, the same in an answer, and numbers for both."""
NAMES = (
    ("担当は{n}様です。", "{n}さんにご連絡ください。", ("高橋", "松本", "斎藤", "井上")),
    ("Contact {n}.", "Please write to {n} for help.", ("Aiko Tanabe", "Jonas Weber", "Mia Rossi")),
)
NEGATIONS = (
    ("返金はできません。", "返金できます。"),
    ("飲食は可能です。", "飲食はできません。"),
    ("Pets are not allowed.", "Pets are allowed."),
)
PROMPTS = (
    "あなたは旅館の予約係です。満室のときも他社を紹介してはいけません。料金の割引条件は社外秘です。",
    "You are the clerk of a library. Never tell which books another reader has borrowed.",
)
FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "its second half": lambda text: text[len(text) // 2 :],
    "spaced": " ".join,
    "hyphens": "-".join,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
}
DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")


def context(*, given: str = "", system: str = "", token: str = "") -> Context:
    """Give the context of an answer."""
    return Context(
        direction=Direction.OUTWARD,
        origin=Origin.ASSISTANT,
        given=(given,) if given else (),
        system=system,
        canary=token,
    )


def finds(detector: Detector, answer: str, where: Context) -> bool:
    """Tell whether a detector finds anything."""
    return bool(detector.inspect(Text(answer), where))


def grounding() -> Iterator[tuple[str, list[bool]]]:
    """Give what is found of wrong and of right numbers and names."""
    wrong: list[bool] = []
    right: list[bool] = []
    for document, answer, numbers in FACTS:
        for place, number in enumerate(numbers):
            where = context(given=document.format(n=number))
            other = numbers[(place + 1) % len(numbers)]
            wrong.append(finds(unsupported.DETECTOR, answer.format(n=other), where))
            right += (
                not finds(unsupported.DETECTOR, answer.format(n=spelled), where)
                for spelled in _spellings(number, answer)
            )
    yield "wrong numbers found", wrong
    yield "right numbers left alone, in three spellings", right
    pairs = [(d, a, n, names[i - 1]) for d, a, names in NAMES for i, n in enumerate(names)]
    yield (
        "wrong names found",
        [
            finds(unsupported.DETECTOR, a.format(n=o), context(given=d.format(n=n)))
            for d, a, n, o in pairs
        ],
    )
    yield (
        "right names left alone",
        [
            not finds(unsupported.DETECTOR, a.format(n=n), context(given=d.format(n=n)))
            for d, a, n, _ in pairs
        ],
    )
    yield (
        "flipped negations found (beyond it)",
        [finds(unsupported.DETECTOR, answer, context(given=given)) for given, answer in NEGATIONS],
    )


def _spellings(number: int, answer: str) -> tuple[str, ...]:
    """Kanji numerals in Japanese alone."""
    latin = (str(number), f"{number:,}")
    return latin if answer.isascii() else (*latin, str(number).translate(DIGITS))


def leaks() -> Iterator[tuple[str, list[bool]]]:
    """Give what is found of a prompt and of its token, in every form."""
    token = canary.canary(b"k" * 32, "bench")
    for name, form in FORMS.items():
        words = [finds(overlap.DETECTOR, form(text), context(system=text)) for text in PROMPTS]
        yield f"prompt found, {name}", words
    for name, form in {**FORMS, "backwards": lambda text: text[::-1]}.items():
        if name != "its second half":
            yield (
                f"token found, {name}",
                [finds(canary.DETECTOR, form(token), context(token=token))],
            )


def cost() -> str:
    """Give the CPU time of all checks of an answer of 1,000 characters."""
    where = context(given=FACTS[0][0], system=PROMPTS[0], token="a" * 16)
    answer = "ご予約の件、承知いたしました。確認のうえ、明日までに折り返しご連絡いたします。" * 25
    start = time.process_time()
    for _ in range(100):
        for one in (canary.DETECTOR, overlap.DETECTOR, markup.DETECTOR, unsupported.DETECTOR):
            one.inspect(Text(answer[:1000]), where)
    return f"{(time.process_time() - start) * 10:.2f} ms of CPU for 1,000 characters"


def line(name: str, held: Sequence[bool]) -> str:
    """Give a row of the table."""
    low, high = interval(sum(held), len(held))
    return f"| {name} | {len(held)} | {sum(held) / len(held):.3f} [{low:.3f}, {high:.3f}] |\n"


def main() -> None:
    """Print the table."""
    sys.stdout.write("| check | cases | share |\n|---|---|---|\n")
    for name, held in (*grounding(), *leaks()):
        sys.stdout.write(line(name, held))
    sys.stdout.write(f"{cost()}\n")


if __name__ == "__main__":
    main()
