"""Looks at the files that people edit, and gives the workers what is good of them."""

from collections.abc import Callable

from tenken.cli.rim import Rim
from tenken.cli.serving.keeping.addressing import check
from tenken.cli.serving.published import Settings, publish
from tenken.cli.serving.served import Files
from tenken.cli.serving.supervising.at_start import at_next_start
from tenken.cli.serving.worker import Read
from tenken.cli.writing import why
from tenken.config.environment import process_environment
from tenken.config.manifest import Manifest
from tenken.errors import TenkenError, UsageError
from tenken.sentence import say


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
        """`needs` raises for settings that those who are given them could not work by.

        Raises UsageError where nothing can be published.
        """
        self._rim = rim
        self._files = files
        self._needs = needs
        self._texts = first.texts
        self._stamp = self._seen = first.stamp
        self._waiting: Settings | None = None
        """Good settings that no disk has taken yet."""
        self._started_with = first.manifest.application
        self.version = first.plan.version
        try:
            publish(files.state, Settings(version=self.version, texts=self._texts))
        except OSError as error:
            path = str(files.state)
            raise UsageError("cli.cannot_write", path=path, detail=why(error)) from error

    def look(self, *, again: bool = False) -> None:
        """Publish what has changed; a bad version is told and changes nothing.

        Not at the first look: an editor may be writing, and half a file can be a good one.
        """
        stamp = self._files.changed(self._texts)
        written, self._seen = stamp == self._seen, stamp
        if self._waiting is not None:
            self._publish(self._waiting)
        if not again and (stamp == self._stamp or not written):
            return
        self._stamp = stamp
        now = self._rim.clock.now()
        try:
            texts = self._files.texts()
            manifest = self._files.served(texts, now, environment=process_environment())
            check(manifest.application, process_environment())
            self._needs(manifest)
            version = self._files.plan(texts, manifest, now).version
        except TenkenError as error:
            self._rim.refuse(error)
            self._rim.say(say("gateway.not_reloaded", version=self.version))
            return
        self._waiting = None  # what was to be published is not what the files say any more
        if texts != self._texts or again:
            self._publish(Settings(version=version, texts=texts))
            for sentence in at_next_start(self._started_with, manifest.application):
                self._rim.say(sentence)

    def _publish(self, settings: Settings) -> None:
        """Give them to the workers; where no disk takes them now, at one of the next looks."""
        try:
            publish(self._files.state, settings)
        except OSError as error:
            if self._waiting is None:
                said = say("serving.cannot_publish", why=why(error), version=self.version)
                self._rim.say(said)
            self._waiting = settings
        else:
            self._waiting = None
            self._texts, self.version = settings.texts, settings.version
