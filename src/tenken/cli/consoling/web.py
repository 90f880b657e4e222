"""How the console asks its identity provider: bounded in time and size, never redirected."""

from time import monotonic
from urllib.parse import urlsplit

from tenken.cli.looking.web import Site
from tenken.console.doors.oidc.asking import Fetched, Sent

PATIENCE_S = 10.0


def fetched(sent: Sent) -> Fetched:
    """Give the answer; status 0 where there is none."""
    parts = urlsplit(sent.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    site = Site(f"{parts.scheme}://{parts.netloc}", clock=monotonic, within_s=PATIENCE_S)
    reply = site.ask(path, method=sent.method, headers=dict(sent.headers), body=sent.body or None)
    return Fetched(status=reply.status, body=reply.body)
