"""Where instructions are kept, and what gets into them."""

from tenken.evidence import Answer, Finding, Remark
from tenken.place import Place
from tenken.readiness.answers import (
    fails,
    gap,
    holds,
    lie,
    not_visible,
    note,
    partly,
    seen,
    unknown,
)
from tenken.readiness.facts.code import Mixing, Prompt, PromptSource, SignKind
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.tree import Role
from tenken.readiness.probes.code.judging import MOST, no_calls, shown, unless_foreign
from tenken.sentence import say

PROMPT_SUFFIXES = frozenset(
    {".prompt", ".prompty", ".md", ".txt", ".yaml", ".yml", ".j2", ".jinja", ".jinja2"}
)
KEPT = frozenset({PromptSource.FILE, PromptSource.MODULE, PromptSource.REGISTRY_PINNED})
FILLED = frozenset({"format", "format_map", "substitute", "safe_substitute"})
"""Ways to fill the named fields of a template."""
NAMED = "prompt:"
"""How the name of a prompt begins whose file is not in the repository."""
INLINE_FROM = 60
"""Characters of fixed text from which a string among code is a prompt and no label."""


def versioned(survey: Survey) -> Answer:
    """Prompts that are sent have a history of their own."""
    if (other := shown(survey, SignKind.PROMPT_MODULE)) is not None:
        return other
    if not survey.code.calls:
        return no_calls(survey)
    prompts = [
        one
        for one in survey.code.prompts
        if one.source is not PromptSource.INLINE or one.length >= INLINE_FROM
    ]
    good = tuple(_kept(one) for one in prompts if one.source in KEPT and not one.refused)
    bad = (
        *(_against(one) for one in prompts if _is_against(one)),
        *_unused_files(survey, prompts),
    )
    elsewhere = [one for one in prompts if one.source is PromptSource.DATABASE]
    if bad:
        return (
            partly(good[:MOST], bad[:MOST])
            if good and not _all_lies(bad)
            else fails(*bad[:MOST], remarks=good[:2])
        )
    if elsewhere:
        return not_visible(say("code.prompt_in_database", at=str(elsewhere[0].place)))
    if not good:
        return unknown(say("code.prompt_not_found"))
    return unless_foreign(survey.code, holds(*good[:MOST]))


def _all_lies(bad: tuple[Finding, ...]) -> bool:
    return all(one.sentence.id == "code.prompt_file_unused" for one in bad)


def _kept(one: Prompt) -> Remark:
    return seen(f"code.prompt_{one.source.value}", one.place, name=one.name or "?")


def _is_against(one: Prompt) -> bool:
    apart = {
        PromptSource.INLINE,
        PromptSource.MODULE,
        PromptSource.REGISTRY_FLOATING,
        PromptSource.ABSENT,
    }
    return one.source in apart or one.refused or not one.followed


def _against(one: Prompt) -> Finding:
    if one.refused:
        return lie("code.prompt_refused", one.place, name=one.name)
    if one.source is PromptSource.REGISTRY_FLOATING:
        return lie("code.prompt_registry_floating", one.place, name=one.name or "?")
    if one.source is PromptSource.ABSENT:
        return lie("code.prompt_absent", one.place, name=one.name or "?")
    if one.source is PromptSource.MODULE:
        return gap("code.prompt_in_module", one.place, name=one.name or "?")
    if not one.followed:
        return gap("code.prompt_not_followed", one.place, name=one.name or "?")
    return gap("code.prompt_inline", one.place, length=one.length, name=one.name or "?")


def _unused_files(survey: Survey, prompts: list[Prompt]) -> tuple[Finding, ...]:
    """A folder of prompts beside instructions that are written in the code."""
    inline = [one for one in prompts if one.source is PromptSource.INLINE]
    files = [
        entry.path
        for entry in survey.tree.entries
        if entry.suffix in PROMPT_SUFFIXES
        and "prompts" in entry.path.split("/")[:-1]
        and entry.role is not Role.TEST
    ]
    if any(
        one.source in KEPT for one in prompts
    ):  # some are read: only a namesake tells of the others
        named = [(one, _words(one.place.path, one.name)) for one in inline]
        pairs = [
            (path, one)
            for path, words in [(path, _words(path)) for path in files]
            for one, own in named
            if words & own
        ]
    else:
        pairs = [(path, one) for path in files for one in inline]
    return tuple(
        lie("code.prompt_file_unused", Place(path), at=str(one.place)) for path, one in pairs[:1]
    )


def _words(path: str, name: str = "") -> set[str]:
    stem = path.rpartition("/")[2].partition(".")[0]
    return set(f"{stem}_{name}".lower().replace("-", "_").split("_")) - {
        "prompt",
        "prompts",
        "system",
        "",
        "main",
    }


def roles_kept(survey: Survey) -> Answer:
    """What users write stays in the user's role."""
    if (other := shown(survey, SignKind.SYSTEM_APART)) is not None:
        return other
    if not survey.code.calls:
        return no_calls(survey)
    mixed = [
        one
        for one in survey.code.mixings
        if one.joins_history or (one.from_route and not one.in_user_role)
    ]
    if mixed:
        return fails(*(_mixed(one) for one in mixed[:MOST]))
    free = [
        one
        for one in survey.code.prompts
        if not (one.in_user_role or one.is_composed or _is_filled_file(one) or _is_away(one))
    ]
    remarks = tuple(seen("code.roles_kept", one.place) for one in free[:3])
    limits = (
        *_refused(survey),
        *_joined_messages(survey),
        *_filled_messages(survey),
        *_composed_system(survey),
        *_open_roles(survey),
    )
    if limits:
        kept = tuple(seen("code.roles_kept", one.place) for one in free if one.followed)[:3]
        return partly(kept, limits[:MOST]) if kept else fails(*limits[:MOST])
    if survey.code.mixings:
        return _open_mixings(survey, remarks)
    if not remarks:
        return unknown(say("code.roles_not_seen"))
    unseen = (*_not_followed(free), *_away(survey))
    if not unseen:
        return unless_foreign(survey.code, holds(*remarks))
    sent = tuple(seen("code.roles_kept", one.place) for one in free[:MOST] if one.followed)
    return (
        partly(sent[:3], unseen[:MOST]) if sent else unknown(say("code.roles_not_seen"), *unseen)
    )


