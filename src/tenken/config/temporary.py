"""Overlays: what holds for a while in place of what the files say, by whom, why, until when."""

from msgspec import Struct


class Overlay(Struct, frozen=True, kw_only=True):
    """One change. Times are microseconds since 1970."""

    id: str
    subject: str
    """`caller/NAME`, `route/NAME`, `target/NAME` or `use_case/NAME`."""
    change: str
    """`off`, or a setting and its value, such as `rpm=60`."""
    actor: str
    reason: str
    created_at: int
    expires_at: int
