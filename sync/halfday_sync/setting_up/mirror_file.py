"""`[mirror]` of a school's settings, written as it is answered, a step at a time; all else stays as it was written."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from halfday_sync import config
from halfday_sync.errors import InUseError, SettingsError
from halfday_sync.mirroring.settings import read_settings
from halfday_sync.setting_up.keeping import BEFORE
from halfday_sync.setting_up.settings_file import rewritten
from halfday_sync.whole_file import put_whole

_COMMENTS = {
    "sheet": "the empty Google Sheet that a person made",
    "domain": "addresses of people must be in it",
    "publishing_blocked": "true: IT has made sure in the admin console that nobody can publish to the web",
}


def said(folder: Path) -> dict[str, Any]:
    """What `[mirror]` says now; nothing where there is none.

    Raises:
        SettingsError: the settings have faults; every one is named.
    """
    return dict(config.load(folder).mirror)


def keep(folder: Path, mirror: Mapping[str, Any]) -> bool:
    """Writes `[mirror]`; whether anything differs. The settings of before are kept beside, as `halfday init` does.

    Raises:
        SettingsError: what is to be said has faults; nothing was written.
        SafetyError: the file is written in a way in which it cannot be changed without harm.
        InUseError: the file cannot be written.
    """
    path = folder / config.FILE
    was = path.read_bytes()
    document = tomllib.loads(was.decode("utf-8-sig"))
    if document.get("mirror", {}) == mirror:
        return False
    try:
        read_settings(mirror)
    except SettingsError as stop:
        raise SettingsError(
            "What was answered cannot stand in halfday.toml.",
            problems=stop.problems,
            done="What was answered before is kept.",
            now="Run it again, and answer otherwise.",
        ) from None
    text = rewritten(was, {**document, "mirror": dict(mirror)}, ("mirror",), _COMMENTS)
    try:
        put_whole(folder / BEFORE, was)
        put_whole(path, text)
    except OSError as fault:
        raise InUseError(
            f"The folder {folder} cannot be written ({fault.strerror}).",
            now="Close the files in it, or ask whoever looks after this computer for the right to write there.",
        ) from fault
    return True
