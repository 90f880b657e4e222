"""Doors of a proxy of one's own: closed ones, plain ones beside them, and files nobody uses."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes.security import traffic_is_encrypted
from tests.readiness.estates.survey import changed, survey_of

NGINX = """\
events { worker_connections 1024; }
http {
    # plain requests: { only sent on }
    server {
        listen 80;
        server_name desk.example.jp;
        location /.well-known/acme-challenge/ { root /var/www; }
        location / { return 301 https://$host$request_uri; }
    }
    server {
        listen 443 ssl;
        server_name desk.example.jp;
        ssl_certificate /etc/nginx/ssl/cert.pem;
        location / { proxy_pass http://backend:8000; }
    }
}
"""
COMPOSE = """\
services:
  proxy:
    image: nginx:1.29
    volumes: ["./proxy/nginx.conf:/etc/nginx/nginx.conf:ro"]
"""
CLOSED = {"proxy/nginx.conf": NGINX, "compose.yaml": COMPOSE}
CADDY = "desk.example.jp {\n  reverse_proxy backend:8000\n}\n"
BY_CADDY = {"Caddyfile": CADDY, "compose.yaml": COMPOSE.replace("proxy/nginx.conf", "Caddyfile")}
AT_SERVER = "return 301 https://$host$request_uri;"


@pytest.mark.parametrize(
    "files",
    [
        CLOSED,
        changed(CLOSED, "location / { return 301 https://$host$request_uri; }", AT_SERVER),
        changed(CLOSED, "listen 443 ssl;", "listen 443 quic reuseport;\n        ssl on;"),
        changed(CLOSED, "location / { return 301", "location / { return 308"),
        BY_CADDY,
        {"proxy/nginx.conf": NGINX, "Dockerfile": "FROM nginx\nCOPY proxy/ /etc/nginx/\n"},
    ],
)
def test_an_encrypted_door_before_the_application(files: dict[str, str]) -> None:
    """A certificate, and plain requests that are only sent on to it."""
    assert traffic_is_encrypted(survey_of(files)).holding is Holding.HOLDS


@pytest.mark.parametrize(
    ("address", "holding"),
    [
        ("{$DESK_DOMAIN}", Holding.HOLDS),
        ("www.{$DOMAIN:desk.example.jp}", Holding.HOLDS),
        ("{env.SITE_HOST}", Holding.HOLDS),
        ("{$DOMAIN:localhost:80}", Holding.UNKNOWN),
        ("{$SITE_ADDRESS::80}", Holding.UNKNOWN),
        ("{$SITE_ADDRESS}", Holding.UNKNOWN),
        ("http://{$DOMAIN}", Holding.UNKNOWN),
    ],
)
def test_a_site_whose_name_a_variable_gives(address: str, holding: Holding) -> None:
    """Called a name, or with one by default; an address may be a bare port."""
    proxied = "reverse_proxy backend:8000\n  header X-Request-Id {http.request.uuid}"
    caddy = f"{{\n  email {{$MAIL}}\n}}\n{address} {{\n  {proxied}\n}}\n"

    answer = traffic_is_encrypted(survey_of({**BY_CADDY, "Caddyfile": caddy}))

    assert answer.holding is holding
    assert all(address in str(one.sentence.fields["written"]) for one in answer.seen)


@pytest.mark.parametrize(
    ("old", "new", "holding"),
    [
        ("return 301 https://$host$request_uri", "proxy_pass http://backend", Holding.FAILS),
        ("return 301 https://", "return 301 http://", Holding.FAILS),
        ("location / { return", "location /old { return", Holding.HOLDS),
        ("        ssl_certificate /etc/nginx/ssl/cert.pem;\n", "", Holding.UNKNOWN),
        ("listen 443 ssl;", "listen 443; # ssl", Holding.UNKNOWN),
        ("proxy/nginx.conf:/etc", "proxy/other.cnf:/etc", Holding.UNKNOWN),
        ("proxy_pass http://backend:8000;", "proxy_pass http://backend:8000", Holding.HOLDS),
    ],
)
def test_a_plain_door_beside_it(old: str, new: str, holding: Holding) -> None:
    """One door that speaks both ways, one without a certificate, or one that nobody uses."""
    assert traffic_is_encrypted(survey_of(changed(CLOSED, old, new))).holding is holding


@pytest.mark.parametrize(
    ("old", "new", "holding"),
    [
        ("desk.example.jp {", "{\n  auto_https off\n}\ndesk.example.jp {", Holding.UNKNOWN),
        ("desk.example.jp {", ":80 {", Holding.UNKNOWN),
        (CADDY, f"{CADDY}http://desk.example.jp {{\n  reverse_proxy backend:8000\n}}\n",
         Holding.PARTLY),
    ],
)  # fmt: skip
def test_a_site_without_its_certificate(old: str, new: str, holding: Holding) -> None:
    """Switched off, no name, or a plain site of the same name."""
    assert traffic_is_encrypted(survey_of(changed(BY_CADDY, old, new))).holding is holding


@pytest.mark.parametrize("text", ["server {" * 3_000, "}" * 500, "listen 443 ssl;", '"', "{{}}"])
def test_no_text_is_too_strange(text: str) -> None:
    """Braces that never close, or close what was not open."""
    assert survey_of({"nginx.conf": text, "compose.yaml": "x: nginx.conf"}) is not None
