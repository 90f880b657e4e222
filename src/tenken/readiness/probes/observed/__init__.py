"""Questions that only a running system answers."""
