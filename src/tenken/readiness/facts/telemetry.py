"""Logs, traces and the ids of requests, as the code sets them up."""

from msgspec import Struct

from tenken.place import Place


class Needed(Struct, frozen=True, kw_only=True):
    """A setting without which a place in the code is not reached."""

    name: str
    values: tuple[str, ...] = ()
    """Those with which it is, in lower case; none where any yes is enough."""


class LogSetup(Struct, frozen=True, kw_only=True):
    """A place that decides what log lines look like."""

    place: Place
    library: str
    structured: bool
    is_entered: bool = True
    """Something runs the function it stands in."""
    off_unless: Needed | None = None
    """What has to be set before it has any effect."""
    undone: Place | None = None
    """A later place that takes it back."""
    is_attached: bool = True
    """Some logger gets the handler it is set on."""


class Tracing(Struct, frozen=True, kw_only=True):
    """A tracing library, from installed to in effect."""

    library: str
    """`ddtrace`, `ddtrace.llmobs`, `opentelemetry`, `langfuse`, `langsmith`, `mlflow` ..."""
    imported: Place | None = None
    initialised: Place | None = None
    exporter: Place | None = None
    """Where spans are sent, or the library's own back end is set."""
    console_only: bool = False
    launched: bool = False
    """A launcher in a start command patches what it knows, the web framework included."""
    by_hand: bool = False
    """Nothing makes spans by itself: the code opens the ones it wants."""
    endpoint_variable: str = ""
    """The variable that names where spans go; without it they go to the same machine."""
    off_unless: Needed | None = None
    """The variable without which it is not started at all, or sends nothing."""
    lost_at: Place | None = None
    """What is deployed gives the spans nowhere to go."""
    sampled_off: Place | None = None
    """Where sampling is 0 or tracing is disabled."""
    traces_models: bool = False
    """Model calls become spans by it."""
    masks_inputs: Place | None = None
    masks_outputs: Place | None = None
    mask_does_nothing: Place | None = None
    """A mask that gives back what it got."""
    changed_at: Place | None = None
    """Where code changes spans before they leave; what it takes out of them is not followed."""
    drops_content: Place | None = None
    """Content is not stored at all, which is not masking."""

    @property
    def may_mask(self) -> bool:
        """Code of the application's own works on its spans, and no mask is for show."""
        for_show = self.mask_does_nothing or self.drops_content
        return self.changed_at is not None and for_show is None


class Propagation(Struct, frozen=True, kw_only=True):
    """How a request's ids travel."""

    place: Place
    how: str
    inherits_upstream: bool
    """The incoming id is taken over; False where a new one is always made."""


class SpanField(Struct, frozen=True, kw_only=True):
    """An attribute that the code writes on spans or log records about model calls."""

    name: str
    place: Place
