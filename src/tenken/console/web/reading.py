"""What a request says, read once and with limits."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from tenken.messages.speech import Language

LANGUAGE = "tenken-language"
THEME = "tenken-theme"
THEMES = ("system", "light", "dark")
FIELDS = 40
FORM = "application/x-www-form-urlencoded"


async def form(request: Request) -> Mapping[str, str] | None:
    """Give the fields of a form, each once; None for what is no form.

    No browser lets anybody type a NUL, and Postgres takes none in a text.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != FORM:
        return None
    try:
        text = (await request.body()).decode()
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS, errors="strict")
    except ValueError:
        return None
    fields = dict(pairs)
    if len(fields) != len(pairs) or any("\0" in one for pair in pairs for one in pair):
        return None
    return fields


def asked(request: Request) -> Mapping[str, str]:
    """Give what is asked for in the address."""
    return {name: value.replace("\0", "") for name, value in request.query_params.items()}


def thing(request: Request) -> str:
    """Give what the path names; empty where it names a page alone."""
    return str(request.path_params.get("id", "")).replace("\0", "")


def language(request: Request) -> Language:
    """Give the language that was chosen here, else that of the browser."""
    chosen = request.cookies.get(LANGUAGE, "")
    if chosen in tuple(Language):
        return Language(chosen)
    said = request.headers.get("accept-language", "").lower()
    places = {one: said.find(one) for one in ("ja", "en")}
    found = {one: at for one, at in places.items() if at >= 0}
    return Language(min(found, key=lambda one: found[one])) if found else Language.EN


def theme(request: Request) -> str:
    """Give whether light or dark was chosen here."""
    chosen = request.cookies.get(THEME, "")
    return chosen if chosen in THEMES else THEMES[0]


def local(path: str) -> str:
    r"""Give an address on this site; the first page for anything that could lead elsewhere.

    >>> local("/traffic?window=1h"), local("//example.com"), local("/\\example.com")
    ('/traffic?window=1h', '/', '/')
    """
    plain = path.isprintable() and path.isascii() and "\\" not in path
    return path if plain and path.startswith("/") and path[1:2] != "/" else "/"


def address(request: Request) -> str:
    """Give where somebody comes from, as far as is known."""
    return request.client.host if request.client else ""
