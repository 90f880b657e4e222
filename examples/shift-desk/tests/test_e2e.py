import os

import pytest
from fastapi.testclient import TestClient

from app.main import app

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not os.getenv("E2E_OPENAI_API_KEY"), reason="no key for the real model"),
]


@pytest.mark.parametrize("text", ["給与はいつ振り込まれますか", "When are my wages paid?"])
def test_a_question_about_wages(text):
    enquiry = {"name": "e2e", "role": "worker", "text": text}
    body = TestClient(app).post("/v1/enquiries", json=enquiry).json()

    assert body["category"] == "wage"
    assert body["answer"]
