"""Answers to who comes by an identity provider: sent there, and back from there once.

What has to come back is bound to the browser that was sent: its cookie holds the state, the store
holds what belongs to it, and taking it out of the store is what lets somebody in.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tenken.config.operating.console import ClaimRule, OidcSettings
from tenken.console.desk import Desk
from tenken.console.doors import secret
from tenken.console.doors.oidc.asking import NotLoggedIn, Redeemed, challenge, sent_to
from tenken.console.doors.oidc.believing import Person, UnknownKey, believed, ruled
from tenken.console.doors.password import name_refused
from tenken.console.web import reading, rendering
from tenken.console.web.beginning import begun
from tenken.messages.speech import Speech
from tenken.sentence import Sentence, say
from tenken.store.faults import Away, Clash
from tenken.store.people.federated import Allowed, Federated, Identity, Login
from tenken.store.people.people import People
from tenken.store.people.roles import Role

UNDER_WAY_S = 600
BACK = "/login/oidc/back"
LONGEST = 4_000


Answering = Callable[[Request, OidcSettings], Response]


class Federating:
    """The two routes of a login by a provider."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def oidc(self, request: Request) -> Response:
        """Send somebody to the provider."""
        return await run_in_threadpool(self._guarded, request, self._sent)

    async def oidc_back(self, request: Request) -> Response:
        """Let somebody in who comes back from it."""
        return await run_in_threadpool(self._guarded, request, self._returned)

    def _guarded(self, request: Request, answer: Answering) -> Response:
        settings = self._desk.serving.manifest().application.console.oidc
        if settings is None:
            return rendering.door(request, "absent", status=404)
        try:
            response = answer(request, settings)
        except NotLoggedIn as refusal:
            self._desk.told(say("console.oidc_refused", why=str(refusal)))
            response = _refused(request, say("console.oidc_not"))
        except Away:
            return rendering.door(request, "store_away", status=503)
        return response

    def _sent(self, request: Request, settings: OidcSettings) -> Response:
        desk, now = self._desk, self._desk.now()
        if not desk.knocking.begins(reading.address(request), now):
            return _refused(request, say("console.too_often", seconds=60), status=429)
        provider = desk.provider.described(settings, now)
        state, nonce, verifier = (desk.chance(secret.BYTES) for _ in range(3))
        login = Login(
            nonce=nonce, verifier=verifier,
            back=reading.local(request.query_params.get("to", "/")),
            expires_at=now + UNDER_WAY_S * 1_000_000,
        )  # fmt: skip
        if not Federated(desk.engine).begin(secret.digest(state), login, now):
            return _refused(request, say("console.too_often", seconds=60), status=429)
        asked = {
            "response_type": "code", "client_id": settings.client_id,
            "redirect_uri": self._back(request), "scope": " ".join(settings.scopes),
            "state": state, "nonce": nonce, "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
        }  # fmt: skip
        response = RedirectResponse(sent_to(provider, asked), status_code=303)
        response.headers["set-cookie"] = self._cookie(state, seconds=UNDER_WAY_S)
        return response

    def _returned(self, request: Request, settings: OidcSettings) -> Response:
        desk, now, query = self._desk, self._desk.now(), request.query_params
        kept, state = request.cookies.get(self._name, ""), query.get("state", "")
        if not kept or not secret.same(kept, state):
            raise NotLoggedIn("another state")
        login = Federated(desk.engine).take(secret.digest(state), now)
        if login is None:
            raise NotLoggedIn("a state that was used, or is too old")
        code = query.get("code", "")
        if "error" in query or not 0 < len(code) <= LONGEST:
            raise NotLoggedIn("the provider let nobody in")
        provider = desk.provider.described(settings, now)
        named = query.get("iss")
        if provider.authorization_response_iss_parameter_supported and named is None:
            raise NotLoggedIn("no issuer")
        if named is not None and named != settings.issuer:
            raise NotLoggedIn("another issuer")
        redeemed = Redeemed(code=code, verifier=login.verifier, back=self._back(request))
        person = self._person(settings, login, redeemed)
        response = self._entered(request, settings, person, to=login.back)
        response.headers.append("set-cookie", self._cookie("", seconds=0))
        return response

    def _person(self, settings: OidcSettings, login: Login, redeemed: Redeemed) -> Person:
        desk, now = self._desk, self._desk.now()
        shared = desk.secret_of(settings.client_secret_env)
        token = desk.provider.token(settings, now, redeemed=redeemed, secret=shared)
        at = now / 1_000_000
        try:
            keys = desk.provider.keys(settings, now)
            return believed(token, settings, keys, nonce=login.nonce, now=at)
        except UnknownKey:
            keys = desk.provider.keys(settings, now, again=True)
            return believed(token, settings, keys, nonce=login.nonce, now=at)

    def _entered(
        self, request: Request, settings: OidcSettings, person: Person, *, to: str
    ) -> Response:
        desk = self._desk
        rule = ruled(person, settings)
        if name_refused(person.name) is not None:
            return _refused(request, say("console.oidc_name"), status=403)
        who = Identity(
            issuer=settings.issuer, subject=person.subject, user=person.name,
            full_name=person.full_name, email=person.email,
        )  # fmt: skip
        name = _arrived(desk, who, _allowed(desk, rule))
        user = People(desk.engine).user(name, desk.application) if name else None
        if name is None or user is None or user.disabled_at is not None:
            return _refused(request, say("console.oidc_taken"), status=403)
        return begun(desk, request, name, to=to, issuer=settings.issuer)

    # ------------------------------------------------------------------------- addresses

    def _back(self, request: Request) -> str:
        """Where the provider sends people back: our own name, never one that a request says."""
        names = self._desk.names
        host = request.headers.get("host", "").lower()
        scheme = "https" if names.secure else "http"
        return f"{scheme}://{host}{BACK}"

    @property
    def _name(self) -> str:
        return "__Host-tenken-login" if self._desk.names.secure else "tenken-login"

    def _cookie(self, value: str, *, seconds: int) -> str:
        """A strict cookie would stay at home: who comes back comes from elsewhere."""
        parts = [f"{self._name}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
        parts.append(f"Max-Age={seconds}")
        return "; ".join([*parts, "Secure"] if self._desk.names.secure else parts)


def _arrived(desk: Desk, who: Identity, allowed: Allowed) -> str | None:
    """Take somebody in; who comes in two windows at once is taken in one after the other."""
    federated = Federated(desk.engine)
    try:
        return federated.arrive(who, allowed, desk.now())
    except Clash:
        return federated.arrive(who, allowed, desk.now())


def _allowed(desk: Desk, rule: ClaimRule | None) -> Allowed:
    return Allowed(
        application=desk.application,
        role=Role(rule.role) if rule else None,
        within="\n".join(rule.applications) if rule else "",
        signs=frozenset(rule.signs) if rule else frozenset(),
    )


def _refused(request: Request, said: Sentence, *, status: int = 401) -> Response:
    speech = Speech(reading.language(request))
    return rendering.door(request, "oidc_not", said=speech(said), status=status, back="/login")


def provider_of(settings: OidcSettings) -> str:
    """Give how people know the provider: its host."""
    return urlsplit(settings.issuer).hostname or settings.issuer
