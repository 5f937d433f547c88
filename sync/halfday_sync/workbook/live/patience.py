"""Asking Excel again while it is busy: somebody types in a cell, or a box waits for an answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from halfday_sync.errors import InUseError

P = ParamSpec("P")
T = TypeVar("T")

REJECTED, LATER, TYPING = -2147418111, -2147417846, -2146777998
"""RPC_E_CALL_REJECTED, RPC_E_SERVERCALL_RETRYLATER and VBA_E_IGNORE (0x800AC472): nothing was done, ask again."""
_BUSY = frozenset({REJECTED, LATER, TYPING})
_LONGEST = 5.0


@dataclass(frozen=True)
class Patience:
    """Does a piece of work in Excel, and again while Excel says that it cannot now. What was refused was not done.

    Attributes:
        wait: waits so many seconds; the caller's, so that nothing here sleeps.
        tries: how often in all. With the default and real waiting, about half a minute.
    """

    wait: Callable[[float], None]
    tries: int = 9

    def __call__(self, work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """What the work gives.

        Raises:
            InUseError: Excel was busy each time.
        """
        pause = 0.25
        for _attempt in range(self.tries - 1):
            try:
                return work(*args, **named)
            except Exception as fault:
                if not is_busy(fault):
                    raise
            self.wait(pause)
            pause = min(2 * pause, _LONGEST)
        try:
            return work(*args, **named)
        except Exception as fault:
            if is_busy(fault):
                raise typing() from fault
            raise


def is_busy(fault: Exception) -> bool:
    """Whether Excel only says "not now".

    pywin32's `com_error` holds (result, words, details, argument), and the details end with another result; it makes an
    `AttributeError` of a refused call, of which xlwings makes an `ExcelBusyError`.

    >>> is_busy(Exception(-2147418111, "Call was rejected by callee.", None, None))
    True
    >>> is_busy(Exception(-2147352567, "Exception occurred.", (0, None, None, None, 0, -2146777998), None))
    True
    >>> is_busy(Exception(-2147352567, "Exception occurred.", (0, None, None, None, 0, -2146827284), None))
    False
    """
    if type(fault).__name__ == "ExcelBusyError" or (
        isinstance(fault, AttributeError) and "can not be set" in str(fault)
    ):
        return True
    result, *more = fault.args or (None,)
    details = more[1] if len(more) > 1 else None
    inner = details[-1] if isinstance(details, tuple) and details else None
    return result in _BUSY or inner in _BUSY


def typing() -> InUseError:
    """The message that Excel was busy all the time."""
    return InUseError(
        "The tracker is open in Excel here, and Excel is busy: somebody is typing, or a box waits for an answer.",
        done="The update is worked out already. New marks are in the store.",
        now="Press Enter or Esc in Excel. The next run goes on from here.",
    )
