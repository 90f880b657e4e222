"""The turns of all replicas, in Valkey or Redis: the same as `policy.turn`, in one script.

A target is a hash that the server forgets an hour after the last word about it. Whether the server
answers at all is known by the counters, which tell of it once and find it back.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from tenken.policy.turn import AGAIN_US, ENOUGH, LEASE_US, PAUSE_MAX_US, SECOND, Stood, Wish
from tenken.store.counters.valkey import PREFIX, Scripted, Server

TURN = (
    f"""
local LEASE, AGAIN, PAUSE_MAX, ENOUGH = {LEASE_US}, {AGAIN_US}, {PAUSE_MAX_US}, {ENOUGH}
"""
    """
-- KEYS: the target. ARGV: clock, wish, who, pause in us
local key, wish, who = KEYS[1], ARGV[2], ARGV[3]
local now = tonumber(ARGV[1])
if not now then
  local t = redis.call('TIME')
  now = tonumber(t[1]) * 1000000 + tonumber(t[2])
end
local pause = math.min(tonumber(ARGV[4]), PAUSE_MAX)
local row = redis.call('HMGET', key, 'holder', 'lapses', 'next', 'good', 'well', 'awaited')
local holder, awaited = row[1] or '0', row[6] or '0'
local lapses, next = tonumber(row[2] or '0'), tonumber(row[3] or '0')
local good, well = tonumber(row[4] or '0'), tonumber(row[5] or '0')
local function free() holder, lapses, awaited = '0', 0, '0' end
local function held() return lapses > now and holder or '0' end
if lapses > now + LEASE then free() end
if next > now + PAUSE_MAX then next = 0 end
if well > now then well = 0 end
if wish == 'take' then
  if now >= next then
    if held() == '0' or held() == who then
      holder, lapses, awaited = who, now + LEASE, '0'
    else
      awaited = '1'
    end
  end
elseif wish == 'hold' or wish == 'keep' then
  if holder == who then
    if wish == 'hold' and awaited == '1' then free() else lapses = now + LEASE end
  end
elseif wish ~= 'look' then
  if holder == who then free() end
  if wish == 'good' then good = good + 1 elseif wish == 'failed' then good = 0 end
  if wish == 'well' or good >= ENOUGH then
    free()
    well, good, next = now, 0, 0
  elseif pause > 0 then
    next = math.max(next, now + pause)
  end
end
if wish ~= 'look' then
  redis.call('HSET', key, 'holder', holder, 'lapses', string.format('%.0f', lapses),
    'next', string.format('%.0f', next), 'good', good,
    'well', string.format('%.0f', well), 'awaited', awaited)
  redis.call('PEXPIRE', key, 3600000)
end
local wait = 0
if held() ~= '0' and held() ~= who then wait = math.min(lapses - now, AGAIN) end
wait = math.max(wait, next - now, 0)
return {held() == who and 1 or 0, string.format('%.0f', wait), string.format('%.0f', well)}
"""
)


class Reaching(Protocol):
    """Runs scripts within a budget of time, and knows whether the server answers."""

    @property
    def reached(self) -> bool:
        """It answers."""
        ...

    async def run(
        self, script: Scripted, keys: Sequence[str], arguments: Sequence[str | int]
    ) -> Any:
        """Run one; None where there was no answer."""
        ...


class ValkeyTurns:
    """Keeps the turns that replicas share."""

    def __init__(
        self, server: Server, reaching: Reaching, *, clock_us: Callable[[], int] | None = None
    ) -> None:
        """Without a clock the server's own is used, which is one for all replicas."""
        self._script = server.register_script(TURN)
        self._reaching = reaching
        self._clock_us = clock_us

    @property
    def reached(self) -> bool:
        """Whether the server answers, as far as is known."""
        return self._reaching.reached

    async def say(self, target: str, wish: Wish, who: int, *, pause_s: float = 0) -> Stood | None:
        """Take in what somebody says."""
        clock = str(self._clock_us()) if self._clock_us else ""
        pause = round(min(pause_s * SECOND, PAUSE_MAX_US))
        answer = await self._reaching.run(
            self._script, [_key(target)], [clock, wish.value, who, pause]
        )
        if answer is None:
            return None
        return Stood(bool(int(answer[0])), int(answer[1]) / SECOND, int(answer[2]))


def _key(target: str) -> str:
    digest = hashlib.blake2b(target.encode(), digest_size=16).hexdigest()
    return f"{PREFIX}turn:{digest}"
