"""What a value in `tenken.yaml` and `platform.yaml` may be, and when it says nothing yet."""

from typing import Annotated, Literal

from msgspec import Meta

Text = Annotated[str, Meta(min_length=1, max_length=4000)]
NAME_PATTERN = r"^[a-z0-9][a-z0-9_.-]{0,62}$"
URL_PATTERN = r"^https?://[^\s]+$"
Name = Annotated[str, Meta(pattern=NAME_PATTERN)]
Url = Annotated[str, Meta(pattern=URL_PATTERN, max_length=2000)]
PathText = Annotated[str, Meta(min_length=1, max_length=500)]
Sha256 = Annotated[str, Meta(pattern=r"^(sha256:)?[0-9a-f]{64}$")]
Percent = Annotated[float, Meta(gt=0, le=100)]
Positive = Annotated[float, Meta(gt=0)]
Price = Annotated[float, Meta(ge=0, le=1_000_000)]
Count = Annotated[int, Meta(ge=0)]
TierName = Literal["A", "B", "C"]
ScenarioClass = Literal["llm_api", "dependency", "network", "resource"]
Signal = Literal["feedback", "functional", "acceptance", "business_impact", "incidental"]
Treatment = Literal["mask", "block", "allow", "store", "do_not_store"]

PLACEHOLDERS = ("TODO", "FIXME", "TBD", "未記入", "要記入")


def is_placeholder(text: str) -> bool:
    """Whether a text still waits for its author; such a text says nothing.

    >>> is_placeholder("TODO: name an owner"), is_placeholder("<name>"), is_placeholder("<a@b.jp>")
    (True, True, False)
    """
    text = text.strip()
    is_blank = text.startswith("<") and text.endswith(">") and not {"@", ":"} & {*text}
    return is_blank or text.startswith(PLACEHOLDERS)
