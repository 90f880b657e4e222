"""Keeps us inside the provider's requests per minute."""

import time
from collections import defaultdict, deque

from fastapi import HTTPException, Request

from app.config import settings

WINDOW_SECONDS = 60.0


class RateLimiter:
    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self.seen: dict[str, deque[float]] = defaultdict(deque)

    def allow(self, key: str, now: float) -> bool:
        times = self.seen[key]
        while times and now - times[0] >= WINDOW_SECONDS:
            times.popleft()
        if len(times) >= self.per_minute:
            return False
        times.append(now)
        return True


limiter = RateLimiter(settings.requests_per_minute)


def limit_rate(request: Request) -> None:
    host = request.client.host if request.client else "unknown"
    if not limiter.allow(host, time.monotonic()):
        raise HTTPException(status_code=429, detail="too many requests")
