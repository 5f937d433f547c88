"""A process that kills itself just before or after one of its touches of the disk, so that every instant is tried."""

import os
import signal
from collections.abc import Callable, Sequence
from typing import Any

Touches = Sequence[tuple[Any, str]]
"""Functions that count: the module or class that has each, and its name."""


def killed_at(step: int, touches: Touches, work: Callable[[], object]) -> bool:
    """Does the work in a process of its own, which is killed at a step (1 is the first); whether it got there."""
    process = os.fork()
    if process == 0:
        deadly(step, touches)
        code = work()
        os._exit(code if isinstance(code, int) else 0)
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    assert code in (0, -signal.SIGKILL), code
    return code != 0


def deadly(wanted: int, touches: Touches) -> None:
    """From now on each touch counts as two steps, one before it and one after; at the wanted one this process dies."""
    steps = [0]

    def one_more() -> None:
        steps[0] += 1
        if steps[0] == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(what: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **more: Any) -> Any:
            one_more()
            done = what(*args, **more)
            one_more()
            return done

        return wrapped

    for owner, name in touches:
        setattr(owner, name, counted(getattr(owner, name)))
