"""Every address of the console, in one table: what it needs, and who answers.

A route without a role is answered to everybody; a test names those. One that is forgotten here is
not there at all.
"""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from tenken.console.changes import accounts, judging, overlays, signing, watching
from tenken.console.changes import incidents as happened
from tenken.console.changes.change import Change
from tenken.console.pages import (
    alerts,
    cost,
    guardrails,
    incidents,
    overview,
    people,
    readiness,
    reliability,
    settings,
    traffic,
)
from tenken.console.pages.deciding import reviewing
from tenken.console.pages.deciding import signing as signed
from tenken.console.pages.stored import texts
from tenken.console.showing.blocks import Page
from tenken.console.view import View
from tenken.console.visitor import Visitor
from tenken.store.people.roles import Role

Shows = Callable[[View], Page | None]
"""Gives a page; None where there is no such thing, which is told like any other absence."""


class PageRoute(Struct, frozen=True, kw_only=True):
    """A page: at its address as HTML, below `/api/v1` as JSON, its tables as CSV."""

    name: str
    path: str
    shows: Shows
    needs: Role = Role.VIEWER
    listed: bool = True
    """It stands in the navigation."""
    asks: tuple[str, ...] = ()
    """What can be asked for, in the query."""
    shared: bool = False
    """Who sees some applications alone sees it, too: all of it comes through what `View` lets
    them see."""

    def open_to(self, visitor: Visitor) -> bool:
        """Tell whether somebody may see it."""
        return visitor.role.may(self.needs) and (self.shared or not visitor.within)


class ChangeRoute(Struct, frozen=True, kw_only=True):
    """A change: a form, with a token of its session, noted before it is made."""

    name: str
    path: str
    does: Change
    needs: Role
    shared: bool = False

    def open_to(self, visitor: Visitor) -> bool:
        """Tell whether somebody may make it."""
        return visitor.role.may(self.needs) and (self.shared or not visitor.within)


class OpenRoute(Struct, frozen=True, kw_only=True):
    """An address that needs nobody to be known."""

    name: str
    path: str
    methods: tuple[Literal["GET", "POST"], ...]
    federated: bool = False
    """It is of a login by an identity provider."""


WINDOW = ("window",)
PAGES: tuple[PageRoute, ...] = (
    PageRoute(name="overview", path="/", shows=overview.page, asks=WINDOW, shared=True),
    PageRoute(
        name="traffic",
        path="/traffic",
        shows=traffic.page,
        asks=(*WINDOW, *traffic.FILTERS),
        shared=True,
    ),
    PageRoute(name="alerts", path="/alerts", shows=alerts.page),
    PageRoute(name="readiness", path="/readiness", shows=readiness.page),
    PageRoute(
        name="guardrails", path="/guardrails", shows=guardrails.page, asks=WINDOW, shared=True
    ),
    PageRoute(name="cost", path="/cost", shows=cost.page, asks=WINDOW, shared=True),
    PageRoute(name="reliability", path="/reliability", shows=reliability.page, asks=WINDOW),
    PageRoute(name="settings", path="/settings", shows=settings.page),
    PageRoute(name="people", path="/people", shows=people.page, needs=Role.ADMIN),
    PageRoute(
        name="exchange", path="/traffic/{id}", shows=traffic.exchange, listed=False, shared=True
    ),
    PageRoute(
        name="texts",
        path="/traffic/{id}/texts",
        shows=texts.page,
        needs=texts.NEEDS,
        listed=False,
        shared=True,
    ),
    PageRoute(name="alert", path="/alerts/{id}", shows=alerts.alert, listed=False),
    PageRoute(name="incident", path="/incidents/{id}", shows=incidents.incident, listed=False),
    PageRoute(name="item", path="/readiness/{id}", shows=readiness.item, listed=False),
    PageRoute(name="signing", path="/signing", shows=signed.page, listed=False),
    PageRoute(name="signing_item", path="/signing/{id}", shows=signed.item, listed=False),
    PageRoute(
        name="reviews",
        path="/reviews",
        shows=reviewing.page,
        listed=False,
        asks=reviewing.FILTERS,
        shared=True,
    ),
    PageRoute(
        name="review", path="/reviews/{id}", shows=reviewing.match, listed=False, shared=True
    ),
    PageRoute(
        name="proposals", path="/proposals", shows=reviewing.proposed, listed=False, shared=True
    ),
    PageRoute(name="account", path="/account", shows=people.account, listed=False, shared=True),
)
CHANGES: tuple[ChangeRoute, ...] = (
    ChangeRoute(
        name="overlay_set", path="/settings/overlays", does=overlays.put_down,
        needs=Role.OPERATOR,
    ),
    ChangeRoute(
        name="overlay_withdraw", path="/settings/overlays/withdraw", does=overlays.take_back,
        needs=Role.OPERATOR,
    ),
    ChangeRoute(
        name="acknowledge", path="/alerts/acknowledge", does=watching.acknowledge,
        needs=Role.OPERATOR,
    ),
    ChangeRoute(
        name="silence", path="/alerts/silences", does=watching.silence, needs=Role.OPERATOR
    ),
    ChangeRoute(
        name="unsilence", path="/alerts/silences/withdraw", does=watching.unsilence,
        needs=Role.OPERATOR,
    ),
    *(
        ChangeRoute(
            name=f"incident_{name}", path=f"/incidents/{name}", does=does, needs=Role.OPERATOR
        )
        for name, does in (
            ("open", happened.begin), ("note", happened.note), ("act", happened.act),
            ("plan", happened.plan), ("done", happened.done), ("close", happened.close),
        )
    ),
    ChangeRoute(
        name="invite", path="/people/invite", does=accounts.invite, needs=Role.ADMIN
    ),
    ChangeRoute(name="role", path="/people/role", does=accounts.role, needs=Role.ADMIN),
    ChangeRoute(name="lock", path="/people/lock", does=accounts.lock, needs=Role.ADMIN),
    ChangeRoute(
        name="token_add", path="/people/tokens", does=accounts.add_token, needs=Role.ADMIN
    ),
    ChangeRoute(
        name="token_revoke", path="/people/tokens/revoke", does=accounts.revoke_token,
        needs=Role.ADMIN,
    ),
    ChangeRoute(
        name="judge", path="/reviews/judge", does=judging.judge, needs=Role.OPERATOR,
        shared=True,
    ),
    ChangeRoute(name="sign", path="/signing/sign", does=signing.sign, needs=Role.VIEWER),
    ChangeRoute(
        name="sign_withdraw", path="/signing/withdraw", does=signing.withdraw, needs=Role.VIEWER
    ),
    ChangeRoute(name="signer", path="/people/signers", does=signing.let, needs=Role.ADMIN),
    ChangeRoute(
        name="password", path="/account/password", does=accounts.password, needs=Role.VIEWER,
        shared=True,
    ),
)  # fmt: skip
OPEN: tuple[OpenRoute, ...] = (
    OpenRoute(name="health", path="/healthz", methods=("GET",)),
    OpenRoute(name="login", path="/login", methods=("GET", "POST")),
    OpenRoute(name="oidc", path="/login/oidc", methods=("GET",), federated=True),
    OpenRoute(name="oidc_back", path="/login/oidc/back", methods=("GET",), federated=True),
    OpenRoute(name="enter", path="/enter", methods=("GET", "POST")),
    OpenRoute(name="logout", path="/logout", methods=("POST",)),
    OpenRoute(name="preferences", path="/preferences", methods=("POST",)),
    OpenRoute(name="asset", path="/assets/{name}", methods=("GET",)),
)
