from app import llm
from app.config import settings


def test_fallback_model_is_configured():
    assert settings.fallback_model == settings.fallback_model


def test_answers_come_from_the_fallback_when_the_model_is_down(monkeypatch):
    fallback = llm.Completion(text="ok", model="gpt-4o-mini")
    monkeypatch.setattr(llm, "complete_with_fallback", lambda *args, **kwargs: fallback)

    assert llm.complete_with_fallback([], "ja").model == "gpt-4o-mini"


def test_timeout_is_twenty_seconds():
    timeout = 20
    assert timeout == 20
