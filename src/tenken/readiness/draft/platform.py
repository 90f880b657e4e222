"""Writes the first `platform.yaml`: providers that were found, and what is to be decided."""

from tenken.messages.speech import Speech
from tenken.readiness.draft.pen import Draft, Pen, quoted
from tenken.readiness.draft.sketch import FoundModel, Sketch

PLATFORM_VERSION = "1"
PROVIDERS = ("openai", "azure", "anthropic", "google", "vertex", "bedrock")

BY_IDENTITY = frozenset({"azure", "vertex", "bedrock"})
"""Providers that take the workload's own identity: a key would be one too many."""


def write_platform(found: Sketch, speech: Speech) -> Draft:
    """Write `platform.yaml`."""
    pen = Pen(speech)
    pen.comment("about_platform")
    pen.write("version: 1")
    pen.block()
    pen.write("platform:", "  name: platform", f"  version: {quoted(PLATFORM_VERSION)}")
    pen.write(f"  owner: {pen.todo('todo_platform_owner')}")
    pen.block("providers")
    pen.write("providers:" if found.providers else "providers: []")
    for provider in found.providers:
        kind = provider if provider in PROVIDERS else "other"
        pen.write(f"  - id: {quoted(provider)}", f"    kind: {kind}")
        if kind in BY_IDENTITY:
            pen.write("    credentials: {kind: workload_identity}")
        else:
            name = pen.todo("todo_credential")
            pen.write("    credentials:", "      kind: file", f"      name: {name}")
    pen.block("approved")
    named = [one for one in found.models if one.name and one.provider]
    pen.aside("models:", *(_approved(one) for one in named), "regions: []")
    for part, comment in (
        ("floors", "floors"),
        ("alert_receivers", "receivers"),
        ("evidence_keys", "keys"),
    ):
        pen.example(part, comment)
    return pen.finished()


def _approved(one: FoundModel) -> str:
    return f"  - {{provider: {quoted(one.provider)}, model: {quoted(one.name)}}}"
