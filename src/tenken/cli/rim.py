"""What every command is given: the language, the settings, the clock and where to print."""

import sys
from contextlib import suppress
from datetime import UTC, datetime

from msgspec import Struct

from tenken.clock import Clock
from tenken.config.environment import Settings
from tenken.errors import Malformed, TenkenError
from tenken.messages.speech import Speech
from tenken.sentence import Sentence


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Give the present moment in UTC."""
        return datetime.now(UTC)


class Rim(Struct, frozen=True, kw_only=True):
    """The outside world of a command."""

    speech: Speech
    settings: Settings
    clock: Clock

    def say(self, sentence: Sentence) -> None:
        """Tell a person something; standard error, so that output can be piped."""
        self.tell(self.speech(sentence))

    def tell(self, text: str) -> None:
        """Print a line to standard error; a full disk or a closed pipe behind it stops nobody."""
        with suppress(OSError):
            sys.stderr.write(f"{text}\n")

    def write(self, text: str) -> None:
        """Print a result to standard output."""
        sys.stdout.write(text if text.endswith("\n") else f"{text}\n")

    def refuse(self, error: TenkenError) -> int:
        """Tell an error with all its problems; gives the exit code."""
        if isinstance(error, Malformed):
            for problem in error.problems:
                key = f" {problem.key}:" if problem.key else ""
                self.tell(f"{problem.place}:{key} {self.speech(problem.sentence)}")
        self.tell(f"tenken: {self.speech(error.sentence)}")
        return error.exit_code