def _not_followed(prompts: list[Prompt]) -> tuple[Finding, ...]:
    """Texts that are kept somewhere, without a call that is seen to send them."""
    return tuple(
        gap("code.prompt_not_followed", one.place, name=one.name or "?")
        for one in prompts
        if not one.followed
    )[:MOST]


def _is_filled_file(one: Prompt) -> bool:
    """What is filled into a file of instructions is not seen here."""
    return one.source is PromptSource.FILE and one.is_template and not one.slots_apart


def _is_away(one: Prompt) -> bool:
    """A call names it, and what it says stands elsewhere."""
    return one.name.startswith(NAMED)


def _away(survey: Survey) -> tuple[Finding, ...]:
    return tuple(
        gap("code.template_text_unseen", one.place, name=one.name)
        for one in survey.code.prompts
        if _is_away(one) and one.source is not PromptSource.ABSENT
    )


def _refused(survey: Survey) -> tuple[Finding, ...]:
    """Prompts that nobody fills in, because their files have a mistake."""
    return tuple(_against(one) for one in survey.code.prompts if one.refused)


def _joined_messages(survey: Survey) -> tuple[Finding, ...]:
    """Instructions and what a user sends, joined in one message of the user."""
    return tuple(
        gap("code.mixing_in_user_role", one.place, value=one.value)
        for one in survey.code.mixings
        if one.in_user_role and one.from_route
    )


def _filled_messages(survey: Survey) -> tuple[Finding, ...]:
    """A template of instructions that is sent, filled in, as the user's message."""
    return tuple(
        gap("code.template_in_user_role", one.place, name=one.name or "?")
        for one in survey.code.prompts
        if one.in_user_role and one.is_template and one.length >= INLINE_FROM
    )


def _composed_system(survey: Survey) -> tuple[Finding, ...]:
    """What the code puts into the system's text may be data: documents, names, settings."""
    return tuple(
        gap("code.system_text_composed", one.place, name=one.name or "?")
        for one in survey.code.prompts
        if one.is_composed and not one.in_user_role
    )


def _open_roles(survey: Survey) -> tuple[Finding, ...]:
    return tuple(
        gap("code.role_by_client", one.place, route=one.name)
        for one in survey.code.routes
        if one.client_chooses_role and one.reaches_model
    )


def _open_mixings(survey: Survey, remarks: tuple[Remark, ...]) -> Answer:
    notes = tuple(
        note("code.mixing_open", one.place, value=one.value, how=one.how)
        for one in survey.code.mixings[:MOST]
    )
    if remarks:
        return partly(remarks, notes)
    return unknown(say("code.mixing_unknown", value=survey.code.mixings[0].value), notes[0])


def templates(survey: Survey) -> Answer:
    """Instructions are fixed texts or templates; input is never pasted into them."""
    if not survey.code.calls:
        return no_calls(survey)
    bad = (*_pasted(survey), *_composed(survey), *_refused(survey))
    fixed = [
        one
        for one in survey.code.prompts
        if not (one.is_composed or one.refused or _is_away(one))
        and one.source is not PromptSource.ABSENT
        and (one.source is not PromptSource.UNKNOWN or one.is_template)
    ]
    absent = tuple(
        _against(one) for one in survey.code.prompts if one.source is PromptSource.ABSENT
    )
    remarks = tuple(
        seen("code.template_fixed", one.place, name=one.name or "?") for one in fixed[:3]
    )
    if bad:
        filled = any(one.is_template for one in fixed)
        return partly(remarks, bad[:MOST]) if filled else fails(*bad[:MOST])
    if not fixed:
        return unknown(say("code.template_not_seen"), *absent[:MOST])
    unseen = (*absent, *_away(survey), *_not_followed(fixed), *_kept_elsewhere(fixed))
    if not unseen:
        return unless_foreign(survey.code, holds(*remarks))
    return partly(remarks, unseen[:MOST])


def _kept_elsewhere(prompts: list[Prompt]) -> tuple[Finding, ...]:
    """Templates of which only the fields are seen."""
    return tuple(
        gap("code.template_text_unseen", one.place, name=one.name or "?")
        for one in prompts
        if one.source is PromptSource.UNKNOWN
    )


def _pasted(survey: Survey) -> tuple[Finding, ...]:
    """Text of a user that is put between instructions without a template's named field."""
    return tuple(
        gap("code.template_pasted", one.place, value=one.value, how=one.how)
        for one in survey.code.mixings
        if one.how not in FILLED and not one.joins_history
    )


def _composed(survey: Survey) -> tuple[Finding, ...]:
    """Instructions that the code puts together from pieces."""
    pasted = {one.place for one in survey.code.mixings}
    return tuple(
        gap("code.template_composed", one.place, name=one.name or "?")
        for one in survey.code.prompts
        if one.is_composed and one.length >= INLINE_FROM and one.place not in pasted
    )


def _mixed(one: Mixing) -> Finding:
    if one.joins_history:
        return lie("code.mixing_history", one.place)
    return lie("code.mixing", one.place, value=one.value, how=one.how)
