"""Login by an identity provider: as OpenID Connect says, and nobody by any other way."""

import base64
import hmac
import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tenken.console.doors.knocking import BEGUN_MOST
from tenken.console.doors.oidc.asking import Fetched
from tenken.store.people.audit import Audit
from tenken.store.people.people import People
from tenken.store.people.roles import Role
from tenken.store.people.signing import SignOffs
from tests.console.client import Answer, Client
from tests.console.ground import SETTINGS, Ground, ground, login, manifest_of
from tests.console.provider import (
    CLIENT,
    ISSUER,
    OTHER_RSA,
    RSA,
    SECRET,
    Claims,
    FakeProvider,
    jwk,
    signed,
)

OIDC = SETTINGS.replace(
    "console: {timezone: Asia/Tokyo, hours: 8, idle_minutes: 30}",
    f"""\
console:
  timezone: Asia/Tokyo
  applications:
    - {{name: enquiries, use_cases: [answer]}}
  oidc:
    issuer: {ISSUER}
    client_id: {CLIENT}
    client_secret_env: CONSOLE_SECRET
    roles:
      - {{value: sre, role: admin}}
      - {{value: legal, role: viewer, signs: [legal_or_security]}}
      - {{value: desk, role: operator, applications: [enquiries]}}
""",
)
APP = "shift-desk"


class Scene:
    """A console, its provider, and somebody's browser."""

    def __init__(self, made: Ground) -> None:
        self.made = made
        self.provider = FakeProvider(lambda: made.now)
        made.fetch = self.provider.fetch
        made.variables["CONSOLE_SECRET"] = SECRET
        self.client = Client(made.app)

    def sent(self, to: str = "", client: Client | None = None) -> Answer:
        """Follow the link of the login page."""
        query = f"?to={to}" if to else ""
        return (client or self.client).get(f"/login/oidc{query}")

    def back(self, url: str, client: Client | None = None) -> Answer:
        """Come back from the provider: from another site."""
        parts = urlsplit(url)
        browser = client or self.client
        return browser.get(f"{parts.path}?{parts.query}", sec_fetch_site="cross-site")

    def entered(self, to: str = "") -> Answer:
        """Go the whole way."""
        return self.back(self.provider.authorize(self.sent(to).headers["location"]))


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ground(tmp_path_factory.mktemp("console"), settings=OIDC) as made:
        made.user("hana")
        yield made


@pytest.fixture
def refusing(lasting: Ground) -> Scene:
    """Give a console that remembers nothing of its provider; for those who are not let in."""
    lasting.later(601)
    return Scene(lasting)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with ground(tmp_path, settings=OIDC) as made:
        made.user("hana")
        yield Scene(made)


def test_who_the_provider_names_is_let_in(scene: Scene) -> None:
    """With the role of their group, to where they wanted; no cookie of the way stays."""
    assert "login.example.com" in scene.client.get("/login?to=/traffic").text
    answer = scene.entered("/traffic?window=1h")

    assert (answer.status, answer.headers["location"]) == (303, "/traffic?window=1h")
    assert set(scene.client.cookies) == {"tenken"}
    assert scene.client.get("/").status == 200
    assert "mio@example.com" in scene.client.get("/account").text
    assert scene.client.get("/people").status == 403
    assert SignOffs(scene.made.engine).roles("mio@example.com", APP) == {"legal_or_security"}
    entry = Audit(scene.made.engine).newest(APP, 1)[0].entry
    assert (entry.actor, entry.action, entry.detail) == ("mio@example.com", "login", ISSUER)


def test_what_is_asked_of_the_provider_can_be_guessed_by_nobody(scene: Scene) -> None:
    """State, nonce and verifier differ each time; only a digest of the verifier leaves us."""
    asked = [parse_qs(urlsplit(scene.sent().headers["location"]).query) for _ in range(2)]
    first, second = asked

    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
        assert len(first[name][0]) >= 32
    assert first["redirect_uri"] == ["http://127.0.0.1:8090/login/oidc/back"]
    assert "HttpOnly; SameSite=Lax; Max-Age=600" in scene.sent().set_cookies[0]


def test_a_flood_of_logins_is_turned_away_before_anything_is_kept(scene: Scene) -> None:
    """Whoever is one of it comes again after a minute."""
    scene.made.later(60)
    knocking = scene.made.desk.knocking
    assert all(knocking.begins("127.0.0.1", scene.made.now) for _ in range(BEGUN_MOST))

    refused = scene.sent()

    assert refused.status == 429
    assert not refused.set_cookies
    scene.made.later(60)
    assert scene.sent().status == 303


def test_a_state_is_used_once(scene: Scene) -> None:
    """A second time it is nothing, whoever brings it, even with its cookie."""
    url = scene.provider.authorize(scene.sent().headers["location"])
    kept = dict(scene.client.cookies)
    assert scene.back(url).status == 303
    again = Client(scene.made.app)
    again.cookies |= kept

    assert scene.back(url, again).status == 401
    assert "tenken" not in again.cookies


