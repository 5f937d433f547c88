"""A school's way to its Google copy: the key that is kept, the line to Google, and who may have access."""

import time
from collections.abc import Callable
from datetime import datetime

from halfday_sync import credentials
from halfday_sync.errors import SettingsError
from halfday_sync.mirroring.settings import MirrorSettings
from halfday_sync.sheets.asking import Line
from halfday_sync.sheets.connecting import Key, key
from halfday_sync.sheets.sharing import Allowed

KEY = "Google key"
"""How the service account's key is called in the credential store."""


def kept_key(school: str) -> Key | None:
    """The key that is kept for a school, or nothing where none is.

    Raises:
        SettingsError: the credential store cannot be opened, or what it keeps is no key.
    """
    text = credentials.read_long(school, KEY)
    return None if text is None else key(text)


def opened(
    school: str,
    *,
    wait: Callable[[float], None],
    now: datetime,
    ticks: Callable[[], float] = time.perf_counter,
) -> Line:
    """The line to Google with the school's key; nothing is asked yet.

    Raises:
        SettingsError: no key is kept, or it cannot be used.
    """
    found = kept_key(school)
    if found is None:
        raise SettingsError(
            f"The {KEY} of {school} is not in this computer's credential store.",
            now="Run 'halfday mirror setup --key FILE' as the user who runs Halfday, with the key file of the service "
            "account. 'halfday mirror setup' says where it is from.",
        )
    return Line(found, wait=wait, now=now, ticks=ticks)


def allowed(settings: MirrorSettings, account: str) -> Allowed:
    """Who may have access to the copy, and how: the school's list and its own account."""
    return Allowed(
        account,
        settings.domains,
        settings.people,
        settings.groups,
        may_copy=settings.may_copy,
        publishing_blocked=settings.publishing_blocked,
    )
