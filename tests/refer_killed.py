"""`halfday refer` in a process of its own that kills itself before or after a step of its work.

Each is forked from a server that has drawn nothing: the library that draws PDFs keeps threads, and a process that is
forked beside them waits for them for ever.
"""

import multiprocessing
import os
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

_SERVER = multiprocessing.get_context("forkserver")


def killed_at(folder: Path, step: int, *words: str) -> bool:
    """Makes a pack; at that step the process is killed. Whether it got there.

    Args:
        folder: the school's folder.
        step: 1 is the first one; 0: never.
        words: of the command, with its day.
    """
    process = _SERVER.Process(target=_work, args=(str(folder), step, words))
    process.start()
    process.join(120)
    assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
    return process.exitcode != 0


def _work(folder: str, step: int, words: tuple[str, ...]) -> None:
    from halfday_sync import cli

    _deadly(step)
    os._exit(cli.main(["refer", *words, "--school", folder]))


def _deadly(wanted: int) -> None:
    from halfday_sync.referring import asking, folder
    from halfday_sync.store import Store

    steps = [0]

    def one_more() -> None:
        steps[0] += 1
        if steps[0] == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    def deadly(what: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **more: Any) -> Any:
            one_more()
            done = what(*args, **more)
            one_more()
            return done

        return wrapped

    for owner, name in [
        (tempfile, "mkdtemp"),
        (os, "fsync"),
        (Path, "rename"),
        (Path, "replace"),
        (Store, "begin_referral"),
        (Store, "referral_placed"),
        (asking, "put_new"),
        (folder, "make"),
        (folder, "clear"),
    ]:
        setattr(owner, name, deadly(getattr(owner, name)))
