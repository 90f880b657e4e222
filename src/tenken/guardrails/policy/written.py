"""What `guard/policy.yaml` says: the types that its JSON Schema is made from."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from tenken.config.values import Name, PathText, Text

Action = Literal["shadow", "flag", "mask", "block"]
Fail = Literal["open", "closed"]
Way = Literal["inward", "outward"]
Source = Literal["system", "user", "assistant", "tool", "retrieved", "file"]
Score = Annotated[float, Meta(ge=0, le=1)]
Few = Annotated[str, Meta(min_length=1, max_length=500)]


class Told(Struct, frozen=True, kw_only=True):
    """What the user is told."""

    ja: Text
    en: Text


class RiskEntry(Struct, frozen=True, kw_only=True):
    """A risk of this service, or what this service says of a risk that ships."""

    id: Name
    """With dots: `pii.membership` is answered by the rule for `pii` where it has none."""
    severity: Literal["low", "medium", "high", "critical"]
    example: Text
    owner: Text
    seen_by: Literal["text", "verdict"] = "text"
    label: Told | None = None
    """What stands in its place when it is masked; it cannot be masked without."""


class Thresholds(Struct, frozen=True, kw_only=True):
    """From which score the action is taken, by who wrote the text."""

    system: Score | None = None
    user: Score | None = None
    assistant: Score | None = None
    tool: Score | None = None
    retrieved: Score | None = None
    file: Score | None = None


class AllowEntry(Struct, frozen=True, kw_only=True):
    """What looks like the risk and is none."""

    values: tuple[Few, ...] = ()
    """Whole values, such as the phone number of the service desk; width and case are no matter."""
    patterns: tuple[Few, ...] = ()
    """RE2 patterns that the whole value has to meet."""
    rules: tuple[Few, ...] = ()
    """Ids of single rules that are not to speak for this risk."""


class RuleEntry(Struct, frozen=True, kw_only=True):
    """What is done about a risk. It takes the place of the rule of the same risk that ships."""

    risk: Name
    action: Action
    """`shadow` only counts; `flag` records; `mask` takes the value out; `block` stops."""
    directions: tuple[Way, ...] = ()
    """Empty for every direction in which the risk can happen."""
    detectors: tuple[Name, ...] = ()
    """Empty for all that can see the risk."""
    threshold: Score = 0.5
    """From this score the action is taken."""
    thresholds: Thresholds = field(default_factory=Thresholds)
    """The same by who wrote the text, where it differs."""
    flag_from: Score | None = None
    """Weaker matches from this score are recorded; nothing weaker than `threshold` without it."""
    ignores: tuple[Source, ...] = ()
    """Whose texts this rule does not look at."""
    fail: Fail | None = None
    """When a detector cannot answer: `closed` stops the text. Without it: closed for a mask or
    block of a high or critical risk."""
    allow: AllowEntry = field(default_factory=AllowEntry)
    tell: Told | None = None
    """What the user is told when the text is stopped."""


class UseCaseEntry(Struct, frozen=True, kw_only=True):
    """What one use case does otherwise."""

    rules: tuple[RuleEntry, ...]


class ListEntry(Struct, frozen=True, kw_only=True):
    """A detector of your own: words and patterns that speak for a risk."""

    name: Name
    risk: Name
    keywords: tuple[Few, ...] = ()
    """Found anywhere, in any width and case."""
    patterns: tuple[Few, ...] = ()
    """RE2 patterns on the folded text in small letters: full-width digits are plain there."""
    score: Score = 0.9


class CodeEntry(Struct, frozen=True, kw_only=True):
    """A detector of your own in Python: a file beside this policy, in a process of its own."""

    name: Name
    """Rules name it so, and the ids of what it finds begin with it."""
    file: PathText
    """Below `guard/`, from where `tenken.yaml` is: `guard/patients.py`."""
    function: Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")] = "inspect"
    """Takes a text and its context, and gives matches."""
    risks: Annotated[tuple[Name, ...], Meta(min_length=1)]
    """The risks it may speak of."""
    gates: tuple[Few, ...] = ()
    """RE2 patterns on the folded text in small letters: where none is found it is not asked.
    Without any it is asked about every text."""
    timeout_ms: Annotated[int, Meta(ge=1, le=1000)] = 50
    """For one text; then its process is ended, and the rules' fail mode decides."""


class CalibrationEntry(Struct, frozen=True, kw_only=True):
    """What a judge was measured with: the file that `tenken guard calibrate` wrote."""

    file: Text
    digest: Text
    """Of the file, as it was when somebody looked at its figures."""


