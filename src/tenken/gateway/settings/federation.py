"""How OpenAI and Anthropic are shown who this process is, from what the platform file says."""

from pathlib import Path

from tenken.config.platform import Credential, Federation, Provider
from tenken.errors import MissingExtra
from tenken.gateway.credentials.lease import Source, Unobtainable
from tenken.gateway.credentials.subject import Subject, SubjectFile
from tenken.sentence import Sentence, say

FEDERATED = frozenset({"openai", "anthropic"})
"""Kinds of providers that give a token of theirs for one of ours."""


def wrong_federation(kind: str, reference: Credential) -> Sentence | None:
    """Tell what is missing, and a token that is not there."""
    said = reference.federation
    missing = ["name"] * (not reference.name)
    if said is None:
        missing.append("federation")
    else:
        missing += ["federation.organization"] * (kind == "anthropic" and not said.organization)
        if bool(said.token_file) == bool(said.audience):
            missing.append("federation.token_file | federation.audience")
    if missing:
        return say("gateway.federation_incomplete", kind=kind, missing=", ".join(missing))
    if said is not None and said.token_file:
        try:
            SubjectFile(path=Path(said.token_file)).token()
        except Unobtainable as error:
            return say("gateway.credential_file", why=str(error))
    return None


def federated(provider: Provider, reference: Credential, said: Federation) -> Source:
    """Give where the vendor's token comes from; nothing that is told above may be wrong."""
    # It loads what speaks HTTP: only where such a provider is named.
    from tenken.gateway.credentials.federation import (  # noqa: PLC0415
        ANTHROPIC,
        AnthropicIdentity,
        OpenAIIdentity,
    )

    subject = _subject(said)
    if provider.kind == "openai":
        return OpenAIIdentity(account=reference.name, provider=said.rule, subject=subject)
    return AnthropicIdentity(
        account=reference.name,
        rule=said.rule,
        organization=said.organization,
        workspace=said.workspace,
        subject=subject,
        base_url=provider.base_url or ANTHROPIC,
    )


def _subject(said: Federation) -> Subject:
    if said.token_file:
        return SubjectFile(path=Path(said.token_file))
    try:
        from tenken.gateway.credentials.google import GoogleSubject  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise MissingExtra("cli.missing_extra", extra="vertex") from error
    return GoogleSubject(audience=said.audience)
