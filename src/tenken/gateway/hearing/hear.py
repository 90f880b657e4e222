"""`/v1/feedback`: takes what is said of an answer into the journal, whenever it comes.

With a caller's key anything may be said of that caller's own requests. A browser holds no key: it
shows the token that came with one answer, and speaks of that one alone.
"""

import hashlib
from collections.abc import Callable
from typing import Literal, Protocol

import msgspec
from msgspec import Struct

from tenken.gateway.heads.said import named
from tenken.gateway.hearing.said import Said, Wrong, read_said
from tenken.gateway.hearing.token import FeedbackTokens, Spoken
from tenken.gateway.identify import Authenticate, Chance, denied
from tenken.gateway.plan import Plan
from tenken.journal.feedback import Feedback, FeedbackKind
from tenken.journal.writer import JournalFull
from tenken.messages.speech import Speech
from tenken.policy.limit import Reserved, Window
from tenken.sentence import Sentence, say
from tenken.transport.message import Headers, Request
from tenken.transport.reply import Reply
from tenken.wire.api import Api
from tenken.wire.refusal import Refusal, Refused, body_of, headers_of

PATH = "/v1/feedback"
BODY_MAX = 8_192
RPM, BROWSERS_RPM = 6_000, 6_000
"""A worker takes no more of a caller, or with tokens: whoever has one may send without end."""
CALLERS_ALONE = frozenset({FeedbackKind.IMPACT, FeedbackKind.LINK})
"""What a person at a browser has no word in."""
ID_BYTES = 16
SUBMITTER = b"who"
MICRO = 1_000_000
JSON = (b"content-type", b"application/json")
ALLOWED = (
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"content-type"),
    (b"access-control-max-age", b"600"),
)
VARIES = (b"vary", b"origin")
CREDENTIALS = (b"authorization", b"x-api-key", b"api-key")


class Records(Protocol):
    """Puts what was said on record."""

    async def feedback(self, feedback: Feedback) -> None:
        """Return once it is on record; raises JournalFull."""
        ...


class Hearing(Struct, frozen=True, kw_only=True):
    """How feedback is heard."""

    tokens: FeedbackTokens | None = None
    """None where no answer carries one."""
    origins: frozenset[bytes] = frozenset()
    """Web pages that may send it from a browser."""


