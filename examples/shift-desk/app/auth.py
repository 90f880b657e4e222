"""Callers are the worker app and the shop console; both send the shared token."""

import hmac

from fastapi import Header, HTTPException

from app.config import settings


def require_token(authorization: str = Header(default="")) -> None:
    if not settings.api_token:
        return
    if not hmac.compare_digest(authorization, f"Bearer {settings.api_token}"):
        raise HTTPException(status_code=401, detail="invalid token")
