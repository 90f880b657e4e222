"""What is in effect and where that comes from; what is changed for a while, by whom and why."""

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from tenken.config.node import Node
from tenken.console.changes.overlays import LENGTHS, REASON_MAX
from tenken.console.pages.parts import columns
from tenken.console.showing.blocks import (
    Act,
    Asked,
    Body,
    Card,
    Form,
    Kind,
    Note,
    Page,
    Row,
    Table,
    Value,
)
from tenken.console.view import View
from tenken.errors import TenkenError
from tenken.gateway.plan import CallerLimits, Plan
from tenken.gateway.settings.keyring import Entry
from tenken.gateway.settings.overlays import overlaid
from tenken.store.overlays import Overlays, Past
from tenken.store.people.roles import Role
from tenken.store.versions import Versions

LISTED = 30
KEYS_LISTED = 200
SECOND_US = 1_000_000
PARTS = ("gateway", "console", "alerts", "telemetry", "retention", "value")
"""Parts whose settings are told one by one; the rest stands in tables above."""


def page(view: View) -> Page:
    """Give the page."""
    try:
        plan = view.desk.serving.plan()
    except TenkenError as error:
        return _broken(view, view.speech(error.sentence))
    known = Overlays(view.desk.engine)
    effective = overlaid(plan, known.standing(view.now), now=view.now)
    return Page(
        name="settings",
        title=view.say("page_settings"),
        lead=view.say("settings_lead", version=plan.version),
        cards=(
            _overlays(view, known.newest(LISTED)),
            *((_form(view, plan),) if view.may(Role.OPERATOR) else ()),
            _routes(view, plan, effective),
            _callers(view, plan, effective),
            _keys(view),
            _targets(view, effective),
            *_rest(view),
            _versions(view),
        ),
    )


def _broken(view: View, why: str) -> Page:
    note = Note(text=view.say("settings_unreadable", why=why), tone="bad")
    return Page(
        name="settings", title=view.say("page_settings"),
        cards=(Card(name="broken", title=view.say("card_broken"), body=(note,)),),
    )  # fmt: skip


# --------------------------------------------------------------------------------- overlays


def _overlays(view: View, pasts: tuple[Past, ...]) -> Card:
    kinds = columns(
        view, ("subject", "code"), ("change", "code"), ("standing", "tone"), ("actor", "text"),
        ("reason", "text"), ("created_at", "moment"), ("expires_at", "moment"), ("id", "code"),
    )  # fmt: skip
    table = Table(
        name="overlays", label=view.say("table_overlays"), columns=kinds,
        rows=tuple(_overlay(view, one) for one in pasts),
    )  # fmt: skip
    none = Note(text=view.say("no_overlays"), tone="calm")
    return Card(
        name="overlays", title=view.say("card_overlays"), lead=view.say("overlays_lead"),
        body=(table if pasts else none,),
    )  # fmt: skip


def _overlay(view: View, past: Past) -> Row:
    one = past.overlay
    holds = past.withdrawn_at is None and one.expires_at > view.now
    gone = "withdrawn" if past.withdrawn_at is not None else "expired"
    act = Act(
        path="/settings/overlays/withdraw", label=view.say("withdraw"),
        confirm=view.say("withdraw_confirm", subject=one.subject),
        hidden=(("id", one.id), ("subject", one.subject)),
    )  # fmt: skip
    return Row(
        cells=(
            one.subject, one.change, view.say(f"overlay_{'holds' if holds else gone}"), one.actor,
            one.reason, one.created_at, one.expires_at, one.id,
        ),
        tone="notice" if holds else "calm",
        acts=(act,) if holds and view.may(Role.OPERATOR) else (),
    )  # fmt: skip


