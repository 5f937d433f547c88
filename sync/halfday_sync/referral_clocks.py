"""The clock of the local authority that a school refers to, on one morning: its rule, and for whom it runs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from halfday.policy.model import Policy
from halfday.school_year import Calendar
from halfday_sync.casework import Casework
from halfday_sync.casework.referral_clock import Clock, ClockRule, clocks
from halfday_sync.config import Config
from halfday_sync.entries import Problem
from halfday_sync.errors import SettingsError
from halfday_sync.referrals import profiles
from halfday_sync.store import Referral


@dataclass(frozen=True)
class Found:
    """The rule of the school's local authority, the clocks that run by it, and what is to be put right in it."""

    rule: ClockRule = field(default_factory=ClockRule)
    running: tuple[Clock, ...] = ()
    problems: Sequence[Problem] = ()


def clocks_now(
    config: Config, packs: Iterable[Referral], policy: Policy, casework: Casework, calendar: Calendar, today: date
) -> Found:
    """The clocks of a morning; none where the settings name no local authority, or it sets no such day.

    A profile with faults stops nobody's morning: it is told as something to put right.
    """
    name = config.referrals.get("profile", "")
    if not name:
        return Found()
    try:
        profile = profiles.load(profiles.find(name, config.folder))
    except SettingsError as fault:
        return Found(problems=(Problem(_cannot(fault)),))
    if profile.clock is None:
        return Found()
    made = last_made(packs, profile.id, today)
    return Found(profile.clock, clocks(profile.clock, casework, calendar, today, made, policy=policy))


def last_made(packs: Iterable[Referral], profile: str, today: date) -> Mapping[str, date]:
    """The last day up to today on which a pack of a profile was made that is no draft, by pupil id."""
    found: dict[str, date] = {}
    for pack in packs:
        if pack.profile == profile and not pack.is_draft and pack.made_on <= today:
            found[pack.pupil_id] = max(pack.made_on, found.get(pack.pupil_id, pack.made_on))
    return found


def _cannot(fault: SettingsError) -> str:
    return (
        f"The referral profile that the settings name cannot be used: {fault.what} So this page cannot say by when "
        "the local authority wants a referral. 'halfday refer --lint' says what to put right."
    )
