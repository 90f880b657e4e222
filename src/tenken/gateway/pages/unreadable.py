"""What is told of a request that never became one: too large, or no good HTTP."""

from collections.abc import Callable

from tenken.gateway.identify import Chance
from tenken.messages.speech import Speech
from tenken.sentence import say
from tenken.transport.limits import JSON, Said
from tenken.wire.api import Api
from tenken.wire.refusal import Refused, body_of

MESSAGES = "/v1/messages"
TOO_LARGE = "request_too_large"
MIB = 1 << 20
SERVER = 500


def unreadable(
    speech: Speech, *, body_max: int, chance: Chance
) -> Callable[[int, str, str], Said]:
    """Give what words such a refusal, from its status, its code and the path.

    Its id is always a new one: what the caller has said of itself may be what was not read.
    """

    def refuse(status: int, code: str, path: str) -> Said:
        sentence = (
            say("gateway.too_large", limit=body_max // MIB)
            if code == TOO_LARGE
            else say("gateway.unreadable", code=code.replace("_", " "))
        )
        refused = Refused(
            status=status,
            code=code,
            kind="server_error" if status == SERVER else "invalid_request_error",
            sentence=sentence,
        )
        api = Api.MESSAGES if path == MESSAGES else Api.CHAT
        id_ = f"req-{chance(16)}"
        body = body_of(refused, api=api, message=speech(sentence), request_id=id_)
        return Said((JSON, (b"x-request-id", id_.encode())), body)

    return refuse