class JudgeEntry(Struct, frozen=True, kw_only=True):
    """A model that is asked about texts. Rules name it like a detector; they say what follows."""

    name: Name
    kind: Literal["model", "llama_guard", "moderation", "ratings"]
    """`model`: any model of this service, asked in our words. `llama_guard`: one that answers
    `safe` or `unsafe`. `moderation`: the endpoint of OpenAI. `ratings`: Gemini's own, which come
    with its answers; nothing is asked for them."""
    target: Name | None = None
    """A model of `tenken.yaml`; `ratings` have none."""
    risks: tuple[Name, ...] = ()
    """What it is asked about. Without it: everything its kind can judge and a rule answers."""
    about: Text | None = None
    """What this service is for, told to a `model`: what is off topic rests on it."""
    directions: tuple[Way, ...] = ()
    """Empty for both."""
    timeout_ms: Annotated[int, Meta(ge=10, le=60_000)] = 1500
    """Then the rules' fail mode decides."""
    ask: Literal["always", "hinted"] = "always"
    """`hinted`: only where a detector on the text saw something of its risks."""
    share: Annotated[float, Meta(gt=0, le=1)] = 1.0
    """Of the texts it would be asked about."""
    budget_usd_per_day: Annotated[float, Meta(gt=0)] | None = None
    """Of all workers together, from midnight UTC. A `model` has to have one."""
    longest: Annotated[int, Meta(ge=100, le=1_000_000)] = 20_000
    """Characters; it is not asked about more, and the fail mode decides."""
    stream: Literal["hold", "end"] = "hold"
    """`hold`: a streamed answer is shown when it was judged. `end`: it is shown as it comes, and
    what was shown cannot be taken back; only its end is held until it was judged."""
    calibration: CalibrationEntry | None = None


class DataEntry(Struct, frozen=True, kw_only=True):
    """A type of data, its class, and how it is treated."""

    type: Name
    data_class: Text
    """Such as `confidential`."""
    treatment: Literal["mask", "block", "allow"]
    store: bool = False
    """Whether the value itself may be kept in logs and records."""
    risks: Annotated[tuple[Name, ...], Meta(min_length=1)]
    """The risks whose rules see this type."""


class WaiverEntry(Struct, frozen=True, kw_only=True):
    """Somebody accepts a critical risk on `shadow`, or a milder severity than the shipped one."""

    risk: Name
    owner: Text
    reason: Text
    expires_on: date


class StreamEntry(Struct, frozen=True, kw_only=True):
    """How streams are held back."""

    clauses: bool | None = None
    """Hold back what may still become a name or an address, so that they are seen before they
    leave; whole clauses beside words, patterns, a dictionary or Python of the policy's own.
    Without it: where names or addresses are masked or blocked on their way out."""


class PromptsEntry(Struct, frozen=True, kw_only=True):
    """What the gateway puts into prompts: new with each request, so caches find less again."""

    canary: bool = False
    """A token in the system text: an answer that holds it, in whatever form, quotes it."""
    spotlight: Literal["none", "parts", "words"] = "none"
    """`parts`: results of tools and documents stand between marks that nobody can guess, and the
    system text says that no order stands there. `words`: the spaces in them are marked, too.
    Pieces of less than 40 bytes stay as they are: they are names and states."""


class PolicyFile(Struct, frozen=True, kw_only=True):
    """The whole of `guard/policy.yaml`."""

    version: Literal[1] = 1
    """Of this format."""
    base: Literal["shipped", "none"] = "shipped"
    """Whether rules and data types that are not stated here are those that ship."""
    language: Literal["ja", "en"] = "en"
    """Of placeholders, and of what is told where the caller's language is not known."""
    tell: Told | None = None
    """What the user is told when a text is stopped by a rule that has no words of its own."""
    risks: tuple[RiskEntry, ...] = ()
    rules: tuple[RuleEntry, ...] = ()
    use_cases: Mapping[Name, UseCaseEntry] = field(default_factory=dict)
    lists: tuple[ListEntry, ...] = ()
    code: tuple[CodeEntry, ...] = ()
    """Detectors in Python, of files on the disk of whoever runs this."""
    judges: tuple[JudgeEntry, ...] = ()
    data: tuple[DataEntry, ...] = ()
    waivers: tuple[WaiverEntry, ...] = ()
    stream: StreamEntry = field(default_factory=StreamEntry)
    prompts: PromptsEntry = field(default_factory=PromptsEntry)
    names: Literal["lists", "dictionary"] = "lists"
    """By what Japanese names are known: `dictionary` asks SudachiPy besides (`tenken[ja]`)."""
