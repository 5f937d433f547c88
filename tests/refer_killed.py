"""`halfday refer` in a process of its own that kills itself before or after a step of its work.

Each is forked from a server that has drawn nothing: the library that draws PDFs keeps threads, and a process that is
forked beside them waits for them for ever.
"""

import multiprocessing
import os
import signal
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

from tests.killed import Touches, deadly

_ROOT = Path(__file__).parents[1]
_SERVER = multiprocessing.get_context("forkserver")


def killed_at(folder: Path, step: int, *words: str) -> bool:
    """Makes a pack; at that step the process is killed. Whether it got there.

    Args:
        folder: the school's folder.
        step: 1 is the first one; 0: never.
        words: of the command, with its day.
    """
    process = _SERVER.Process(target=_work, args=(str(folder), step, words))
    with patch.object(sys, "path", [str(_ROOT), *sys.path]):  # the other process finds this file there
        process.start()
    process.join(120)
    assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
    return process.exitcode != 0


def _work(folder: str, step: int, words: tuple[str, ...]) -> None:
    from halfday_sync import cli

    deadly(step, _touches())
    os._exit(cli.main(["refer", *words, "--school", folder]))


def _touches() -> Touches:
    from halfday_sync.referring import asking, folder
    from halfday_sync.store import Store

    return (
        (tempfile, "mkdtemp"),
        (os, "fsync"),
        (Path, "rename"),
        (Path, "replace"),
        (Store, "begin_referral"),
        (Store, "referral_placed"),
        (asking, "put_new"),
        (folder, "make"),
        (folder, "clear"),
    )
