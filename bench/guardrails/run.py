"""What the detectors of personal data and of secrets find, beside others, as two tables.

python bench/guardrails/run.py [--peers PYTHON] [--seed 2026]

PYTHON is the interpreter of an environment with the peers in it; without one ours stand alone.
Intervals are Wilson's, at 95 %.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import keys
import peers
import pii
from wilson import interval

from tenken.guardrails.detector import Detector
from tenken.guardrails.detectors import PII, SECRETS
from tenken.guardrails.gates import Gates
from tenken.guardrails.rule import apart
from tenken.guardrails.text import Context, Direction, Origin, Text

HERE = Path(__file__).parent
CONTEXT = Context(direction=Direction.INWARD, origin=Origin.USER)
PII_PEERS = ("presidio", "fuseji", "kakushi", "pii_guard", "datafog")
SECRET_PEERS = ("detect_secrets", "turbocloak", "classifinder", "betterleaks")
ALL = set(pii.TYPES.values())
STRUCTURED = ALL - {"name", "address"}
Answers = tuple[list[list[pii.Place]], float]
Ask = Callable[[Sequence[str]], Answers]


def ours(detectors: Sequence[Detector]) -> Ask:
    """Ask as the engine does: only those whose gates are open."""
    gates = Gates(detectors)
    everyone = frozenset(range(len(detectors)))

    def found(shown: str) -> list[pii.Place]:
        text = Text(shown)
        asked = gates.named(gates.opened(text.lowered, everyone))
        matches = apart(match for one in asked for match in one.inspect(text, CONTEXT))
        return [pii.Place(m.risk.rsplit(".", 1)[-1], m.start, m.end) for m in matches]

    def ask(texts: Sequence[str]) -> Answers:
        answers = [found(text) for text in texts]
        start = time.process_time()
        for text in texts:
            found(text)
        return answers, time.process_time() - start

    return ask


def peer(python: str, name: str) -> Ask:
    """Ask another one, in its own environment."""

    def ask(texts: Sequence[str]) -> Answers:
        command = [python, "-W", "ignore", str(HERE / "peers.py"), name]
        done = subprocess.run(
            command, input=json.dumps(list(texts)), capture_output=True, text=True, check=True
        )
        answer = json.loads(done.stdout)
        return [[pii.Place(*one) for one in found] for found in answer["found"]], answer["cpu_s"]

    return ask


def share(right: int, of: int) -> str:
    """Give a share with its interval."""
    if not of:
        return "–"
    lowest, highest = interval(right, of)
    return f"{right / of:.2f} [{lowest:.2f}, {highest:.2f}]"


def quality(
    samples: Sequence[pii.Sample], found: Sequence[Sequence[pii.Place]], types: set[str]
) -> str:
    """Give recall and precision over some types."""
    score = pii.scored(samples, found, types)
    recall = share(score.right, score.right + score.missed)
    return f"{recall} | {share(score.right, score.right + score.wrong)}"


def f1(samples: Sequence[pii.Sample], found: Sequence[Sequence[pii.Place]]) -> float:
    """Give the harmonic mean of recall and precision over all types."""
    score = pii.scored(samples, found, ALL)
    return 2 * score.right / max(1, 2 * score.right + score.missed + score.wrong)


def pii_row(name: str, ask: Ask, names: tuple[str, str, str], seed: int) -> str:
    """Give a line of the table of personal data."""
    ja, en = (pii.samples(one, seed=seed, times=2) for one in names[:2])
    none = pii.samples(names[2], seed=seed)
    texts = [sample.text for sample in (*ja, *en, *none)]
    found, cpu = ask(texts)
    in_ja, in_en = found[: len(ja)], found[len(ja) : len(ja) + len(en)]
    flagged = sum(bool(places) for places in found[len(ja) + len(en) :])
    per_500 = cpu / sum(map(len, texts)) * 500 * 1000
    both = f1([*ja, *en], [*in_ja, *in_en])
    return (
        f"| {name} | {quality(ja, in_ja, STRUCTURED)} | {quality(ja, in_ja, ALL)} "
        f"| {quality(en, in_en, ALL)} | {both:.2f} | {flagged}/{len(none)} | {per_500:.2f} |"
    )


def mail_line(name: str, ask: Ask, seed: int) -> str:
    """Give what is masked in ordinary mail although nothing there is personal."""
    mails = pii.mails(seed=seed)
    found, _ = ask([mail.text for mail in mails])
    false = sum(1 for _ in pii.masks_beside(mails, found))
    characters = sum(len(mail.text) for mail in mails)
    return f"| {name} | {false} | {characters:,} | {false / characters * 10_000:.2f} |"


def secret_row(name: str, ask: Ask, texts: Sequence[keys.Text], none: Sequence[keys.Text]) -> str:
    """Give a line of the table of secrets."""
    found, cpu = ask([text.text for text in (*texts, *none)])
    caught = [
        (text.language, keys.caught(text, [(place.start, place.end) for place in places]))
        for text, places in zip(texts, found, strict=False)
    ]
    shares = [
        share(
            sum(hit for lang, hit in caught if lang == one), sum(lang == one for lang, _ in caught)
        )
        for one in ("ja", "en")
    ]
    false = sum(bool(places) for places in found[len(texts) :])
    each = cpu / (len(texts) + len(none)) * 1000
    return f"| {name} | {shares[0]} | {shares[1]} | {false}/{len(none)} | {each:.3f} |"


def latency(seed: int) -> None:
    """Print the CPU time of 500 characters: ordinary mail, and text where no gate opens."""
    whole = "\n".join(mail.text for mail in pii.mails(seed=seed))
    pieces = [whole[at : at + 500] for at in range(0, len(whole) - 500, 500)]
    clean = ("ご確認のほどよろしくお願いいたします。資料は別途ご案内の予定です。" * 20)[:500]
    for name, detectors in (("personal data", PII), ("secrets", SECRETS)):
        ask = ours(detectors)
        ask(pieces)
        times = sorted(min(ask([piece])[1] for _ in range(5)) for piece in pieces)
        nothing = min(ask([clean] * 200)[1] for _ in range(3)) / 200
        print(
            f"{name}: mail p50 {times[len(times) // 2] * 1e3:.2f} ms, "
            f"p95 {times[int(len(times) * 0.95)] * 1e3:.2f} ms; "
            f"nothing found {nothing * 1e6:.0f} µs"
        )


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers", help="interpreter with the peers installed")
    parser.add_argument("--seed", type=int, default=2026)
    given = parser.parse_args()
    others = {name: peer(given.peers, name) for name in peers.PEERS} if given.peers else {}
    asked = {"tenken": ours(PII)} | {name: others[name] for name in PII_PEERS if name in others}
    for title, names in (
        ("first set", ("pii_ja.txt", "pii_en.txt", "negatives.txt")),
        ("second set", ("second_ja.txt", "second_en.txt", "second_negatives.txt")),
        ("third set", ("third_ja.txt", "third_en.txt", "third_negatives.txt")),
        ("fourth set", ("fourth_ja.txt", "fourth_en.txt", "fourth_negatives.txt")),
    ):
        print(
            f"\n{title}\n| | ja structured R | P | ja all R | P | en R | P | F1 | flagged | ms |"
        )
        for name, ask in asked.items():
            print(pii_row(name, ask, names, given.seed), flush=True)
    print("\nmail\n| | false masks | characters | per 10,000 |")
    for name, ask in asked.items():
        print(mail_line(name, ask, given.seed), flush=True)
    asked = {"tenken": ours(SECRETS)} | {
        name: others[name] for name in SECRET_PEERS if name in others
    }
    none = keys.negatives(seed=given.seed)
    for title, texts in (
        ("first set", keys.positives(seed=given.seed)),
        ("second set", keys.second(seed=given.seed)),
    ):
        print(f"\nsecrets, {title}\n| | ja | en | false alarms | ms |")
        for name, ask in asked.items():
            print(secret_row(name, ask, texts, none), flush=True)
    latency(given.seed)


if __name__ == "__main__":
    sys.exit(main())
