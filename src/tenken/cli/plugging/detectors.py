"""Detectors in Python that a policy names: loaded from the disk, or refused in place."""

from collections.abc import Sequence
from pathlib import Path

from tenken.cli.plugging.process import Process
from tenken.cli.plugging.source import CodeFile, Source, read_source
from tenken.cli.plugging.wire import Ask, Begin, Raised, Refused, Saw
from tenken.config.load import PlatformText
from tenken.config.schema import line_at, parse
from tenken.errors import Malformed, Problem
from tenken.guardrails.custom.code import matches_of
from tenken.guardrails.detector import Detector, Unable
from tenken.guardrails.match import Match
from tenken.guardrails.policy.policy import Code, Policy
from tenken.guardrails.text import Context, Text
from tenken.place import Place
from tenken.sentence import Sentence, say


class Plugged:
    """A detector that is asked in its own process."""

    def __init__(self, code: Code, process: Process) -> None:
        self._code = code
        self._process = process
        self.name, self.risks, self.gates = code.name, code.risks, code.gates

    def inspect(self, text: Text, context: Context) -> Sequence[Match]:
        """Give its matches; raises Unable."""
        said = self._process.ask(Ask(text=text.original, context=context))
        if isinstance(said, Raised):
            raise Unable(said.error)
        if not isinstance(said, Saw):
            raise Unable("Crashed")
        return matches_of(self._code, said.matches)

    def close(self) -> None:
        """End its process."""
        self._process.close()


WHY = {
    "syntax": "guard.code_syntax",
    "raises": "guard.code_raises",
    "function": "guard.code_function",
    "signature": "guard.code_signature",
    "slow": "guard.code_slow",
    "crashes": "guard.code_crashes",
}


def plugged(
    policy: Policy, text: PlatformText, folder: Path, known: Sequence[CodeFile]
) -> tuple[Detector, ...]:
    """Load every file that a policy names; raises Malformed with all that is wrong with them.

    `known` is what the files held when the settings were read: others of them are not run.
    """
    digests = {one.file: one.digest for one in known}
    made: list[Plugged] = []
    problems: list[Problem] = []
    for at, code in enumerate(policy.code):
        found = _loaded(code, folder, digests.get(code.file, ""))
        if isinstance(found, Plugged):
            made.append(found)
        else:
            problems.append(_problem(found, text, at))
    if problems:
        for one in made:
            one.close()
        raise Malformed(tuple(problems))
    return tuple(made)


def _loaded(code: Code, folder: Path, digest: str) -> Plugged | Sentence | tuple[Sentence, Place]:
    source = read_source(folder, code.file)
    if not isinstance(source, Source):
        return source
    if source.digest != digest:
        return say("guard.code_changed", file=code.file)
    process = Process(
        Begin(
            file=source.file,
            source=source.text,
            function=code.function,
            each_s=code.timeout_s,
        )
    )
    refused = process.load()
    return Plugged(code, process) if refused is None else _refused(code, refused)


def _refused(code: Code, refused: Refused) -> tuple[Sentence, Place]:
    sentence = say(
        WHY.get(refused.why, WHY["crashes"]),
        file=code.file,
        function=code.function,
        error=refused.error,
    )
    return sentence, Place(code.file, refused.line or 1)


def _problem(found: Sentence | tuple[Sentence, Place], text: PlatformText, at: int) -> Problem:
    if isinstance(found, tuple):
        sentence, place = found
        return Problem(place=place, key=f"code[{at}]", sentence=sentence)
    line = line_at(parse(text.text, file=text.file), ("code", at, "file"))
    return Problem(place=Place(text.file, line), key=f"code[{at}].file", sentence=found)
