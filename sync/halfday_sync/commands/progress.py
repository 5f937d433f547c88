"""How far a long pull is, for a person who looks on. The one door to `tqdm`."""

import sys
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TextIO, TypeVar

if TYPE_CHECKING:
    from tqdm import tqdm

Spoken = TypeVar("Spoken")


class Progress:
    """A bar on stderr, told as `sources.base.Progress`: of what, how many so far, how many in all. A context manager.

    Only where stderr is a terminal: a scheduled run keeps quiet, so that what it prints is about the marks. The bar is
    gone once the pull is over. What is counted are pages, rows or files; it is never a name.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._seen = self._stream.isatty()
        self._what = ""
        self._bar: tqdm[Any] | None = None

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """So many of them are done."""
        if not self._seen:
            return
        if self._bar is None or what != self._what:
            self.close()
            self._bar, self._what = self._begun(what, total), what
        self._bar.total = total
        self._bar.update(done - self._bar.n)

    def before(self, said: Callable[[str], Spoken]) -> Callable[[str], Spoken]:
        """Says or asks something on a line of its own: the bar is taken away first."""

        def alone(line: str) -> Spoken:
            self.close()
            return said(line)

        return alone

    def close(self) -> None:
        """Takes the bar away."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
            self._stream.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _begun(self, what: str, total: int | None) -> "tqdm[Any]":
        from tqdm import tqdm

        tqdm.monitor_interval = 0  # no thread that redraws: a pull tells often enough
        return tqdm(total=total, desc=what, unit="", file=self._stream, leave=False, dynamic_ncols=True)
