"""Looks a shift up in the marketplace's shift API. The desk works without it."""

import logging

import httpx

from app.config import settings

logger = logging.getLogger(__name__)


def describe(shift_id: str | None) -> str:
    if not shift_id or not settings.shift_api_url:
        return "-"
    try:
        response = httpx.get(f"{settings.shift_api_url}/v1/shifts/{shift_id}", timeout=3.0)
        response.raise_for_status()
        shift = response.json()
        return f"{shift['date']} {shift['shop']} {shift['status']} {shift['hourly_wage']}円/h"
    except (httpx.HTTPError, KeyError, ValueError) as error:
        logger.warning("shift lookup failed", extra={"fields": {"error": str(error)}})
        return "-"