def test_a_state_is_of_one_browser_and_of_some_minutes(scene: Scene) -> None:
    """Whoever is sent somebody else's way back is not logged in as them."""
    url = scene.provider.authorize(scene.sent().headers["location"])
    victim = Client(scene.made.app)
    assert scene.back(url, victim).status == 401
    scene.sent(client=victim)
    assert scene.back(url, victim).status == 401
    scene.made.later(601)
    assert scene.back(url).status == 401


@pytest.mark.parametrize(
    "changed",
    [{"state": "other"}, {"state": ""}, {"code": ""}, {"code": "x" * 5000}, {"code": "unknown"},
     {"iss": "https://evil.example.com"}, {"iss": ""},
     {"error": "access_denied", "code": ""}, {"error": "access_denied"}],
)  # fmt: skip
def test_a_way_back_that_is_not_whole_lets_nobody_in(
    changed: dict[str, str], refusing: Scene
) -> None:
    """Nothing of what it says is shown."""
    answer = refusing.back(
        refusing.provider.authorize(refusing.sent().headers["location"], **changed)
    )

    assert answer.status == 401
    assert "tenken" not in refusing.client.cookies
    assert "access_denied" not in answer.text
    assert refusing.made.told[-1].id == "console.oidc_refused"


UNTRUE: dict[str, Claims] = {
    "another nonce": {"nonce": "other"}, "no nonce": {"nonce": None},
    "another audience": {"aud": "other"}, "several without a party": {"aud": [CLIENT, "other"]},
    "another party": {"azp": "other"}, "no audience": {"aud": None},
    "another issuer": {"iss": "https://evil.example.com"},
    "a longer issuer": {"iss": f"{ISSUER}/"},
    "it has ended": {"exp": 1}, "no end": {"exp": None}, "an endless one": {"exp": "never"},
    "true for an end": {"exp": True}, "from the future": {"iat": 9_999_999_999},
    "no beginning": {"iat": None}, "not yet": {"nbf": 9_999_999_999},
    "nobody": {"sub": None}, "an empty one": {"sub": ""}, "a number": {"sub": 7},
    "a long one": {"sub": "x" * 300}, "a nul": {"sub": "a\0b"},
}  # fmt: skip


@pytest.mark.parametrize("name", UNTRUE)
def test_a_token_that_is_not_for_this_login_lets_nobody_in(name: str, refusing: Scene) -> None:
    """Signed by the provider, and all the same not for us, not now, not this time."""
    refusing.provider.claims = UNTRUE[name]

    assert refusing.entered().status == 401
    assert "tenken" not in refusing.client.cookies


def _part(value: Claims) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _unsigned(claims: Claims) -> str:
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}."


def _unsigned_in_capitals(claims: Claims) -> str:
    return f"{_part({'alg': 'nOnE', 'kid': 'k1'})}.{_part(claims)}."


def _by_the_public_key(claims: Claims) -> str:
    """The public key as if it were a shared secret."""
    head = f"{_part({'alg': 'HS256', 'kid': 'k1'})}.{_part(claims)}"
    key = json.dumps(jwk(RSA, "k1")).encode()
    mark = hmac.new(key, head.encode(), "sha256").digest()
    return f"{head}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"


def _with_its_own_key(claims: Claims) -> str:
    head = {"alg": "RS256", "jwk": jwk(OTHER_RSA, "k1")}
    token = signed(claims, OTHER_RSA, kid="")
    return f"{_part(head)}.{token.split('.', 1)[1]}"


def _twice(claims: Claims) -> str:
    body = json.dumps(claims)[:-1] + ', "sub": "00u2"}'
    said = base64.urlsafe_b64encode(body.encode()).decode()
    return f"{_part({'alg': 'RS256', 'kid': 'k1'})}.{said}.x"


FORGED: dict[str, Callable[[Claims], str]] = {
    "none": _unsigned, "nOnE": _unsigned_in_capitals, "HS256": _by_the_public_key,
    "its own key": _with_its_own_key, "a claim twice": _twice,
    "another key": lambda claims: signed(claims, OTHER_RSA),
    "RS512, which is not allowed": lambda claims: signed(claims, algorithm="RS512"),
    "an unknown key": lambda claims: signed(claims, OTHER_RSA, kid="k9"),
    "altered": lambda claims: _altered(signed(claims)), "empty": lambda _: "",
    "no token": lambda _: "a.b", "a large one": lambda _: "a" * 20_000,
    "not ascii": lambda _: "ä.b.c",
}  # fmt: skip


def _altered(token: str) -> str:
    head, _, mark = token.split(".")
    said = {"iss": ISSUER, "aud": CLIENT, "sub": "00u2", "exp": 9_999_999_999, "iat": 1}
    return f"{head}.{_part(said)}.{mark}"


@pytest.mark.parametrize("name", FORGED)
def test_a_token_that_the_provider_has_not_signed_lets_nobody_in(
    name: str, refusing: Scene
) -> None:
    """Whatever it says of its algorithm and its key."""
    refusing.provider.sign = FORGED[name]

    assert refusing.entered().status == 401
    assert "tenken" not in refusing.client.cookies


