"""shift-desk: answers and classifies enquiries of workers and shops."""

import logging
import time
import uuid
from collections import OrderedDict
from typing import Literal

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from app import answer, guard, language, logs, metrics
from app.auth import require_token
from app.classify import Classification, classify
from app.limits import limit_rate

logs.configure()
logger = logging.getLogger(__name__)

app = FastAPI(title="shift-desk", version="1.14.0")

KEEP = 1000
_enquiries: OrderedDict[str, "EnquiryOut"] = OrderedDict()


class EnquiryIn(BaseModel):
    name: str = Field(max_length=80)
    role: Literal["worker", "shop"]
    text: str = Field(min_length=1, max_length=2000)
    shift_id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9-]{1,40}$")


class EnquiryOut(BaseModel):
    id: str
    language: Literal["ja", "en"]
    category: str
    urgency: str
    answer: str
    needs_human: bool


class ClassifyIn(BaseModel):
    text: str = Field(min_length=1, max_length=2000)


class FeedbackIn(BaseModel):
    enquiry_id: str
    helpful: bool
    comment: str = Field(default="", max_length=500)


@app.middleware("http")
async def observe(request: Request, call_next):
    token = logs.request_id.set(request.headers.get("x-request-id") or uuid.uuid4().hex)
    started = time.perf_counter()
    status = 500
    try:
        response = await call_next(request)
        response.headers["x-request-id"] = logs.request_id.get()
        status = response.status_code
        return response
    finally:
        tags = {"path": request.url.path, "status": f"{status // 100}xx"}
        metrics.increment("shift_desk.requests", **tags)
        metrics.distribution("shift_desk.request.duration", time.perf_counter() - started, **tags)
        logs.request_id.reset(token)


@app.exception_handler(guard.Blocked)
async def blocked(request: Request, error: guard.Blocked) -> JSONResponse:
    return JSONResponse(status_code=400, content={"detail": "blocked", "rule": str(error)})


@app.get("/healthz")
def healthz() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/v1/enquiries", dependencies=[Depends(require_token), Depends(limit_rate)])
def create_enquiry(enquiry: EnquiryIn) -> EnquiryOut:
    guard.enforce(enquiry.text)
    spoken = language.detect(enquiry.text)
    sorted_as = classify(enquiry.text)
    reply = answer.reply(enquiry.name, enquiry.role, enquiry.text, spoken, enquiry.shift_id)
    out = EnquiryOut(
        id=uuid.uuid4().hex,
        language=spoken,
        category=sorted_as.category,
        urgency=sorted_as.urgency,
        answer=reply.text,
        needs_human=reply.needs_human or sorted_as.urgency == "high",
    )
    _enquiries[out.id] = out
    while len(_enquiries) > KEEP:
        _enquiries.popitem(last=False)
    return out


@app.get("/v1/enquiries/{enquiry_id}")
def read_enquiry(enquiry_id: str) -> EnquiryOut:
    if enquiry_id not in _enquiries:
        raise HTTPException(status_code=404, detail="no such enquiry")
    return _enquiries[enquiry_id]


@app.post("/v1/classify", dependencies=[Depends(require_token), Depends(limit_rate)])
def classify_only(body: ClassifyIn) -> Classification:
    return classify(body.text)


@app.post("/v1/feedback", status_code=202, dependencies=[Depends(require_token)])
def feedback(body: FeedbackIn) -> dict[str, str]:
    logger.debug("feedback", extra={"fields": body.model_dump()})
    return {"status": "accepted"}
