"""What providers are called with: static keys, read once from where the platform file points.

A static key is what `platform.yaml` should not need; the inspection sees it and says so.
"""

from collections.abc import Mapping

from tenken.config.platform import Platform, Provider
from tenken.errors import Malformed, Problem, UsageError
from tenken.place import Place
from tenken.sentence import say
from tenken.transport.message import Headers


class StaticKeys:
    """Headers by credential; the keys themselves are in no other value."""

    __slots__ = ("_headers",)

    def __init__(self, headers: Mapping[str, Headers]) -> None:
        self._headers = headers

    def __repr__(self) -> str:
        """Say nothing of what is inside."""
        return f"StaticKeys({', '.join(self._headers)})"

    def headers(self, credential: str) -> Headers:
        """Give the headers of a provider."""
        return self._headers[credential]


def static_keys(platform: Platform | None, environment: Mapping[str, str]) -> StaticKeys:
    """Read the keys of all providers from the environment; raises Malformed, UsageError."""
    if platform is None:
        raise UsageError("gateway.no_platform")
    headers: dict[str, Headers] = {}
    problems: list[Problem] = []
    for at, provider in enumerate(platform.providers):
        reference = provider.credentials
        if reference is None:
            headers[provider.id] = ()
            continue
        key = f"providers[{at}].credentials"
        place = Place("platform.yaml", 0)
        if reference.kind != "env":
            sentence = say("gateway.no_such_credential", kind=reference.kind)
            problems.append(Problem(place=place, key=key, sentence=sentence))
        elif not (value := environment.get(reference.name, "").strip()):
            sentence = say("gateway.credential_absent", name=reference.name)
            problems.append(Problem(place=place, key=key, sentence=sentence))
        else:
            headers[provider.id] = _carried(provider, value)
    if problems:
        raise Malformed(tuple(problems))
    return StaticKeys(headers)


def _carried(provider: Provider, value: str) -> Headers:
    if provider.kind == "azure":
        return ((b"api-key", value.encode()),)
    if provider.kind == "google":
        return ((b"x-goog-api-key", value.encode()),)
    if provider.kind == "anthropic":
        return ((b"x-api-key", value.encode()),)
    return ((b"authorization", b"Bearer " + value.encode()),)
