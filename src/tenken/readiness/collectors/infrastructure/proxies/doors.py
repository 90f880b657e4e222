"""Doors that a proxy of one's own opens: nginx and Caddy, where their file is put in place.

A configuration without any certificate tells nothing: it may well stand behind another proxy.
"""

from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct

from tenken.pattern import Match, Pattern, escape
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.facts.exposure import Listener
from tenken.readiness.facts.tree import Entry, Role, Tree

NGINX_ENDINGS = (".conf", ".conf.template", ".conf.tmpl", ".nginx")
PLACERS = frozenset({".yml", ".yaml", ".sh", ".tf", ".j2"})
MAX_SIZE = 200_000
MOST_WORDS = 20_000
TOKEN = Pattern(
    r"#[^\n]*|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[^\s{};\"']*\{\$?[A-Za-z_][^{}\s]*\}[^\s{};\"']*|[{};]|\n"
    r"|[^\s{};\"']+"
)
"""Words, with the placeholders of Caddy in them: `{$DOMAIN}`, `www.{$DOMAIN:desk.example.jp}`."""
TO_TLS = Pattern(r"^(?:return 30[1278] https://|rewrite \S+ https://)")
PLAIN_SITE = Pattern(r"^(?:http://|:80$|:8080$)")
FILLED = Pattern(r"\{(?:\$|env\.)([A-Za-z_]\w*)(?::([^{}]*))?\}")
IS_NAME = Pattern(r"(?i)(^|_)(domain|host|hostname|fqdn|server_name|site_name)(_|$)")
NAMED_SITE = Pattern(r"^(?:https://)?[A-Za-z0-9*{][^/:\s]*\.[^/:\s]*(?::443)?$|^:443$")


class Directive(Struct, frozen=True):
    """`listen 443 ssl`, and what stands in its braces."""

    words: tuple[str, ...]
    line: int
    inner: "tuple[Directive, ...]" = ()

    @property
    def text(self) -> str:
        """Its words."""
        return " ".join(self.words)


def read_proxies(tree: Tree, found: Found) -> None:
    """Read every configuration that a Dockerfile, a compose file or a script names."""
    for entry in tree.entries:
        is_nginx, is_caddy = entry.name.endswith(NGINX_ENDINGS), entry.name == "Caddyfile"
        if not (is_nginx or is_caddy) or entry.role is not Role.PRODUCTION:
            continue
        text = tree.text(entry.path) if entry.size <= MAX_SIZE else None
        if not isinstance(text, str) or not _is_put_in_place(tree, entry):
            continue
        directives = _parsed(text)
        doors = list(_nginx(entry, directives) if is_nginx else _caddy(entry, directives))
        if any(one.encrypted for one in doors):
            found.listeners.extend(doors)


def _is_put_in_place(tree: Tree, entry: Entry) -> bool:
    """A volume, a COPY or a script has its path, or that of a folder above it."""
    named = _naming(entry.path)
    for one in tree.entries:
        places = one.suffix in PLACERS or one.name.startswith(("Dockerfile", "Makefile"))
        if not places or one.role is not Role.PRODUCTION or one.size > MAX_SIZE:
            continue
        text = tree.text(one.path)
        if isinstance(text, str) and named.search(text):
            return True
    return False


def _naming(path: str) -> Pattern:
    """The path from any folder on its way, but not as the end of a path inside an image."""
    parts = path.split("/")
    files = ["/".join(parts[at:]) for at in range(len(parts))]
    folders = ["/".join(parts[at:-1]) for at in range(len(parts) - 1)]
    ends = [escape(one) for one in files] + [f"{escape(one)}/?(?::/|\\s+\\.?/)" for one in folders]
    return Pattern(rf"(?m)(?:^|[^\w/.-])(?:\.\.?/)*(?:{'|'.join(ends)})")


def _parsed(text: str) -> tuple[Directive, ...]:
    """Directives with their braces; what is unbalanced ends where the text ends."""
    stack: list[tuple[tuple[str, ...], int, list[Directive]]] = [((), 0, [])]
    words: list[str] = []
    line, start = 1, 1
    for part in TOKEN.findall(text)[:MOST_WORDS]:
        if part == "\n":
            line += 1
        elif part == "{":
            stack.append((tuple(words), start, []))
            words = []
        elif part in {";", "}"}:
            if words:
                stack[-1][2].append(Directive(tuple(words), start))
            words = []
            if part == "}" and len(stack) > 1:
                head, at, inner = stack.pop()
                stack[-1][2].append(Directive(head, at, tuple(inner)))
        elif not part.startswith("#"):
            start = start if words else line
            words.append(part.strip("\"'"))
    while len(stack) > 1:
        head, at, inner = stack.pop()
        stack[-1][2].append(Directive(head, at, tuple(inner)))
    return tuple(stack[0][2])


def _nginx(entry: Entry, directives: tuple[Directive, ...]) -> Iterator[Listener]:
    for server in _servers(directives):
        named = next((it.words[1] for it in server.inner if _is(it, "server_name")), entry.name)
        on = any(it.text == "ssl on" for it in server.inner)
        certified = any(_is(it, "ssl_certificate") for it in server.inner) or any(
            _is(it, "ssl_certificate") for it in directives
        )
        for one in (it for it in server.inner if _is(it, "listen")):
            encrypted = certified and (on or bool({"ssl", "quic"} & set(one.words[2:])))
            yield Listener(
                place=Place(entry.path, one.line),
                name=named,
                encrypted=encrypted,
                redirects=not encrypted and _only_sends_on(server),
                public=True,
                written=f"nginx {one.text}",
            )


def _servers(directives: tuple[Directive, ...]) -> Iterator[Directive]:
    for one in directives:
        if one.words == ("server",):
            yield one
        elif one.words == ("http",):
            yield from (it for it in one.inner if it.words == ("server",))


def _is(one: Directive, name: str) -> bool:
    return len(one.words) > 1 and one.words[0] == name


def _only_sends_on(server: Directive) -> bool:
    """Plain requests are answered with the encrypted address, but for renewing certificates."""
    if any(TO_TLS.search(it.text) for it in server.inner):
        return True
    locations = [it for it in server.inner if it.words[:1] == ("location",)]
    others = [it for it in locations if ".well-known" not in it.text]
    return bool(others) and all(any(TO_TLS.search(it.text) for it in one.inner) for one in others)


def _caddy(entry: Entry, directives: tuple[Directive, ...]) -> Iterator[Listener]:
    """A site with a name gets its certificate and its redirect by itself."""
    options = [it for one in directives if not one.words for it in one.inner]
    off = any(before == "auto_https" for it in options for before, _ in pairwise(it.words))
    for site in (it for it in directives if it.inner and it.words):
        for address in site.words:
            written = address.strip(",")
            said = FILLED.sub(_filled, written)
            plain = bool(PLAIN_SITE.search(said))
            if plain or (NAMED_SITE.search(said) and not off):
                yield Listener(
                    place=Place(entry.path, site.line),
                    name=written,
                    encrypted=not plain,
                    public=True,
                    written=f"Caddy {written}",
                )


def _filled(found: Match) -> str:
    """What stands for a variable: its default, or some name where it is called one."""
    if found[2]:
        return str(found[2])
    return "desk.example.com" if IS_NAME.search(found[1]) else "*"
