"""The school that a command is about, once it has marks; and the pupil whom somebody means."""

from pathlib import Path
from typing import TYPE_CHECKING

from halfday_sync.errors import SourceError, UsageError

if TYPE_CHECKING:
    from halfday.policy.model import Policy
    from halfday.policy.outcome import Outcome
    from halfday_sync.config import Config
    from halfday_sync.pipeline import Day


def no_marks() -> SourceError:
    """What a command says that needs marks where there are none."""
    return SourceError("There are no marks yet.", now="Import pupils and marks first: halfday import FILE …")


def opened(folder: Path) -> "tuple[Config, Policy]":
    """A school's settings and its policy.

    Raises:
        SettingsError: either cannot be used.
        SourceError: there are no marks yet.
    """
    from halfday_sync import config as settings
    from halfday_sync.templates import policy_path, usable_policy

    config = settings.load(folder)
    policy = usable_policy(policy_path(config.policy, config.folder))
    if not config.store.is_file():
        raise no_marks()
    return config, policy


def outcome_of(day: "Day", pupil: str) -> "Outcome":
    """The outcome of the pupil with an id or UPN, in capital or small letters.

    Raises:
        UsageError: nobody on this year's roll has it.
    """
    wanted = pupil.strip().casefold()
    for one in day.outcomes:
        if wanted in (one.pupil.pupil_id.casefold(), one.pupil.upn.casefold()):
            return one
    raise UsageError(f"There is no pupil {pupil!r} on this year's roll.", now="Give a pupil id or a UPN.")
