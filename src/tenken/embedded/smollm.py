"""The embedded model itself: SmolLM2 on llama.cpp, in this process."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tenken.embedded.answering import AT_ONCE, Said
from tenken.errors import MissingExtra

CONTEXT = 1024
"""Tokens of one conversation, prompt and answer."""


class SmolLM:
    """A model loaded from its weights; ends with the process."""

    def __init__(self, weights: Path) -> None:
        try:
            import xllamacpp as library  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise MissingExtra("embedded.no_library") from error
        parameters = library.CommonParams()
        parameters.model.path = str(weights)
        parameters.n_ctx = CONTEXT * AT_ONCE
        parameters.n_parallel = AT_ONCE
        parameters.warmup = False
        parameters.verbosity = 0
        parameters.port = 0
        for threads in (parameters.cpuparams, parameters.cpuparams_batch):
            threads.n_threads = 1
            threads.poll = 0
        self._server: Any = library.Server(parameters)

    def chat(self, asked: Said, hear: Callable[[Said], bool] | None) -> Said | None:
        """Answer whole, or piece by piece to `hear`."""
        said: Said | None = self._server.handle_chat_completions(dict(asked), hear)
        return said
