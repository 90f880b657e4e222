"""What is wrong with a file: collected, so that all of it is told at once."""

from tenken.errors import Malformed, Problem
from tenken.place import Place
from tenken.sentence import Sentence

PROBLEMS_MAX = 100


class Told:
    """The problems of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: dict[tuple[int, str, Sentence], Problem] = {}

    def add(self, line: int, key: str, sentence: Sentence) -> None:
        """Take note of one; the same one twice is told once."""
        if len(self._found) < PROBLEMS_MAX:
            place = Place(self.file, line)
            problem = Problem(place=place, key=key, sentence=sentence)
            self._found.setdefault((line, key, sentence), problem)

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._found)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All of them, in the order of their lines."""
        return tuple(sorted(self._found.values(), key=lambda one: (one.place, one.key)))

    def end(self) -> None:
        """Raise Malformed where there is any."""
        if self._found:
            raise Malformed(self.problems)
