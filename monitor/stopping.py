"""SIGINT and SIGTERM during a crawl: the first ends the visits, what was seen is still published."""

import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopping:
    """Within the block, the first signal is noted and passed to `act`; a second one does no more."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self.act: Callable[[], object] = lambda: None
        self._before: dict[signal.Signals, Callable[..., Any] | int | None] = {}

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._stop) for number in _SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        if self.signal is None:
            self.signal = number
            self.act()