def _form(view: View, plan: Plan) -> Card:
    cases = sorted({one.use_case for one in plan.routes.values()})
    subjects = [
        *(f"route/{name}" for name in sorted(plan.routes)),
        *(f"caller/{name}" for name in sorted(plan.callers)),
        *(f"target/{name}" for name in sorted(plan.targets)),
        *(f"use_case/{name}" for name in cases if name),
    ]
    form = Form(
        path="/settings/overlays",
        label=view.say("set_overlay"),
        confirm=view.say("overlay_confirm"),
        fields=(
            Asked(
                name="subject", label=view.say("field_subject"), kind="select",
                options=tuple((one, one) for one in subjects),
            ),
            Asked(
                name="change", label=view.say("field_change"), hint=view.say("change_hint"),
            ),
            Asked(
                name="for", label=view.say("field_for"), kind="select", value="1h",
                options=tuple((one, view.say(f"length_{one}")) for one in LENGTHS),
            ),
            Asked(
                name="reason", label=view.say("field_reason"),
                hint=view.say("reason_hint", most=REASON_MAX),
            ),
        ),
    )  # fmt: skip
    return Card(
        name="set_overlay", title=view.say("set_overlay"), lead=view.say("set_overlay_lead"),
        body=(form,),
    )  # fmt: skip


# --------------------------------------------------------------------------------- the plan


def _routes(view: View, plan: Plan, effective: Plan) -> Card:
    kinds = columns(
        view, ("route", "text"), ("use_case", "text"), ("targets", "text"), ("limits", "text"),
        ("from", "tone"),
    )  # fmt: skip
    rows = tuple(
        Row(
            cells=(
                name, one.use_case, ", ".join(_shares(one.targets, one.weights)),
                view.say("switched_off") if one.off else _limits(view, one.limits),
                _origin(view, changed=one != plan.routes[name]),
            ),
            tone="bad" if one.off else "notice" if one != plan.routes[name] else "",
        )
        for name, one in sorted(effective.routes.items())
    )  # fmt: skip
    return _card(
        view, Table(name="routes", label=view.say("table_routes"), columns=kinds, rows=rows)
    )


def _callers(view: View, plan: Plan, effective: Plan) -> Card:
    kinds = columns(
        view, ("caller", "text"), ("may", "text"), ("limits", "text"), ("from", "tone")
    )
    rows = tuple(
        Row(
            cells=(
                name, ", ".join(sorted({*one.routes, *one.models})), _limits(view, one.limits),
                _origin(view, changed=one != plan.callers[name]),
            ),
            tone="notice" if one != plan.callers[name] else "",
        )
        for name, one in sorted(effective.callers.items())
    )  # fmt: skip
    return _card(
        view, Table(name="callers", label=view.say("table_callers"), columns=kinds, rows=rows)
    )


def _keys(view: View) -> Card:
    """Give what opens the door: of a key its first characters alone are known."""
    kinds = columns(
        view, ("key", "code"), ("caller", "text"), ("standing", "tone"), ("created_at", "moment"),
        ("expires_at", "moment"),
    )  # fmt: skip
    try:
        entries = view.desk.serving.keys()
    except TenkenError as error:
        note = Note(text=view.speech(error.sentence), tone="bad")
        return Card(name="keys", title=view.say("table_keys"), body=(note,))
    rows = tuple(_key(view, one) for one in reversed(entries[-KEYS_LISTED:]))
    table = Table(name="keys", label=view.say("table_keys"), columns=kinds, rows=rows)
    none = Note(text=view.say("no_keys"), command="tenken keys add CALLER", tone="calm")
    return Card(
        name="keys", title=table.label, lead=view.say("keys_lead"),
        body=(table if rows else none,),
    )  # fmt: skip


def _key(view: View, entry: Entry) -> Row:
    now = datetime.fromtimestamp(view.now / SECOND_US, UTC)
    over = entry.expires_at is not None and entry.expires_at <= now
    state = "revoked" if entry.revoked_at is not None else "expired" if over else "good"
    return Row(
        cells=(
            entry.prefix, entry.caller, view.word("key", state), _at(entry.created_at),
            _at(entry.expires_at),
        ),
        tone="good" if state == "good" else "calm",
    )  # fmt: skip


def _at(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * SECOND_US)