@pytest.mark.parametrize(
    "to", ["https://evil.example.com", "//evil.example.com", "/\\evil.example.com", "javascript:x",
           "%0d%0aset-cookie:x=1", "/%0d%0aset-cookie:x=1"],
)  # fmt: skip
def test_nobody_is_sent_elsewhere(to: str, scene: Scene) -> None:
    """An address of another site becomes the first page."""
    answer = scene.entered(to)

    assert answer.status == 303
    assert answer.headers["location"].startswith("/")
    assert not answer.headers["location"].startswith(("//", "/\\"))
    assert "\n" not in answer.headers["location"]


UNFIT: dict[str, Claims] = {
    "another issuer": {"issuer": "https://evil.example.com"},
    "a token in the clear": {"token_endpoint": "http://login.example.com/token"},
    "keys in the clear": {"jwks_uri": "http://login.example.com/keys"},
    "a page in the clear": {"authorization_endpoint": "http://login.example.com/authorize"},
    "a script": {"authorization_endpoint": "javascript:alert(1)"},
    "only plain challenges": {"code_challenge_methods_supported": ["plain"]},
    "no endpoint": {"token_endpoint": None},
}


@pytest.mark.parametrize("name", UNFIT)
def test_a_provider_that_describes_itself_otherwise_is_not_asked(
    name: str, refusing: Scene
) -> None:
    """Nobody is sent anywhere."""
    refusing.provider.configuration = UNFIT[name]
    answer = refusing.sent()

    assert answer.status == 401
    assert "location" not in answer.headers


def test_a_new_key_is_found_at_its_first_use(scene: Scene) -> None:
    """And a token with an unknown one does not make us ask each time."""
    scene.entered()
    scene.provider.keys = [jwk(OTHER_RSA, "k2"), *scene.provider.keys]
    scene.provider.sign = lambda claims: signed(claims, OTHER_RSA, kid="k2")
    scene.made.later(11)
    assert scene.entered().status == 303

    scene.provider.sign = lambda claims: signed(claims, OTHER_RSA, kid="k3")
    asked = [len(scene.provider.sent) for _ in range(3) if scene.entered().status == 401]
    assert [after - before for before, after in pairwise(asked)] == [1, 1]


def test_groups_decide_anew_at_each_login(scene: Scene) -> None:
    """The first rule that fits; who fits none is let in to nothing."""
    people = People(scene.made.engine)
    scene.provider.person["groups"] = ["legal", "sre"]
    scene.entered()
    found = people.user("mio@example.com", APP)
    assert found is not None
    assert found.role is Role.ADMIN
    scene.provider.person["groups"] = "nothing"
    scene.entered()

    assert scene.client.get("/").status == 403
    scene.provider.person["groups"] = ["desk"]
    scene.entered()
    found = people.user("mio@example.com", APP)
    assert found is not None
    assert (found.role, found.within) == (Role.OPERATOR, "enquiries")


@pytest.mark.parametrize("claims", [{"email": "hana"}, {"email": "hana", "sub": "00u9"}])
def test_nobody_takes_over_a_name_of_the_console(claims: Claims, scene: Scene) -> None:
    """Whatever the provider calls them: hana has a password here, and is somebody else."""
    scene.provider.claims = claims

    assert scene.entered().status == 403
    assert "tenken" not in scene.client.cookies


def test_an_address_counts_where_the_provider_has_verified_it(scene: Scene) -> None:
    """Otherwise anybody could write somebody else's into their profile."""
    scene.provider.claims = {"email_verified": False, "preferred_username": "mio"}
    scene.entered()

    assert "mio@example.com" not in scene.client.get("/account").text
    assert People(scene.made.engine).user("mio", APP) is not None


def test_who_is_locked_out_stays_out(scene: Scene) -> None:
    """By the provider's way, too; and their sessions are over."""
    scene.entered()
    People(scene.made.engine).disable("mio@example.com", at=scene.made.now)

    assert scene.client.get("/").status == 303
    assert scene.entered().status == 403


def test_the_console_s_own_passwords_still_let_people_in(scene: Scene) -> None:
    """Where the provider is away: and nobody by an empty password whom it has named."""
    scene.entered()
    scene.made.fetch = lambda _sent: Fetched(status=0)
    scene.made.later(3600)
    assert scene.sent().status == 401
    assert login(Client(scene.made.app), "hana").status == 303
    assert login(Client(scene.made.app), "mio@example.com", "").status == 401


def test_without_a_provider_there_is_no_such_door(scene: Scene) -> None:
    """Neither link nor route; and sessions by a provider that was taken out are over."""
    scene.entered()
    assert scene.client.get("/").status == 200
    scene.made.manifest = manifest_of(SETTINGS)

    assert scene.client.get("/").status == 303
    client = Client(scene.made.app)
    assert client.get("/login/oidc").status == client.get("/login/oidc/back").status == 404
    assert "/login/oidc" not in client.get("/login").text
