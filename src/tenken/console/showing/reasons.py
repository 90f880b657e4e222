"""What was decided after a call of a model, in the reader's language.

A record keeps the words of `tenken.policy.retry` and of the gateway, which are English; a test
holds that each of them is known here. One that is not, of another version, is shown as it stands.
"""

from tenken.messages.speech import Speech
from tenken.pattern import Pattern

_FAILURE, _TARGET = r"(?P<failure>[a-z_]+)", r"(?P<target>\S+)"
_FORMS = tuple(
    (name, Pattern(form))
    for name, form in (
        ("same_everywhere", rf"{_FAILURE} is the same everywhere"),
        ("same_again", rf"{_FAILURE} is the same on a second call"),
        ("committed", r"part of the answer has reached the caller"),
        ("attempts_used", r"(?P<number>[0-9]+) attempts used"),
        ("no_other", rf"(?P<number>[0-9]+) attempts at {_TARGET}, and no other target"),
        ("deadline", r"the deadline is too near"),
        ("no_budget", rf"the retry budget of {_TARGET} is used up"),
        ("patience", rf"{_TARGET} asks for (?P<seconds>[0-9.e+]+) s of patience"),
        ("sent_again", r"a kept connection was closed on it: sent again on a new one"),
        ("other_first", rf"{_TARGET} answered first"),
        ("next", rf"{_FAILURE} at {_TARGET}"),
    )
)


def reason(speech: Speech, kept: str) -> str:
    """Give the reason that an attempt keeps as a sentence."""
    for name, form in _FORMS:
        if (found := form.fullmatch(kept)) is not None:
            fields = {key: found[key] for key in form.names}
            if "failure" in fields:
                fields["failure"] = f"wording.failure_{fields['failure']}"
            return speech.text(f"console.why_{name}", **fields)
    return kept
