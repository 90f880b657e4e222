from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient

from app import limits, llm, main


class FakeCompletions:
    """Stands in for client.chat.completions; answers by what the request asks for."""

    def __init__(self) -> None:
        self.requests: list[dict] = []
        self.answer = "アプリの「勤務履歴」から修正申請ができます。"
        self.classification = '{"category": "wage", "urgency": "high"}'

    def create(self, **request):
        self.requests.append(request)
        content = self.classification if "response_format" in request else self.answer
        usage = SimpleNamespace(prompt_tokens=120, completion_tokens=40, total_tokens=160)
        message = SimpleNamespace(content=content)
        return SimpleNamespace(
            choices=[SimpleNamespace(message=message)], usage=usage, model=request["model"]
        )


@pytest.fixture
def model(monkeypatch) -> FakeCompletions:
    fake = FakeCompletions()
    monkeypatch.setattr(llm, "client", SimpleNamespace(chat=SimpleNamespace(completions=fake)))
    return fake


@pytest.fixture
def api(model) -> TestClient:
    limits.limiter.seen.clear()
    return TestClient(main.app)