def _targets(view: View, effective: Plan) -> Card:
    kinds = columns(
        view, ("target", "text"), ("provider", "text"), ("model", "text"), ("region", "text"),
        ("credential", "text"), ("context", "whole"), ("standing", "tone"),
    )  # fmt: skip
    rows = tuple(
        Row(
            cells=(
                name, one.provider, one.model, one.region or None, one.credential or None,
                one.context_tokens,
                view.say("switched_off") if name in effective.off else view.say("in_use"),
            ),
            tone="bad" if name in effective.off else "",
        )
        for name, one in sorted(effective.targets.items())
    )  # fmt: skip
    return _card(
        view, Table(name="targets", label=view.say("table_targets"), columns=kinds, rows=rows)
    )


def _card(view: View, table: Table) -> Card:
    none: Body = Note(text=view.say("nothing_there"), tone="calm")
    return Card(name=table.name, title=table.label, body=(table if table.rows else none,))


def _shares(targets: tuple[str, ...], weights: object) -> Iterator[str]:
    shares = weights if isinstance(weights, dict) else {}
    for name in targets:
        yield f"{name} ×{shares[name]:g}" if name in shares else name


def _limits(view: View, limits: CallerLimits) -> str | None:
    told = [
        f"{name} {value:,}"
        for name, value in (
            ("rpm", limits.rpm), ("tpm", limits.tpm), ("parallel", limits.parallel),
        )
        if value is not None
    ]  # fmt: skip
    if limits.budget_usd is not None:
        told.append(view.say("budget_a_day", money=view.words(limits.budget_usd, "money")))
    return ", ".join(told) or None


def _origin(view: View, *, changed: bool) -> str:
    return view.say("from_overlay" if changed else "from_file")


# ------------------------------------------------------------------------------ all settings


def _rest(view: View) -> tuple[Card, ...]:
    """Give what the file states, and apart from it what nobody stated."""
    stated, silent = [], []
    for part in PARTS:
        built = msgspec.to_builtins(getattr(view.manifest.application, part))
        said = view.manifest.document.at(part)
        for path, value in _flat(part, built):
            line = _line(said, path.split(".")[1:])
            if line:
                place = f"{view.manifest.file}:{line}"
                stated.append(Row(cells=(path, value, place)))
            else:
                silent.append(Row(cells=(path, value)))
    head: tuple[tuple[str, Kind], ...] = (("setting", "code"), ("value", "text"))
    known = Table(
        name="stated", label=view.say("table_settings"), rows=tuple(stated),
        columns=columns(view, *head, ("place", "code")),
    )  # fmt: skip
    defaults = Table(
        name="defaults", label=view.say("table_defaults"), rows=tuple(silent),
        columns=columns(view, *head),
    )  # fmt: skip
    return (
        _card(view, known),
        Card(name="defaults", title=defaults.label, body=(defaults,), folded=True),
    )


def _flat(path: str, value: object) -> Iterator[tuple[str, Value]]:
    match value:
        case dict() if value:
            for key, inner in value.items():
                yield from _flat(f"{path}.{key}", inner)
        case list() | tuple() if any(isinstance(one, dict) for one in value):
            for number, inner in enumerate(value):
                yield from _flat(f"{path}.{number}", inner)
        case list() | tuple():
            yield path, ", ".join(str(one) for one in value) or None
        case bool():
            yield path, "true" if value else "false"
        case str() | int() | float():
            yield path, value if isinstance(value, str) else f"{value:g}"
        case _:
            yield path, None


def _line(said: Node, keys: list[str]) -> int:
    """Give the line that states a setting; 0 where none does."""
    line = said.line
    for key in keys:
        inner = said.items[int(key)] if key.isdigit() and said.items else said.at(key)
        line = inner.line and (inner.line if said.items else said.line_of(key))
        said = inner
    return line


def _versions(view: View) -> Card:
    kinds = columns(view, ("version", "code"), ("published_at", "moment"), ("actor", "text"))
    rows = tuple(
        Row(cells=(one.version, one.published_at, one.published_by))
        for one in Versions(view.desk.engine).newest(LISTED)
    )
    table = Table(name="versions", label=view.say("table_versions"), columns=kinds, rows=rows)
    none = Note(text=view.say("no_versions"), tone="calm")
    return Card(name="versions", title=table.label, body=(table if rows else none,))