class Hear:
    """Answers `/v1/feedback`."""

    def __init__(
        self,
        hearing: Hearing,
        *,
        records: Records,
        plan: Callable[[], Plan],
        authenticate: Authenticate,
        wall_us: Callable[[], int],
        key: bytes,
        chance: Chance,
        speech: Speech,
    ) -> None:
        """`key` is what sessions are hashed by."""
        self._hearing = hearing
        self._records = records
        self._plan = plan
        self._authenticate = authenticate
        self._paces: dict[str, Window] = {}
        """By caller; that of all browsers has no name."""
        self._wall_us = wall_us
        self._hash = feedback_hash(key)
        self._chance = chance
        self._speech = speech

    async def __call__(self, request: Request, reply: Reply) -> None:
        """Take what is said, or tell all that is wrong with it."""
        shown = self._shown(request.named.get(b"origin"))
        if request.method == "OPTIONS":
            reply.send(204 if shown else 403, (*shown, *ALLOWED) if shown else (), b"")
            return
        shown = (*shown, (b"x-request-id", named(request, self._chance).encode()))
        try:
            feedback = self._heard(request)
            await self._records.feedback(feedback)
        except Refusal as refusal:
            self._refuse(reply, refusal.refused, shown)
        except JournalFull:
            self._refuse(reply, UNAVAILABLE, shown)
        else:
            said = {"id": feedback.id, "object": "feedback", "kind": feedback.kind}
            reply.send(202, (JSON, *shown), msgspec.json.encode(said))

    def _heard(self, request: Request) -> Feedback:
        if request.method != "POST":
            raise Refusal(_refused(say("gateway.no_method"), "method_not_allowed", status=405))
        if len(request.body) > BODY_MAX:
            sentence = say("feedback.too_long", most=BODY_MAX)
            raise Refusal(_refused(sentence, "request_too_large", status=413))
        now = self._wall_us()
        whose = self._caller(request.headers, now) if _has_credential(request.headers) else None
        said = read_said(request.body)
        if isinstance(said, tuple):
            raise Refusal(self._wrong(said))
        spoken = None
        if whose is None:
            spoken = self._spoken(said, now)
        else:
            self._paced(whose, now)
        return self._feedback(said, whose=whose, spoken=spoken, now=now)

    def _caller(self, headers: Headers, now: int) -> str:
        return self._authenticate.caller(self._plan(), headers, now=now).id

    def _spoken(self, said: Said, now: int) -> Spoken:
        """Give what the token speaks of; raises Refusal."""
        tokens = self._hearing.tokens
        if not said.token or tokens is None:
            raise denied("missing_api_key", "no_key")
        spoken = tokens.spoken(said.token.encode(), now=now)
        if spoken is None or spoken.caller not in self._plan().callers:
            raise denied("invalid_feedback_token", "bad_feedback_token")
        if said.request not in {"", spoken.request}:
            sentence = say("feedback.of_another")
            raise Refusal(_refused(sentence, "not_yours", param="request_id", status=403))
        if said.kind in CALLERS_ALONE:
            raise Refusal(_refused(say("feedback.callers_alone"), "not_yours", param="kind"))
        self._paced("", now)
        return spoken

    def _paced(self, whose: str, now: int) -> None:
        """Bound what one caller, or all browsers, put on record; raises Refusal."""
        window = self._paces.setdefault(whose, Window())
        limit = RPM if whose else BROWSERS_RPM
        if not isinstance(window.reserve(1, limit=limit, now=now / MICRO), Reserved):
            raise Refusal(TOO_MANY)

    def _feedback(
        self, said: Said, *, whose: str | None, spoken: Spoken | None, now: int
    ) -> Feedback:
        caller = whose or (spoken.caller if spoken else "")
        request = spoken.request if spoken else said.request
        key = self._hashed(b"key", caller, said.key) if said.key else ""
        # A token is in the hands of one person: whoever it names, it is the same one.
        named = said.submitter if spoken is None else ""
        submitter = self._hashed(SUBMITTER, caller, named) if named else ""
        via: Literal["key", "token"] = "token" if spoken else "key"
        subject = f"{caller}\0{request or key}\0{said.kind}\0{said.unit}\0{submitter}\0{via}"
        if said.kind == "link":
            subject += f"\0{key}"
        return Feedback(
            id=self._hashed(b"id", caller, subject),
            at=now,
            caller=caller,
            kind=said.kind,
            request=request,
            key=key,
            value=said.value,
            unit=said.unit,
            submitter=submitter,
            via=via,
        )

    def _hashed(self, what: bytes, caller: str, value: str) -> str:
        return hashed(self._hash, what, caller, value)

    def _wrong(self, wrong: tuple[Wrong, ...]) -> Refused:
        told = "; ".join(
            f"{one.param}: {self._speech(one.sentence)}" if one.param
            else self._speech(one.sentence)
            for one in wrong
        )  # fmt: skip
        sentence = say("feedback.wrong", problems=told)
        return _refused(sentence, "invalid_feedback", param=wrong[0].param or None)

    def _shown(self, origin: bytes | None) -> Headers:
        if origin is None or origin not in self._hearing.origins:
            return ()
        return ((b"access-control-allow-origin", origin), VARIES)

    def _refuse(self, reply: Reply, refused: Refused, shown: Headers) -> None:
        message = self._speech(refused.sentence)
        body = body_of(refused, api=Api.CHAT, message=message, request_id="")
        reply.send(refused.status, (JSON, *headers_of(refused), *shown), body)


def _has_credential(headers: Headers) -> bool:
    return any(name in CREDENTIALS for name, _ in headers)


def _refused(
    sentence: Sentence, code: str, *, status: int = 400, param: str | None = None
) -> Refused:
    return Refused(status=status, code=code, sentence=sentence, param=param)


TOO_MANY = Refused(
    status=429,
    code="rate_limit_exceeded",
    kind="requests",
    sentence=say("feedback.too_many"),
    retry_after_s=10.0,
)
UNAVAILABLE = Refused(
    status=503,
    code="accounting_unavailable",
    kind="server_error",
    sentence=say("feedback.not_on_record"),
    retry_after_s=5.0,
)


def feedback_hash(key: bytes) -> "hashlib.blake2b":
    """Give what hashes who said something, and of which business key."""
    return hashlib.blake2b(key=hashlib.sha256(key).digest(), digest_size=ID_BYTES)


def hashed(by: "hashlib.blake2b", what: bytes, caller: str, value: str) -> str:
    """Hash a name of a caller's: another caller's same name is another."""
    one = by.copy()
    one.update(what + b"\0" + caller.encode() + b"\0" + value.encode())
    return one.hexdigest()
