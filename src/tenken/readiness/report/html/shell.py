"""The frame of every page: one file, no request to anywhere, and a policy that says so."""

import base64
import hashlib
from functools import lru_cache
from importlib.resources import files

from tenken.messages.speech import Speech
from tenken.readiness.report.html.elements import Html, link, own, tag, text


def page(speech: Speech, title: str, *body: Html, script: str = "") -> str:
    """Give a whole page; `script` names a file of ours."""
    css = asset("page.css")
    js = asset(script) if script else ""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        own(_policy(css, js)),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="generator", content="tenken"),
        tag("title", title),
        own('<link rel="icon" href="data:,">'),
        own(f"<style>{css}</style>"),
    )
    end = own(f"<script>{js}</script>") if js else None
    whole = tag("html", head, tag("body", *body, end), lang=speech.language.value)
    return f"<!doctype html>\n{whole.markup}\n"


@lru_cache(maxsize=16)
def asset(name: str) -> str:
    """Give a style sheet or script that ships with the reports."""
    return (files("tenken.readiness.report") / "assets" / name).read_text("utf-8")


def _policy(css: str, js: str) -> str:
    script = f"'sha256-{_hash(js)}'" if js else "'none'"
    policy = (
        f"default-src 'none'; style-src 'sha256-{_hash(css)}'; script-src {script}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return f'<meta http-equiv="Content-Security-Policy" content="{text(policy).markup}">'


def _hash(content: str) -> str:
    return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def skip_link(speech: Speech) -> Html:
    """Let a keyboard go past the navigation."""
    return link("#main", speech.text("report.skip"), class_="skip")
