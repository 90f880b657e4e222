"""What a caller is told when no target answered."""

from msgspec import Struct

from tenken.sentence import say
from tenken.transport.errors import (
    ConnectFailed,
    Garbled,
    Interrupted,
    Phase,
    TimedOut,
    UpstreamFailed,
)
from tenken.wire.dialect import Failed, Spoilt, Unreadable
from tenken.wire.failure import Failure
from tenken.wire.refusal import Kind, Refusal, Refused

PHASES = {
    Phase.CONNECT: Failure.TIMEOUT_CONNECT,
    Phase.FIRST_BYTE: Failure.TIMEOUT_TTFT,
    Phase.IDLE: Failure.TIMEOUT_IDLE,
    Phase.TOTAL: Failure.TIMEOUT_TOTAL,
}


class Miss(Exception):
    """An attempt that gave no whole answer."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(failed.failure)
        self.failed = failed


class Told(Struct, frozen=True):
    """Status, code and kind of an error for a failure of the provider."""

    status: int
    code: str
    kind: Kind = "server_error"


TOLD = {
    Failure.CONNECT: Told(503, "no_healthy_upstream"),
    Failure.OVERLOADED: Told(503, "no_healthy_upstream"),
    Failure.SERVER_ERROR: Told(503, "no_healthy_upstream"),
    Failure.TIMEOUT_CONNECT: Told(504, "upstream_timeout", "timeout_error"),
    Failure.TIMEOUT_TTFT: Told(504, "upstream_timeout", "timeout_error"),
    Failure.TIMEOUT_IDLE: Told(504, "upstream_timeout", "timeout_error"),
    Failure.TIMEOUT_TOTAL: Told(504, "upstream_timeout", "timeout_error"),
    Failure.RATE_LIMITED: Told(429, "rate_limit_exceeded", "requests"),
    Failure.CREDENTIAL: Told(502, "upstream_credential"),
    Failure.MODEL_GONE: Told(502, "upstream_model_gone"),
    Failure.INVALID_RESPONSE: Told(502, "upstream_invalid_response"),
    Failure.INTERRUPTED: Told(502, "upstream_stream_interrupted"),
    Failure.CONTEXT_TOO_LONG: Told(400, "context_length_exceeded", "invalid_request_error"),
    Failure.NO_WORDS: Told(400, "unsupported_parameter", "invalid_request_error"),
    Failure.CANCELLED: Told(499, "cancelled"),
}
OWN_FAULT = 400


def missed(error: UpstreamFailed) -> Failed:
    """Sort what the transport met."""
    match error:
        case TimedOut(phase=phase):
            return Failed(failure=PHASES[phase], status=0)
        case ConnectFailed():
            return Failed(failure=Failure.CONNECT, status=0)
        case Interrupted():
            return Failed(failure=Failure.INTERRUPTED, status=0)
        case Garbled(what=what):
            return Failed(failure=Failure.INVALID_RESPONSE, status=0, said=what)
        case _:
            return Failed(failure=Failure.CONNECT, status=0)


def unreadable(error: Unreadable, status: int) -> Failed:
    """Say that what was answered is no answer."""
    spoilt = isinstance(error, Spoilt)
    failure = Failure.INVALID_RESPONSE
    return Failed(failure=failure, status=status, said=str(error), spoilt=spoilt)


def without_credential(name: str) -> Failed:
    """Say that a target was not called, for want of a credential that is good now."""
    refused = Refused(
        status=503,
        code="upstream_credential_unavailable",
        kind="server_error",
        sentence=say("gateway.no_credential", name=name),
        retry_after_s=5.0,
    )
    return Failed(failure=Failure.CREDENTIAL, status=0, refused=refused)


def refusal_after(failed: Failed, *, attempts: int, targets: tuple[str, ...]) -> Refusal:
    """Say it to the caller: its own mistakes in the provider's words, all else in ours."""
    if failed.refused is not None:
        return Refusal(failed.refused)
    if failed.failure is Failure.CALLER_ERROR:
        return Refusal(
            Refused(
                status=max(failed.status, OWN_FAULT),
                code=failed.code or "invalid_request",
                param=failed.param,
                sentence=say("gateway.upstream_said", said=failed.said or "-"),
                should_retry=False,
            )
        )
    told = TOLD[failed.failure]
    return Refusal(
        Refused(
            status=told.status,
            code=told.code,
            kind=told.kind,
            param="messages" if failed.failure is Failure.CONTEXT_TOO_LONG else None,
            sentence=say(
                "gateway.no_answer",
                attempts=attempts,
                why=f"wording.failure_{failed.failure}",
                targets=", ".join(targets),
            ),
            retry_after_s=failed.retry_after_s or (1.0 if told.status in {429, 503} else None),
            should_retry=False,
        )
    )


def nobody_healthy(*, after_s: float, targets: tuple[str, ...]) -> Refusal:
    """Say that every target rests."""
    return Refusal(
        Refused(
            status=503,
            code="no_healthy_upstream",
            kind="server_error",
            sentence=say("gateway.all_rest", targets=", ".join(targets)),
            retry_after_s=max(1.0, after_s),
            should_retry=False,  # else an official client sleeps it through, and its user waits
        )
    )
