"""Keys that are given to clients beside a cloud's identity, and identities without any."""

# ruff: noqa: E501 - tables read best unbroken

from tenken.readiness.probes import security
from tests.readiness.adversary.ground import Case

LIVED = (security.credentials_are_short_lived, security.no_static_key_is_reachable)
KEY = "a8Kd0xQz7Lm2" + "Pv9Wt4Rn6Yb1"
TERRAFORM = """resource "google_cloud_run_v2_service" "desk" {
  name     = "desk"
  location = "asia-northeast1"
  template {
    service_account = google_service_account.desk.email
    containers { image = "example.jp/desk" }
  }
}
resource "google_service_account" "desk" { account_id = "desk" }
"""
VERTEX = """import base64
import os

import httpx
import vertexai
from google import genai
from openai import AzureOpenAI, OpenAI

from app import held

BEFORE
client = CLIENT


def ask(question):
    return client.models.generate_content(model="gemini-2.5-flash", contents=question)


ask("x")
"""
BUILT = "genai.Client(vertexai=True, project='p', location='l')"


def vertex(before: str = "", client: str = BUILT) -> Case:
    """An application that runs as an identity of the cloud, and what else stands in its code; `@` is a key."""
    code = VERTEX.replace("BEFORE", before).replace("CLIENT", client).replace("@", KEY)
    files = {
        "main.tf": TERRAFORM, "app/llm.py": code, "app/__init__.py": "",
        "app/held.py": f"TEXT = '{KEY}'\nHINT = 'your-api-key-goes-here-1234'\n",
    }  # fmt: skip
    return Case(id=f"vertex: {before} {client}", probes=LIVED, files=files)


def given(text: str) -> str:
    """The client with a key besides."""
    return BUILT.replace(")", f", api_key={text})")


CHEATS = (
    *(vertex(client=given(text)) for text in (
        "'@'", "'@'[:24]", "held.TEXT", "os.environ['MY_MODEL']", "os.getenv('MY_MODEL', '@')", "base64.b64decode('@').decode()", "open('/app/key.txt').read()",
    )),
    vertex("OPTIONS = {'vertexai': True, 'api_key': '@'}", "genai.Client(**OPTIONS)"),
    *map(vertex, (
        "os.environ['GOOGLE_API_KEY'] = '@'", "os.environ.setdefault('GOOGLE_API_KEY', '@')", "vertexai.init(api_key='@')", "genai.api_key = '@'",
        "other = OpenAI(api_key='@')\nother.responses.create(model='m', input='x')", "TEXT = '@'\nother = AzureOpenAI(api_key=TEXT, azure_endpoint='https://a.example.com')\nother.responses.create(model='m', input='x')",
        "httpx.post('https://api.openai.com/v1/chat/completions', headers={'Authorization': 'Bearer @'}, json={'messages': []})",
    )),
)  # fmt: skip
HONEST_CASES = (
    vertex(), vertex(client=given("None")), vertex("local = OpenAI(base_url='http://localhost:8000', api_key='EMPTY')"), vertex("LABELS = {'api_key': held.HINT}"),
    vertex("headers = {'Authorization': f'Bearer {ask}'}"),
)  # fmt: skip
