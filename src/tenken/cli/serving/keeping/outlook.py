"""The settings as they are served now, for whoever works beside the requests."""

from collections.abc import Callable
from datetime import datetime
from threading import Lock

from tenken.cli.serving.served import Files, Stamp, Texts
from tenken.config.manifest import Manifest
from tenken.errors import TenkenError


class Outlook:
    """Reads the settings again when their files are other ones; for several threads."""

    def __init__(self, files: Files, now: Callable[[], datetime]) -> None:
        """Raises Malformed, UsageError where there is nothing good to begin with."""
        self.files = files
        self._now = now
        self._lock = Lock()
        self._texts: Texts = files.texts()
        self._stamp: Stamp = files.changed(self._texts)
        self._manifest = self._texts.manifest(now().date())

    def manifest(self) -> Manifest:
        """Give the settings; those before, where newer ones are not good."""
        with self._lock:
            stamp = self.files.changed(self._texts)
            if stamp != self._stamp:
                self._stamp = stamp
                try:
                    texts = self.files.texts()
                    self._manifest = texts.manifest(self._now().date())
                except TenkenError:
                    return self._manifest  # who publishes has told of it
                self._texts = texts
            return self._manifest
