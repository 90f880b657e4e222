"""What an answer says, before any API's shape: its words, its end, and figures one can check."""

from msgspec import Struct

from tenken.drills.provider.fault import Fault, Wrong
from tenken.drills.provider.plan import drawn

CREATED = 1_790_000_000
ANSWER = "This answer was written by a fake provider."
PIECE = 8
"""Characters in one piece of a stream."""
HUGE = 10 << 20
PADDING = "x" * 1024


class Telling(Struct, frozen=True, kw_only=True):
    """An answer: its words, why it ends, and its figures."""

    number: int
    model: str
    text: str
    finish: str = "stop"
    """`stop`, `length` or `content_filter`; each API has its own name for them."""
    input_tokens: int
    tells_usage: bool = True
    usage_asked: bool = True
    factor: int = 1
    inputs: int = 1
    """Texts that are to be embedded."""
    packed: bool = False
    """Vectors are wanted in base64."""
    padding: int = 0
    """Bytes that stand in the answer for nothing."""

    @property
    def output_tokens(self) -> int:
        """A quarter of the characters: a figure that anybody can work out again."""
        return self.factor * (max(1, len(self.text) // 4) if self.text else 0)

    @property
    def read_tokens(self) -> int:
        """What is told of the request."""
        return self.factor * self.input_tokens

    @property
    def parts(self) -> list[str]:
        """The words in small pieces."""
        return [self.text[at : at + PIECE] for at in range(0, len(self.text), PIECE)]

    @property
    def tells(self) -> bool:
        """Whether a stream ends with its figures."""
        return self.tells_usage and self.usage_asked


FINISH = {Wrong.LENGTH: "length", Wrong.FILTERED: "content_filter"}


def text_of(fault: Fault, number: int) -> str:
    """Give the words that the call of this number (from 0) is answered with."""
    match fault.kind:
        case Wrong.EMPTY:
            return ""
        case Wrong.TEXT:
            return fault.text
        case Wrong.QUALITY_DRIFT if drawn(fault.after, number) * fault.after < number + 1:
            return fault.text
        case _:
            return ANSWER


def delay_of(fault: Fault, number: int) -> float:
    """Give the seconds before anything is answered."""
    match fault.kind:
        case Wrong.SLOW_HEADERS:
            return fault.delay_s
        case Wrong.LATENCY_DRIFT:
            return fault.delay_s * number
        case _:
            return 0.0
