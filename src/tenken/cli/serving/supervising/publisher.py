"""Looks at the files that people edit, and gives the workers what is good of them."""

from collections.abc import Callable

from tenken.cli.rim import Rim
from tenken.cli.serving.keeping.addressing import check
from tenken.cli.serving.published import Settings, publish
from tenken.cli.serving.served import Files
from tenken.cli.serving.worker import Read
from tenken.config.environment import process_environment
from tenken.config.manifest import Manifest
from tenken.config.serving import GatewaySettings
from tenken.errors import TenkenError
from tenken.sentence import say

AT_START = (
    "host", "port", "tls", "workers", "journal", "store", "counters", "session_key_env",
    "body_mb_max", "private_upstreams", "unready_s", "drain_s",
)  # fmt: skip
"""What a process takes up once."""


class Publisher:
    """The settings in effect, published; their next version when it is good."""

    def __init__(
        self,
        rim: Rim,
        files: Files,
        first: Read,
        *,
        needs: Callable[[Manifest], object] = lambda _manifest: None,
    ) -> None:
        """`needs` raises for settings that those who are given them could not work by."""
        self._rim = rim
        self._files = files
        self._needs = needs
        self._texts = first.texts
        self._stamp = self._seen = first.stamp
        self._started_with = first.manifest.application.gateway
        self.version = first.plan.version
        publish(files.state, Settings(version=self.version, texts=self._texts))

    def look(self, *, again: bool = False) -> None:
        """Publish what has changed; a bad version is told and changes nothing.

        Not at the first look: an editor may be writing, and half a file can be a good one.
        """
        stamp = self._files.changed(self._texts)
        written, self._seen = stamp == self._seen, stamp
        if not again and (stamp == self._stamp or not written):
            return
        self._stamp = stamp
        now = self._rim.clock.now()
        try:
            texts = self._files.texts()
            manifest = texts.manifest(now.date())
            check(manifest.application, process_environment())
            self._needs(manifest)
            version = self._files.plan(texts, manifest, now).version
        except TenkenError as error:
            self._rim.refuse(error)
            self._rim.say(say("gateway.not_reloaded", version=self.version))
            return
        if texts != self._texts or again:
            self._warn(manifest)
            self._texts, self.version = texts, version
            publish(self._files.state, Settings(version=version, texts=texts))

    def _warn(self, manifest: Manifest) -> None:
        gateway = manifest.application.gateway
        if changed := _only_at_start(self._started_with, gateway):
            self._rim.say(say("serving.at_next_start", keys=", ".join(changed)))


def _only_at_start(old: GatewaySettings, new: GatewaySettings) -> list[str]:
    return [f"gateway.{name}" for name in AT_START if getattr(old, name) != getattr(new, name)]
