"""Starting `halfday watch` by itself: a Windows scheduled task, a systemd user unit, a launchd agent.

Each is made from the same few values, holds no secret and no password, and belongs to the user who runs it: the tracker
and the credential store are theirs. A user has one for all their schools; which those are is read back from what is
installed. Installing it twice changes nothing.
"""

import os
import platform
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from halfday_sync.config import TIMES
from halfday_sync.services.wanted import Ran, Runner, Service, Wanted, real_runner

__all__ = [
    "Ran",
    "Runner",
    "Service",
    "Wanted",
    "by_platform",
    "is_installed",
    "on_this_computer",
    "real_runner",
    "service",
]

KINDS = ("task", "systemd", "launchd")
_PLATFORMS = {"Windows": "task", "Linux": "systemd", "Darwin": "launchd"}


def by_platform(system: str) -> str:
    """The kind that a system has, by the name that `platform.system()` gives it.

    >>> by_platform("Windows")
    'task'
    """
    return _PLATFORMS.get(system, "systemd")


def service(kind: str, wanted: Wanted, run: Runner) -> Service:
    """One of `KINDS`, ready to be installed, removed or shown."""
    from halfday_sync.services import launchd, systemd, task  # noqa: PLC0415 - only one of them is needed, and once

    modules: dict[str, Callable[[Wanted, Runner], Service]] = {
        "task": task.Task,
        "systemd": systemd.Unit,
        "launchd": launchd.Agent,
    }
    return modules[kind](wanted, run)


def on_this_computer(schools: Sequence[str] = (), first: str = min(TIMES)) -> Wanted:
    """What is to be started on this computer, for this user: the watch of these schools."""
    return Wanted(sys.executable, tuple(schools), first, Path.home(), _this_user())


def is_installed(run: Runner = real_runner) -> bool:
    """Whether this computer starts the watch for this user; asked of the system, and nothing is changed."""
    return service(by_platform(platform.system()), on_this_computer(), run).is_installed()


def _this_user() -> str:
    r"""The user as the system names them: `DOMAIN\name` on Windows, else a number."""
    if hasattr(os, "getuid"):
        return str(os.getuid())
    return f"{os.environ.get('USERDOMAIN', '.')}\\{os.environ.get('USERNAME', '')}"
