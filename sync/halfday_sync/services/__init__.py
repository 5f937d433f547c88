"""Starting `halfday watch` by itself: a Windows scheduled task, a systemd user unit, a launchd agent.

Each is made from the same few values, holds no secret and no password, and belongs to the user who runs it: the tracker
and the credential store are theirs. Doing it twice changes nothing; with other schools it replaces what was there.
"""

from collections.abc import Callable

from halfday_sync.services.wanted import Ran, Runner, Service, Wanted, real_runner

__all__ = ["Ran", "Runner", "Service", "Wanted", "by_platform", "real_runner", "service"]

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
