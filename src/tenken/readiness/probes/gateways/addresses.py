"""Where calls go when the application runs: by its code, else by what it is deployed with."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from tenken.place import Place
from tenken.readiness.facts.calls import LlmCall, Origin
from tenken.readiness.facts.infrastructure import Container, Source, Variable, Workload
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.code.deployed import BEFORE_PRODUCTION
from tenken.readiness.probes.gateways.once import once

BASES: Mapping[str, tuple[str, ...]] = {
    "openai": ("OPENAI_BASE_URL", "OPENAI_API_BASE"),
    "azure": ("AZURE_OPENAI_ENDPOINT", "OPENAI_BASE_URL"),
    "anthropic": ("ANTHROPIC_BASE_URL", "ANTHROPIC_API_URL", "ANTHROPIC_API_BASE"),
    "google": ("GOOGLE_GEMINI_BASE_URL", "GEMINI_API_BASE"),
}
"""The variables that libraries take a provider's address from where the code names none."""
SPEAKING = frozenset({
    *(name for names in BASES.values() for name in names),
    "OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_KEY", "ANTHROPIC_API_KEY",
    "GOOGLE_API_KEY", "GEMINI_API_KEY",
})  # fmt: skip
"""Who has one of these speaks to models."""


class Address(Struct, frozen=True, kw_only=True):
    """Where a call goes in one of the places that it runs in."""

    url: str | None
    """Empty for the provider's own; None where it could not be told."""
    place: Place
    workload: Workload | None = None
    variable: str = ""


def addresses(call: LlmCall, survey: Survey) -> tuple[Address, ...]:
    """Give every address that a call goes to in production."""
    match call.base_url.origin:
        case Origin.LITERAL:
            return (Address(url=call.base_url.value, place=call.base_url.place or call.place),)
        case Origin.UNKNOWN:
            return (Address(url=None, place=call.place),)
        case Origin.DEFAULT | Origin.ENVIRONMENT:
            return _given(call, survey, _named(call, survey))
        case Origin.ABSENT:
            return _given(call, survey, BASES.get(call.provider, ()))


def _named(call: LlmCall, survey: Survey) -> tuple[str, ...]:
    """The variable that the code reads; of a default, those whose name says so much."""
    if call.base_url.origin is Origin.ENVIRONMENT:
        return (call.base_url.value,)
    at = call.base_url.place
    read = [one.name for one in survey.code.environment if one.place == at]
    return tuple(dict.fromkeys(read)) or BASES.get(call.provider, ())


def _given(call: LlmCall, survey: Survey, names: tuple[str, ...]) -> tuple[Address, ...]:
    """What the variables of every container with a client of models make of it."""
    if not names:
        return (_otherwise(call),)
    known = {*names, *SPEAKING}
    found = tuple(
        _of(workload, box, names, call)
        for workload, box, held in _boxes(survey)
        if not known.isdisjoint(held)
    )
    image = (
        Address(url=_value(one), place=one.place, variable=one.name)
        for image in survey.infrastructure.images
        for one in image.variables
        if one.name in names
    )
    return found or tuple(image) or (_undeployed(call),)


@once
def _boxes(survey: Survey) -> tuple[tuple[Workload, Container, frozenset[str]], ...]:
    """Every container that runs in production, with the names of its variables."""
    return tuple(
        (workload, box, frozenset(one.name for one in box.variables))
        for workload in _running(survey.infrastructure.workloads)
        for box in workload.containers
    )


def _undeployed(call: LlmCall) -> Address:
    """Nothing here deploys it: only what the code itself falls back on is known."""
    base = call.base_url
    url = base.value if base.origin is Origin.DEFAULT else None
    return Address(url=url, place=base.place or call.place)


def _running(workloads: tuple[Workload, ...]) -> Iterator[Workload]:
    """What serves in production; a compose file only where nothing else is deployed."""
    live = [one for one in workloads if not one.stage.startswith(BEFORE_PRODUCTION)]
    deployed = [one for one in live if one.source is not Source.COMPOSE]
    return iter(deployed or live)


def _of(workload: Workload, box: Container, names: Iterable[str], call: LlmCall) -> Address:
    variable = next((it for name in names for it in box.variables if it.name == name), None)
    if variable is not None:
        return Address(
            url=_value(variable), place=variable.place, workload=workload, variable=variable.name
        )
    url = None if box.more_variables else _otherwise(call).url
    return Address(url=url, place=box.place, workload=workload)


def _value(variable: Variable) -> str | None:
    text = variable.value
    return None if text is None or "*" in text or "$" in text else text


def _otherwise(call: LlmCall) -> Address:
    """Where it goes when no variable is set: its default, else the provider's own address."""
    base = call.base_url
    if base.origin is Origin.ENVIRONMENT and not base.may_be_none:
        return Address(url=None, place=base.place or call.place)
    url = base.value if base.origin is Origin.DEFAULT else ""
    return Address(url=url, place=base.place or call.place)
