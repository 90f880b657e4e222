"""Where a place can be looked at: a link to the forge, where forge and commit are known."""

from collections.abc import Iterable

from tenken.place import Place
from tenken.readiness.inspection import Report

FORGES = {"github.com": "blob", "gitlab.com": "-/blob"}
PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


def source_link(report: Report, place: Place) -> str | None:
    """Give the address of a line at the inspected commit; None where it would be a guess."""
    facts = report.repository
    host, _, project = (facts.remote or "").partition("/")
    if host not in FORGES or not facts.commit or not project:
        return None
    if place.path in facts.dirty_paths or "\\x" in place.path:
        return None
    path = from_top(report.prefix, place.path)
    if path is None:
        return None
    line = f"#L{place.line}" if place.line else ""
    project = project.removesuffix(".git")
    return f"https://{host}/{_quoted(project)}/{FORGES[host]}/{_quoted(facts.commit)}/{path}{line}"


def from_top(prefix: str, path: str) -> str | None:
    """Give the percent-encoded path from the repository's top; None where it leads out."""
    parts: list[str] = []
    for part in _parts(f"{prefix}/{path}"):
        if part != "..":
            parts.append(part)
        elif parts:
            parts.pop()
        else:
            return None
    return _quoted("/".join(parts)) if parts else None


def _parts(path: str) -> Iterable[str]:
    return (part for part in path.split("/") if part not in {"", "."})


def _quoted(path: str) -> str:
    return "".join(
        chr(byte) if byte in PLAIN else f"%{byte:02X}" for byte in path.encode("utf-8", "replace")
    )
