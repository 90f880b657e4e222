"""Answers to who is not in yet: login, an invitation, logout, and what the browser is to show."""

from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from tenken.console.changes.change import Filled
from tenken.console.desk import Desk
from tenken.console.doors import secret
from tenken.console.doors.password import name_refused, refused
from tenken.console.showing.blocks import Asked, Choice
from tenken.console.visitor import cookie
from tenken.console.web import reading, rendering
from tenken.console.web.beginning import begun, ended, noted
from tenken.console.web.changing import own_form
from tenken.console.web.federating import provider_of
from tenken.console.web.reading import LANGUAGE, THEME, THEMES
from tenken.messages.speech import Language, Speech
from tenken.sentence import Sentence, say
from tenken.store.faults import Away
from tenken.store.people.audit import Audit
from tenken.store.people.people import People

YEAR_S = 365 * 86_400


class Entering:
    """The routes that need nobody to be known."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def health(self, _request: Request) -> Response:
        """Say that this process answers."""
        return PlainTextResponse("ok")

    async def asset(self, request: Request) -> Response:
        """Give a file of ours: the list is closed, no path is put together."""
        name = str(request.path_params["name"])
        if name not in rendering.ASSETS:
            return PlainTextResponse("not found", status_code=404)
        kind = rendering.TYPES[name.rpartition(".")[2]]
        headers = {"cache-control": "public, max-age=3600"}
        return Response(rendering.asset(name), media_type=kind, headers=headers)

    async def preferences(self, request: Request) -> Response:
        """Remember the language or the look in this browser."""
        filled = await reading.form(request)
        if filled is None or not own_form(self._desk, request):
            return rendering.door(request, "bad_form", status=403)
        response = RedirectResponse(reading.local(filled.get("back", "/")), status_code=303)
        for name, key, known in (
            ("language", LANGUAGE, tuple(Language)),
            ("theme", THEME, THEMES),
        ):
            if filled.get(name) in known:
                response.set_cookie(
                    key, filled[name], max_age=YEAR_S, httponly=True, samesite="lax",
                    secure=self._desk.names.secure,
                )  # fmt: skip
        return response

    async def logout(self, request: Request) -> Response:
        """End the session."""
        filled = await reading.form(request)
        if filled is None or not own_form(self._desk, request):
            return rendering.door(request, "bad_form", status=403)
        await run_in_threadpool(ended, self._desk, request)
        response = RedirectResponse("/login", status_code=303)
        response.headers["set-cookie"] = cookie("", secure=self._desk.names.secure, seconds=0)
        response.headers["clear-site-data"] = '"cache"'
        return response

    # ------------------------------------------------------------------------------ login

    async def login(self, request: Request) -> Response:
        """Show the form, or let somebody in."""
        if request.method == "GET":
            if not await run_in_threadpool(self._begun):
                return RedirectResponse("/enter", status_code=303)
            return self._login_form(request)
        filled = await reading.form(request)
        if filled is None or not own_form(self._desk, request):
            return rendering.door(request, "bad_form", status=403)
        return await run_in_threadpool(self._log_in, request, filled)

    def _begun(self) -> bool:
        try:
            return People(self._desk.engine).any_admin(self._desk.application)
        except Away:
            return True

    def _log_in(self, request: Request, filled: Filled) -> Response:
        desk, now, address = self._desk, self._desk.now(), reading.address(request)
        name, password = filled.get("name", "").strip(), filled.get("password", "")
        wait = desk.knocking.wait_s(name, address, now)
        if wait:
            said = say("console.too_often", seconds=wait)
            return self._login_form(request, said, status=429, to=filled.get("to", "/"))
        try:
            user = People(desk.engine).user(name, desk.application) if name else None
            kept = user.password if user and user.disabled_at is None else ""
            if not desk.passwords.fits(kept, password):
                desk.knocking.wrong(name, address, now)
                said = say("console.login_wrong")
                return self._login_form(request, said, status=401, to=filled.get("to", "/"))
            desk.knocking.right(name, address)
            return begun(desk, request, name, to=reading.local(filled.get("to", "/")))
        except Away:
            return rendering.door(request, "store_away", status=503)

    def _login_form(
        self, request: Request, said: Sentence | None = None, *, status: int = 200, to: str = ""
    ) -> Response:
        speech = Speech(reading.language(request))
        to = reading.local(to or request.query_params.get("to", "/"))
        fields = (
            Asked(name="name", label=speech.text("console.field_name"), complete="username"),
            Asked(
                name="password", label=speech.text("console.field_password"), kind="password",
                complete="current-password",
            ),
            Asked(name="to", label="", kind="hidden", value=to),
        )  # fmt: skip
        oidc = self._desk.serving.manifest().application.console.oidc
        other = None
        if oidc is not None:
            label = speech.text("console.oidc_login", provider=provider_of(oidc))
            other = Choice(label=label, href=f"/login/oidc?{urlencode({'to': to})}", chosen=False)
        return rendering.door(
            request, "login", said=speech(said) if said else "", status=status, fields=fields,
            other=other,
        )  # fmt: skip

    # ------------------------------------------------------------------------- invitation

    async def enter(self, request: Request) -> Response:
        """Show the form of an invitation, or use it."""
        if request.method == "GET":
            return _enter_form(request)
        filled = await reading.form(request)
        if filled is None or not own_form(self._desk, request):
            return rendering.door(request, "bad_form", status=403)
        return await run_in_threadpool(self._accept, request, filled)

    def _accept(self, request: Request, filled: Filled) -> Response:
        desk, now, address = self._desk, self._desk.now(), reading.address(request)
        wait = desk.knocking.wait_s("invitation", address, now)
        if wait:
            return _enter_form(request, say("console.too_often", seconds=wait), status=429)
        try:
            said = self._accepted(filled, address, now)
            if said is not None:
                return _enter_form(request, said, status=400)
        except Away:
            return rendering.door(request, "store_away", status=503)
        return RedirectResponse("/login", status_code=303)

    def _accepted(self, filled: Filled, address: str, now: int) -> Sentence | None:
        desk, people = self._desk, People(self._desk.engine)
        sha256 = secret.digest(filled.get("token", "").strip())
        invitation = people.invitation(sha256, now)
        if invitation is None:
            desk.knocking.wrong("invitation", address, now)
            return say("console.token_wrong")
        name, password = invitation.user or filled.get("name", ""), filled.get("password", "")
        wrong = name_refused(name) or refused(name, password)
        if wrong is not None:
            return wrong
        if name != filled.get("name", ""):
            return say("console.invited_other")
        number = noted(desk, name, "accept")
        done = people.accept(
            sha256, invitation, name, password=desk.passwords.hashed(password), now=now
        )
        Audit(desk.engine).end(number, "done" if done else "refused")
        return None if done else say("console.name_taken")


def _enter_form(request: Request, said: Sentence | None = None, *, status: int = 200) -> Response:
    speech = Speech(reading.language(request))
    fields = (
        Asked(name="token", label=speech.text("console.field_token"), complete="off"),
        Asked(name="name", label=speech.text("console.field_name"), complete="username"),
        Asked(
            name="password", label=speech.text("console.field_new_password"), kind="password",
            hint=speech.text("console.password_hint"), complete="new-password",
        ),
    )  # fmt: skip
    return rendering.door(
        request, "enter", said=speech(said) if said else "", status=status, fields=fields
    )
