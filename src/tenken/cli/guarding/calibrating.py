"""`tenken guard calibrate`: a judge over labelled examples, and how far it agrees with people."""

import asyncio
import os
import secrets
from collections.abc import Awaitable, Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

from tenken import digest
from tenken.cli.guarding.posting import Door
from tenken.cli.guarding.table import lines
from tenken.cli.rim import Rim
from tenken.cli.writing import read_bytes, write_text
from tenken.errors import Malformed, Problem, UsageError
from tenken.guardrails.policy.judges import Judge
from tenken.guardrails.policy.policy import Policy
from tenken.guardrails.policy.risks import Risk
from tenken.guardrails.verdicts import judge as model
from tenken.guardrails.verdicts import llama_guard, moderation
from tenken.guardrails.verdicts.calibrating import (
    OLD_DAYS,
    Calibration,
    Example,
    Judged,
    Share,
    figures,
)
from tenken.guardrails.verdicts.verdict import Opinion, Unusable
from tenken.place import Place
from tenken.sentence import Sentence, say

LONGEST = 64 << 20
FOLDER = "guard/calibration"
COLUMNS = ("risk", "agreement", "kappa", "precision", "recall")
EXAMPLE = msgspec.json.Decoder(Example)
Ask = Callable[[Example], Awaitable[Opinion]]
CALIBRATION = msgspec.json.Decoder(Calibration)


class Means(Struct, frozen=True, kw_only=True):
    """How a judge is asked, and what for."""

    judge: str
    url: str
    key_env: str
    model: str
    threshold: float


def tell_calibration(rim: Rim, policy: Policy, file: Path, means: Means, *, folder: Path) -> None:
    """Ask about every example, tell the figures, and write them."""
    judge = judge_named(policy, means.judge)
    content = read_bytes(file, limit=LONGEST)
    examples = tuple(_examples(content, file))
    name = means.model or judge.target
    key = os.environ.get(means.key_env, "") if means.key_env else ""
    door = Door(means.url, key)
    ask = _asking(door, policy, judge, name)
    judged = asyncio.run(_judged(ask, examples, means.threshold, door))
    made = Calibration(
        judge=judge.name,
        kind=judge.kind,
        model=name,
        wording=wording(policy, judge),
        threshold=means.threshold,
        measured_on=rim.clock.now().date(),
        examples=digest.of_bytes(content),
        n=len(judged),
        unanswered=sum(one.said is None for one in judged),
        figures=figures(judged, judge.risks),
    )
    written = msgspec.json.format(msgspec.json.encode(made)).decode() + "\n"
    path = f"{FOLDER}/{judge.name}.json"
    write_text(folder / path, written)
    _tell(rim, made)
    pin = digest.of_bytes(written.encode())
    rim.say(say("guard.calibrated", judge=judge.name, path=path, digest=pin))


def judge_named(policy: Policy, name: str) -> Judge:
    """Give a judge of the policy; raises UsageError."""
    for one in policy.judges:
        if one.name == name or (not name and len(policy.judges) == 1):
            return one
    known = ", ".join(one.name for one in policy.judges) or "wording.none_there"
    raise UsageError("guard.no_judge", name=name or "-", known=known)


def wording(policy: Policy, judge: Judge) -> str:
    """Name the words that a judge is asked in."""
    return model.wording(_risks(policy, judge), judge.about) if judge.kind == "model" else ""


def uncalibrated(policy: Policy, folder: Path, today: date) -> Iterator[Sentence]:
    """Say of each judge whose figures nobody knows why that is."""
    for judge in policy.judges:
        if judge.pin is None:
            yield say("guard.not_calibrated", judge=judge.name)
            continue
        path = folder / judge.pin.file
        content = path.read_bytes() if path.is_file() else b""
        if digest.of_bytes(content) != judge.pin.digest:
            yield say("guard.calibration_differs", judge=judge.name, file=judge.pin.file)
            continue
        try:
            made = CALIBRATION.decode(content)
        except msgspec.MsgspecError:
            yield say("guard.calibration_differs", judge=judge.name, file=judge.pin.file)
            continue
        if made.judge != judge.name or made.wording != wording(policy, judge):
            yield say("guard.calibration_other", judge=judge.name)
        if today - made.measured_on > timedelta(days=OLD_DAYS):
            day = made.measured_on.isoformat()
            yield say("guard.calibration_old", judge=judge.name, day=day, days=OLD_DAYS)


def _examples(content: bytes, file: Path) -> Iterator[Example]:
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield EXAMPLE.decode(line)
        except msgspec.MsgspecError as error:
            place = Place(str(file), number)
            problem = Problem(
                place=place, key="", sentence=say("guard.bad_example", detail=str(error))
            )
            raise Malformed((problem,)) from error


async def _judged(
    ask: Ask, examples: tuple[Example, ...], threshold: float, door: Door
) -> tuple[Judged, ...]:
    found = []
    for example in examples:
        opinion = await ask(example)
        said = None
        if not isinstance(opinion, Unusable):
            said = frozenset(one.risk for one in opinion if one.score >= threshold)
        found.append(Judged(example=example, said=said))
    door.close()
    return tuple(found)


def _asking(door: Door, policy: Policy, judge: Judge, name: str) -> Ask:
    async def opinion(example: Example) -> Opinion:
        text, direction = example.text, example.direction
        match judge.kind:
            case "moderation":
                body = moderation.request(text, model=name)
                return moderation.read(await door.post("/moderations", body), text)
            case "llama_guard":
                body = llama_guard.request(text, direction, model=name)
                return llama_guard.read(await door.post("/chat/completions", body), text)
            case _:
                question = model.Question(
                    text=text,
                    direction=direction,
                    risks=_risks(policy, judge),
                    mark=secrets.token_hex(8),
                    given=example.given,
                    about=judge.about,
                )
                body = model.request(question, model=name)
                return model.read(await door.post("/chat/completions", body), question)

    return opinion


def _risks(policy: Policy, judge: Judge) -> tuple[Risk, ...]:
    found = (policy.risk(id_) for id_ in judge.risks)
    return tuple(risk for risk in found if risk is not None)


def _tell(rim: Rim, made: Calibration) -> None:
    head = [rim.speech.text(f"guard.column_{column}") for column in COLUMNS]
    rows = [
        (
            one.risk,
            _shown(one.agreement),
            f"{one.kappa:.2f}",
            _shown(one.precision),
            _shown(one.recall),
        )
        for one in made.figures
    ]
    for line in lines(head, rows):
        rim.write(line)
    rim.say(say("guard.judged_examples", count=made.n, unanswered=made.unanswered))


def _shown(one: Share) -> str:
    if one.n == 0:
        return "-"
    return f"{one.value:.2f} [{one.low:.2f}, {one.high:.2f}] ({one.count}/{one.n})"
