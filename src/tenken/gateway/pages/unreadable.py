"""What is told of a request that never became one: too large, or no good HTTP."""

from collections.abc import Callable

from tenken.messages.speech import Speech
from tenken.sentence import say
from tenken.wire.api import Api
from tenken.wire.refusal import Refused, body_of

MESSAGES = "/v1/messages"
TOO_LARGE = "request_too_large"
MIB = 1 << 20
SERVER = 500


def unreadable(speech: Speech, *, body_max: int) -> Callable[[int, str, str], bytes]:
    """Give what writes the body of such a refusal, from its status, its code and the path."""

    def refuse(status: int, code: str, path: str) -> bytes:
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
        return body_of(refused, api=api, message=speech(sentence), request_id="")

    return refuse
