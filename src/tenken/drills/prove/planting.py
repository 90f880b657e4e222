"""Asks an application with planted texts, where a user's text stands in its requests."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tenken.drills.prove.bench import Bench
from tenken.drills.prove.planted import Planted
from tenken.drills.prove.record import Driven, marks_in
from tenken.drills.prove.requests import MARK, Asking
from tenken.drills.provider.seen import Seen
from tenken.errors import UsageError


class Sown(Struct, frozen=True, kw_only=True):
    """A planted text, and what became of it."""

    planted: Planted
    driven: Driven
    judges: tuple[str, ...] = ()

    @property
    def reached(self) -> bool:
        """Whether the text, or its value, reached the provider."""
        if self.planted.value:
            return any(call.watched for call in self.calls)
        return self.asked

    @property
    def calls(self) -> tuple[Seen, ...]:
        """The calls that it caused, but for those that only judge it."""
        return tuple([one for one in self.driven.calls if one.model not in self.judges])

    @property
    def asked(self) -> bool:
        """Whether the model that answers was asked at all."""
        return any(
            mark.startswith(self.driven.mark) for call in self.calls for mark in marks_in(call)
        )

    @property
    def delivered(self) -> bool:
        """Whether the value is in what the application answered."""
        return self.planted.value in self.driven.answered.text


def marked(bench: Bench, item: str) -> tuple[Asking, ...]:
    """Give the requests in which a user's text stands; raises UsageError where none does."""
    found = tuple(one for one in bench.brief.asking_the_model if MARK in one.body)
    if not found:
        raise UsageError("prove.needs_mark", item=item, mark=MARK)
    return found


async def sow(
    bench: Bench, askings: Iterable[Asking], texts: Iterable[Planted]
) -> tuple[Sown, ...]:
    """Send every text by every request, one after the other."""
    kept = tuple(texts)
    return tuple([await sown(bench, asking, one) for asking in askings for one in kept])


async def sown(bench: Bench, asking: Asking, planted: Planted) -> Sown:
    """Send a text."""
    driven = await bench.ask(saying(asking, planted.text))
    return Sown(planted=planted, driven=driven, judges=bench.brief.guard.judges)


def saying(asking: Asking, text: str) -> Asking:
    """Put a text before the mark of a request, as JSON has it."""
    inner = msgspec.json.encode(f"{text} ").decode()[1:-1]
    return replace(asking, body=asking.body.replace(MARK, inner + MARK))
