import pytest

ENQUIRY = {"name": "山田", "role": "worker", "text": "給与の金額が違います"}


def test_an_enquiry_is_answered_and_classified(api):
    body = api.post("/v1/enquiries", json=ENQUIRY).json()

    assert body["language"] == "ja"
    assert body["category"] == "wage"
    assert body["answer"] == "アプリの「勤務履歴」から修正申請ができます。"
    assert body["needs_human"] is True


def test_an_enquiry_can_be_read_again(api):
    created = api.post("/v1/enquiries", json=ENQUIRY).json()

    assert api.get(f"/v1/enquiries/{created['id']}").json() == created


def test_the_faq_goes_to_the_model(api, model):
    api.post("/v1/enquiries", json=ENQUIRY)

    system = model.requests[-1]["messages"][0]["content"]
    assert "勤務履歴" in system


def test_an_unreadable_classification_becomes_other(api, model):
    model.classification = "wage, I think"

    body = api.post("/v1/classify", json={"text": "pay?"}).json()
    assert body == {"category": "other", "urgency": "normal"}


def test_the_request_id_of_the_caller_comes_back(api):
    response = api.get("/healthz", headers={"x-request-id": "abc-123"})

    assert response.headers["x-request-id"] == "abc-123"


@pytest.mark.parametrize("text", ["", "あ" * 2001])
def test_texts_of_the_wrong_length_are_refused(api, text):
    assert api.post("/v1/enquiries", json=ENQUIRY | {"text": text}).status_code == 422
